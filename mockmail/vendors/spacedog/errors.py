"""SpaceDog's refusals, which are Java's exceptions: a response shows their messages (docs/wire/spacedog.md 4).

VendorError
└── SpaceDogError          400; `code` for the exceptions that are SpaceDog's own
    ├── IllegalArgument    400, without a code
    ├── NotFound           404
    ├── IndexNotFound      404, without a code
    ├── UnknownField       400, without a code
    ├── Forbidden          403
    ├── Unauthorized       401, with a code in words
    ├── ServerFailure      500, which the vendor shows too
    ├── InvalidParameters  400, with a list of parameters in place of an error
    └── MailgunRefusal     Mailgun's own status, with its content in place of an error
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

RUNTIME_EXCEPTION = "java.lang.RuntimeException"


@dataclass(frozen=True, slots=True)
class Cause:
    """An exception, or the one that led to it. java_type: its class, shown to a debugging client."""

    message: str
    java_type: str = RUNTIME_EXCEPTION
    cause: Cause | None = None
    code: str | None = None


class SpaceDogError(VendorError):
    """A refusal. java_type: the exception's class; code: its code unless another is given.

    document: the fields of the response; the dialect writes the `Cause` in the field `error`.
    """

    java_type = "io.spacedog.utils.SpaceException"
    code: str | None = None

    def __init__(self, message: str, *, code: str | None = None, cause: Cause | None = None) -> None:
        super().__init__(message)
        self.document = {"error": Cause(message, self.java_type, cause, code or self.code)}


class IllegalArgument(SpaceDogError):
    """An argument is wrong."""

    java_type = "java.lang.IllegalArgumentException"


class NotFound(SpaceDogError):
    """A resource does not exist."""

    status = 404
    code = "404"
    java_type = "io.spacedog.utils.NotFoundException"


class IndexNotFound(SpaceDogError):
    """Elasticsearch has no index for a type of objects; the exception is not SpaceDog's, and has no code."""

    status = 404
    java_type = "org.elasticsearch.index.IndexNotFoundException"

    def __init__(self) -> None:
        super().__init__("no such index")


class UnknownField(SpaceDogError):
    """An object has a field that its schema does not have; Elasticsearch refuses it."""

    java_type = "org.elasticsearch.index.mapper.StrictDynamicMappingException"


class Forbidden(SpaceDogError):
    """The caller lacks a right."""

    status = 403
    code = "403"
    java_type = "io.spacedog.utils.ForbiddenException"


class Unauthorized(SpaceDogError):
    """The caller is unknown."""

    status = 401
    java_type = "io.spacedog.utils.AuthenticationException"


class ServerFailure(SpaceDogError):
    """A failure that the vendor's server has too."""

    status = 500

    def __init__(self, message: str, java_type: str = RUNTIME_EXCEPTION, cause: Cause | None = None) -> None:
        self.java_type = java_type
        super().__init__(message, cause=cause)


class InvalidParameters(SpaceDogError):
    """A parameter's value is not available."""

    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.document = {"invalidParameters": {name: {"value": value, "message": message}}}


class MailgunRefusal(SpaceDogError):
    """Mailgun refuses a mail; SpaceDog passes the response on."""

    def __init__(self, status: int, content: Any) -> None:
        super().__init__(str(content))
        self.status = status
        self.document = {"mailgun": content}


NAMED_ERRORS = {
    "illegalArgument": NamedError(IllegalArgument, "illegal argument"),
    "notFound": NamedError(NotFound, "not found"),
    "forbidden": NamedError(Forbidden, "insufficient credentials"),
    "invalidCredentials": NamedError(
        lambda message: Unauthorized(message, code="invalid-credentials"), "invalid username or password"
    ),
    "invalidAccessToken": NamedError(
        lambda message: Unauthorized(message, code="invalid-access-token"), "invalid access token"
    ),
    "serverFailure": NamedError(ServerFailure, "internal error"),
    "mailgunRefusal": NamedError(
        lambda message: MailgunRefusal(400, {"message": message}), "'to' parameter is not valid"
    ),
}
"""The errors that an injected fault can show."""
