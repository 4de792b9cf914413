"""DocSpace's refusals, as data; the dialect renders them (docs/wire/onlyoffice.md 6).

VendorError
├── NoBody                     a status without a body
├── ServerException            an exception that the server caught, in the error envelope
│   ├── AccessDenied           403
│   │   └── GuestDenied        403
│   ├── BadArgument            400
│   ├── LoginFailed            401
│   ├── NotInPlan              402
│   ├── NullReference          500
│   ├── TooManyLogins          403
│   └── UserDisabled           403
└── InvalidRequest             a problem document, in the envelope of successes
    ├── InvalidModel           400
    └── UnsupportedMediaType   415
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockmail.core.errors import VendorError

RFC = "https://tools.ietf.org/html/rfc9110#section-"

ARGUMENT = ("System.ArgumentException", -2147024809)
ARGUMENT_NULL = ("System.ArgumentNullException", -2147467261)
ARGUMENT_OUT_OF_RANGE = ("System.ArgumentOutOfRangeException", -2146233086)


class NoBody(VendorError):
    """A status without a body (docs/wire/onlyoffice.md 2)."""

    def __init__(self, status: int, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.headers = tuple(headers)


class ServerException(VendorError):
    """An exception that the server caught.

    exception: its .NET type and HRESULT; None if the server hides the details.
    status_2x, message_2x: what version 2.x says instead; None for no difference.
    """

    status = 500
    message = ""
    exception: tuple[str, int] | None = None
    status_2x: int | None = None
    message_2x: str | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(self.message if message is None else message)


class AccessDenied(ServerException):
    """The caller does not have the right."""

    status = 403
    status_2x = 500
    message = "Access denied"
    exception = ("ASC.Common.Security.Authorizing.AuthorizingException", -2146233088)


class GuestDenied(AccessDenied):
    """The caller is a guest."""

    exception = ("System.UnauthorizedAccessException", -2147024891)


class BadArgument(ServerException):
    """An argument is refused. parameter: its name, which .NET appends to the message."""

    status = 400
    message_2x = "Invalid arguments"

    def __init__(self, message: str, parameter: str | None = None, exception: tuple[str, int] = ARGUMENT) -> None:
        super().__init__(message if parameter is None else f"{message} (Parameter '{parameter}')")
        self.exception = exception


class LoginFailed(ServerException):
    """The credentials of a login are wrong or incomplete."""

    status = 401
    message = "User authentication failed"


class NotInPlan(ServerException):
    """The portal's plan does not include the SMTP settings."""

    status = 402
    status_2x = 500
    message = "Your pricing plan does not support this option"
    exception = ("ASC.Core.Billing.BillingException", -2146233088)


class NullReference(ServerException):
    """The server failed on a record that does not exist."""

    message = "Object reference not set to an instance of an object."
    exception = ("System.NullReferenceException", -2147467261)


class TooManyLogins(ServerException):
    """A login failed too often."""

    status = 403
    message = "Too many login attempts. Please try again later"


class UserDisabled(ServerException):
    """The account was disabled."""

    status = 403
    message = "User disabled"
    exception = ("System.InvalidOperationException", -2146233079)


class InvalidRequest(VendorError):
    """A problem document (RFC 9457) in the envelope of successes.

    section: of RFC 9110. envelope: the `status` and `statusCode` of the envelope.
    """

    section = ""
    title = ""
    envelope = (0, 200)

    def __init__(self, trace_id: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(self.title)
        self.document = {
            "type": RFC + self.section,
            "title": self.title,
            "status": self.status,
            **({} if errors is None else {"errors": errors}),
            "traceId": trace_id,
        }


class InvalidModel(InvalidRequest):
    """The body is invalid. errors: texts by field, `Port`, or by JSON path, `$.port`, if its JSON has a wrong type."""

    status = 400
    section = "15.5.1"
    title = "One or more validation errors occurred."
    envelope = (1, 400)


class UnsupportedMediaType(InvalidRequest):
    """The operation does not read bodies of this content type."""

    status = 415
    section = "15.5.16"
    title = "Unsupported Media Type"
