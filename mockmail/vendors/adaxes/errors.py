"""The refusals of Adaxes, each with its HTTP status and body (docs/wire/adaxes.md 3).

VendorError
└── AdaxesError             an Error object: message and code
    ├── BadRequest          400, with modelState: the errors of each member
    ├── Unauthenticated     401: no valid token
    ├── LoginRefused        403, with innerError: the reason why a login was refused
    ├── Forbidden           403: the operation is not allowed
    ├── NotFound            404: the object does not exist
    └── OperationFailed     an operation that was tried and failed
        └── SendingFailed   a mail or an SMS that was not sent
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError
from mockmail.vendors.adaxes.records import Message

CODES = {
    400: "badRequest",
    401: "unauthenticated",
    403: "forbidden",
    404: "notFound",
    405: "methodNotAllowed",
    408: "requestTimeout",
    413: "requestEntityTooLarge",
    414: "requestUriTooLong",
    415: "unsupportedMediaType",
    429: "tooManyRequests",
    431: "requestHeaderFieldsTooLarge",
    500: "internalServerError",
    503: "serviceUnavailable",
}
"""Adaxes' own codes, of which only `unauthenticated` is known."""


class AdaxesError(VendorError):
    """A refusal with an Error object. code: None for the code of the status."""

    code: ClassVar[str | None] = None

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.document = {"message": message, "code": self.code or CODES[self.status], **members}


class BadRequest(AdaxesError):
    """A request with errors. model_state: the texts for each member; the member "" is the body itself."""

    status = 400

    def __init__(self, model_state: Mapping[str, Sequence[str]]) -> None:
        super().__init__("The request is invalid.", modelState=model_state)
        self.reason = "; ".join(f"{member or 'the body'}: {' '.join(texts)}" for member, texts in model_state.items())


class Unauthenticated(AdaxesError):
    """A request without a valid token."""

    status = 401


class LoginRefused(AdaxesError):
    """A refused login.

    reason: invalidCredentials, accessDenied, accountIsDisabled, accountLockedOut, accountExpired, logonTimeIncorrect.
    attempts_left: with invalidCredentials, how many more wrong passwords lock the account.
    """

    status = 403

    def __init__(self, reason: str, message: str, attempts_left: int | None = None) -> None:
        attempts = {} if attempts_left is None else {"attemptsLeft": attempts_left}
        super().__init__("Authentication failed.", innerError={"message": message, "code": reason, **attempts})
        self.reason = f"{reason}: {message}"


class Forbidden(AdaxesError):
    """An operation that is disabled, or that the account may not perform."""

    status = 403


class NotFound(AdaxesError):
    """An object or a session that does not exist."""

    status = 404


class OperationFailed(AdaxesError):
    """An operation that was tried and failed; the option `failures` decides how the dialect renders it.

    messages, dn: of the operation result.
    """

    status = 500
    code = "operationFailed"

    def __init__(self, message: str, messages: tuple[Message, ...] = (), dn: str | None = None) -> None:
        super().__init__(message)
        self.messages = messages
        self.dn = dn


class SendingFailed(OperationFailed):
    """A mail or an SMS that was not sent."""


def _login(reason: str, message: str) -> NamedError:
    return NamedError(lambda text: LoginRefused(reason, text), message)


NAMED_ERRORS = {
    "badRequest": NamedError(lambda message: BadRequest({"": [message]}), "The request is invalid."),
    "unauthenticated": NamedError(Unauthenticated, "The provided authentication token is either expired or invalid."),
    "forbidden": NamedError(Forbidden, "Access is denied."),
    "notFound": NamedError(NotFound, "The object does not exist."),
    "operationFailed": NamedError(OperationFailed, "The operation failed."),
    "invalidCredentials": _login("invalidCredentials", "The user name or password is incorrect."),
    "accountIsDisabled": _login("accountIsDisabled", "The user account is disabled."),
    "accountLockedOut": _login("accountLockedOut", "The user account is locked out."),
    "accountExpired": _login("accountExpired", "The user account has expired."),
    "logonTimeIncorrect": _login("logonTimeIncorrect", "The user may not log in at this time."),
    "accessDenied": _login("accessDenied", "Access is denied."),
}
"""The errors that an injected fault can show, by the vendor's codes."""
