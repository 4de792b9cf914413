"""SendGrid's refusals (docs/wire/sendgrid.md 2 and 3).

VendorError
└── SendGridError    an error with its field
    └── MailRefusal  all errors of a message, each with a link to its help
"""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#"
MOST_ERRORS = 1000
"""The most errors of a message that a response lists."""

NO_CREDENTIALS = "Permission denied, wrong credentials"
INVALID_GRANT = "The provided authorization grant is invalid, expired, or revoked"
TOO_MANY_RECIPIENTS = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
UNVERIFIED = (
    "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved."
    " Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the Sender Identity"
    " requirements"
)


class SendGridError(VendorError):
    """A refusal. field: the name of the field, with the positions that lead to it."""

    def __init__(self, message: str, field: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"errors": [{"message": message, "field": field}]}


class MailRefusal(SendGridError):
    """A refusal of a message. items: its errors, as `item` makes them, of which the first MOST_ERRORS are shown."""

    def __init__(self, *items: dict[str, Any], status: int = 400) -> None:
        super().__init__(items[0]["message"], status=status)
        self.document = {"errors": list(items[:MOST_ERRORS])}


def item(message: str, field: str | None = None, anchor: str | None = None) -> dict[str, Any]:
    """Return one error of a message. anchor: where SendGrid's page of errors describes the field."""
    return {"message": message, "field": field, "help": anchor and f"{HELP}message.{anchor}"}


def not_found(message: str = "not found", field: str | None = None) -> SendGridError:
    """Return the refusal of a request for a record that does not exist."""
    return SendGridError(message, field, 404)


def _named(status: int, message: str, field: str | None = None) -> NamedError:
    return NamedError(lambda text: MailRefusal(item(text, field), status=status), message)


NAMED_ERRORS = {
    "bad_request": _named(400, "Bad Request"),
    "invalid_grant": _named(401, INVALID_GRANT),
    "wrong_credentials": _named(401, NO_CREDENTIALS),
    "credits_exceeded": _named(401, "Maximum credits exceeded"),
    "access_forbidden": _named(403, "access forbidden"),
    "unverified_sender": _named(403, UNVERIFIED, "from"),
    "not_found": _named(404, "not found"),
    "content_too_large": _named(413, "content too large"),
    "too_many_requests": _named(429, "too many requests"),
    "internal_error": _named(500, "internal server error"),
}
"""The errors that an injected fault can show."""
