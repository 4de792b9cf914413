"""DocSpace's refusals. Each knows how it looks in the version that the options choose.

VendorError
└── Refusal                a status, and the headers that go with it
    ├── NoBody             nothing but the status: credentials that are missing, wrong or do not reach
    ├── ServerException    an exception that the server caught, in the error envelope
    └── InvalidRequest     a problem document, in the envelope of successes
        ├── InvalidModel           400: the body is no JSON, or not what the operation takes
        └── UnsupportedMediaType   415
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockmail.core.errors import VendorError
from mockmail.vendors.onlyoffice.options import Options


class Refusal(VendorError):
    """A refusal by the vendor."""

    status = 500

    def __init__(self, message: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.headers = tuple(headers)


class NoBody(Refusal):
    """A status without a body (docs/wire/onlyoffice.md 2)."""

    def __init__(self, status: int, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{status}", headers)
        self.status = status


class ServerException(Refusal):
    """An exception that the server caught (docs/wire/onlyoffice.md 6).

    kind: its .NET type, None where the server keeps the details to itself. omit_nulls: as 2.x wrote them.
    """

    def __init__(
        self, status: int, message: str, kind: str | None = None, hresult: int = 0, *, omit_nulls: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.hresult = hresult
        self.omit_nulls = omit_nulls


class InvalidRequest(Refusal):
    """A problem document (RFC 9457) in the envelope of successes."""

    section = ""
    title = ""

    def __init__(self, trace_id: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(self.title)
        self.trace_id = trace_id
        self.errors = errors


class InvalidModel(InvalidRequest):
    """What is wrong, by the name of the field: `Port`, or `$.port` where the JSON itself does not fit."""

    status = 400
    section = "15.5.1"
    title = "One or more validation errors occurred."


class UnsupportedMediaType(InvalidRequest):
    """The body's content type is none that the operation reads."""

    status = 415
    section = "15.5.16"
    title = "Unsupported Media Type"


ARGUMENT = ("System.ArgumentException", -2147024809)
ARGUMENT_NULL = ("System.ArgumentNullException", -2147467261)
ARGUMENT_OUT_OF_RANGE = ("System.ArgumentOutOfRangeException", -2146233086)
NULL_REFERENCE = ("System.NullReferenceException", -2147467261)
INVALID_OPERATION = ("System.InvalidOperationException", -2146233079)
UNAUTHORIZED_ACCESS = ("System.UnauthorizedAccessException", -2147024891)
AUTHORIZING = ("ASC.Common.Security.Authorizing.AuthorizingException", -2146233088)
BILLING = ("ASC.Core.Billing.BillingException", -2146233088)


def bad_argument(
    options: Options, message: str, parameter: str | None, kind: tuple[str, int] = ARGUMENT
) -> ServerException:
    """400 for an argument that a rule refuses; .NET adds its name."""
    words = message if parameter is None else f"{message} (Parameter '{parameter}')"
    return _worded(options, 400, "Invalid arguments" if options.is_old else words, kind)


def access_denied(options: Options, kind: tuple[str, int] = AUTHORIZING) -> ServerException:
    """403 for somebody who may not; 2.x did not know what to make of it, and answered 500."""
    return _worded(options, 500 if options.is_old else 403, "Access denied", kind)


def null_reference(options: Options) -> ServerException:
    """500 for a mistake of the server's own: it looks into what is not there."""
    return _worded(options, 500, "Object reference not set to an instance of an object.", NULL_REFERENCE)


def not_in_plan(options: Options) -> ServerException:
    """402 for a section that the plan does not have; likewise 500 in 2.x."""
    words = "Your pricing plan does not support this option"
    return _worded(options, 500 if options.is_old else 402, words, BILLING)


def user_disabled(options: Options) -> ServerException:
    """403 for a login to an account that was switched off."""
    return _worded(options, 403, "User disabled", INVALID_OPERATION)


def login_failed(options: Options) -> ServerException:
    """401 for a login that does not fit, whatever is wrong with it."""
    return ServerException(401, "User authentication failed", omit_nulls=options.is_old)


def too_many_logins(options: Options) -> ServerException:
    """403 for a login that failed too often."""
    return ServerException(403, "Too many login attempts. Please try again later", omit_nulls=options.is_old)


def _worded(options: Options, status: int, message: str, kind: tuple[str, int]) -> ServerException:
    return ServerException(status, message, *kind, omit_nulls=options.is_old)
