"""DocSpace's refusals, as data; the dialect renders them (docs/wire/onlyoffice.md 6).

VendorError
├── NoBody                     a status without a body
├── ServerException            an exception that the server caught, in the error envelope
│   ├── AccessDenied           403
│   ├── BadArgument            400
│   ├── LoginFailed            401
│   └── NullReference          500
└── InvalidRequest             a problem document, in the envelope of successes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

ACCESS = ("ASC.Common.Security.Authorizing.AuthorizingException", -2146233088)
ARGUMENT = ("System.ArgumentException", -2147024809)
ARGUMENT_NULL = ("System.ArgumentNullException", -2147467261)
ARGUMENT_OUT_OF_RANGE = ("System.ArgumentOutOfRangeException", -2146233086)
BILLING = ("ASC.Core.Billing.BillingException", -2146233088)
INVALID_OPERATION = ("System.InvalidOperationException", -2146233079)
NULL_REFERENCE = ("System.NullReferenceException", -2147467261)
UNAUTHORIZED_ACCESS = ("System.UnauthorizedAccessException", -2147024891)
"""The .NET type and HRESULT of each exception."""


class NoBody(VendorError):
    """A status without a body (docs/wire/onlyoffice.md 2)."""

    def __init__(self, status: int, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.headers = tuple(headers)


class ServerException(VendorError):
    """An exception that the server caught.

    exception: its .NET type and HRESULT; None if the server hides the details.
    status_2x, message_2x: the status and the message of version 2.x; None if they are the same.
    """

    message_2x: str | None = None

    def __init__(
        self, message: str, status: int, exception: tuple[str, int] | None = None, *, status_2x: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.exception = exception
        self.status_2x = status_2x


class AccessDenied(ServerException):
    """The caller does not have the right."""

    def __init__(self, exception: tuple[str, int] = ACCESS) -> None:
        super().__init__("Access denied", 403, exception, status_2x=500)


class BadArgument(ServerException):
    """An argument is refused. parameter: its name, which .NET appends to the message."""

    message_2x = "Invalid arguments"

    def __init__(self, message: str, parameter: str | None = None, exception: tuple[str, int] = ARGUMENT) -> None:
        super().__init__(message if parameter is None else f"{message} (Parameter '{parameter}')", 400, exception)


class LoginFailed(ServerException):
    """The credentials of a login are wrong or incomplete."""

    def __init__(self) -> None:
        super().__init__("User authentication failed", 401)


class NullReference(ServerException):
    """The server failed on a record that does not exist."""

    def __init__(self) -> None:
        super().__init__("Object reference not set to an instance of an object.", 500, NULL_REFERENCE)


class InvalidRequest(VendorError):
    """A problem document (RFC 9457) in the envelope of successes.

    section: of RFC 9110. errors: the texts of an invalid body by field, `Port`, or by JSON path, `$.port`, if its JSON
        has a wrong type; None for a body that is not read.
    """

    def __init__(
        self, status: int, section: str, title: str, trace_id: str, errors: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.document = {
            "type": f"https://tools.ietf.org/html/rfc9110#section-{section}",
            "title": title,
            "status": status,
            **({} if errors is None else {"errors": errors}),
            "traceId": trace_id,
        }


NAMED_ERRORS = {
    "accessDenied": NamedError(lambda _: AccessDenied(), "Access denied"),
    "badArgument": NamedError(BadArgument, "Value does not fall within the expected range."),
    "loginFailed": NamedError(lambda _: LoginFailed(), "User authentication failed"),
    "tooManyLogins": NamedError(
        lambda message: ServerException(message, 403), "Too many login attempts. Please try again later"
    ),
    "billing": NamedError(
        lambda message: ServerException(message, 402, BILLING, status_2x=500),
        "Your pricing plan does not support this option",
    ),
    "nullReference": NamedError(lambda _: NullReference(), "Object reference not set to an instance of an object."),
    "noBody": NamedError(lambda _: NoBody(401), "401"),
}
"""The errors that an injected fault can show."""
