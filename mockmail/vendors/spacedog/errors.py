"""SpaceDog's refusals, which are Java's exceptions: an answer shows their message, and the messages behind it.

VendorError
└── SpaceDogError          status, message, `code` where the exception is SpaceDog's own
    ├── IllegalArgument    400, without a code
    ├── NotFound           404
    ├── Forbidden          403
    ├── Unauthorized       401, with a code in words
    ├── ServerFailure      500, as the vendor has them too; shows the exception's class
    └── InvalidParameters  400, with a list of its own in place of an error
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from mockmail.core.errors import VendorError


@dataclass(frozen=True, slots=True)
class Cause:
    """The exception behind an exception. java_type: its class, shown to a debugging client."""

    message: str
    java_type: str = "java.lang.RuntimeException"
    cause: Cause | None = None


class SpaceDogError(VendorError):
    """A refusal. java_type: the exception's class. headers: what the answer has besides."""

    status: int = 400
    java_type: ClassVar[str] = "io.spacedog.utils.SpaceException"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        cause: Cause | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.cause = cause
        self.headers = tuple((headers or {}).items())

    @property
    def type_name(self) -> str:
        """The class of the exception, as a debugging client sees it."""
        return self.java_type


class IllegalArgument(SpaceDogError):
    """An argument that is wrong: 400 without a code."""

    java_type = "java.lang.IllegalArgumentException"


class NotFound(SpaceDogError):
    """Something that is not there."""

    status = 404
    java_type = "io.spacedog.utils.NotFoundException"

    def __init__(self, message: str) -> None:
        super().__init__(message, code="404")


class Forbidden(SpaceDogError):
    """The caller may not."""

    status = 403
    java_type = "io.spacedog.utils.ForbiddenException"

    def __init__(self, message: str, code: str = "403") -> None:
        super().__init__(message, code=code)


class Unauthorized(SpaceDogError):
    """The caller is not known."""

    status = 401
    java_type = "io.spacedog.utils.AuthenticationException"


class ServerFailure(SpaceDogError):
    """A failure that the vendor has too."""

    status = 500

    def __init__(
        self, message: str, java_class: str = "java.lang.RuntimeException", cause: Cause | None = None
    ) -> None:
        super().__init__(message, cause=cause)
        self._java_class = java_class

    @property
    def type_name(self) -> str:
        """The class of the exception."""
        return self._java_class


class InvalidParameters(SpaceDogError):
    """A parameter with a value that cannot be: answered with a list in place of an error."""

    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.parameters = {name: {"value": value, "message": message}}
