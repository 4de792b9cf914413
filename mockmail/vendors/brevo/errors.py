"""Brevo's refusals: a code and a text (docs/wire/brevo.md 2, 3)."""

from __future__ import annotations

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

NO_CREDITS = "You have insufficient credits to send this email."
NOT_ACTIVATED = (
    "Unable to send email. Your SMTP account is not yet activated. Please contact us at contact@brevo.com to request"
    " activation"
)
UNKNOWN_ADDRESS = (
    "We have detected you are using an unrecognised IP address 127.0.0.1. If you performed this action make sure to add"
    " the new IP address in this link: https://app.brevo.com/security/authorised_ips"
)
TOO_MANY_REQUESTS = "You have reached the limit of requests. Please try again later."
REPEATED_KEY = "Duplicate idempotency key"
SENDER_REQUIRED = "valid sender email required"
BODY_REQUIRED = "Either of htmlContent or textContent is required"


class BrevoError(VendorError):
    """A refusal. code: Brevo's word for the kind of error."""

    def __init__(self, message: str, code: str = "invalid_parameter", status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"code": code, "message": message}


def missing(what: str) -> BrevoError:
    """Return the refusal of a request without a field. what: such as `subject`, or `email is missing in to`."""
    return BrevoError(what if " " in what else f"{what} is missing", "missing_parameter")


def invalid(what: str) -> BrevoError:
    """Return the refusal of a value."""
    return BrevoError(f"{what} is not valid")


def not_found(what: str) -> BrevoError:
    """Return the refusal of a request for a record that does not exist. what: such as `Webhook`."""
    return BrevoError(f"{what} does not exist", "document_not_found", 404)


def _named(status: int, code: str, message: str) -> NamedError:
    return NamedError(lambda text: BrevoError(text, code, status), message)


NAMED_ERRORS = {
    "invalid_parameter": _named(400, "invalid_parameter", SENDER_REQUIRED),
    "missing_parameter": _named(400, "missing_parameter", "to is missing"),
    "duplicate_parameter": _named(400, "duplicate_parameter", "Sender already exists"),
    "duplicate_request": _named(400, "duplicate_request", REPEATED_KEY),
    "out_of_range": _named(400, "out_of_range", "Limit exceeds max value"),
    "bad_request": _named(400, "bad_request", "Input must be a valid JSON object"),
    "unauthorized": _named(401, "unauthorized", "Key not found"),
    "unrecognised_ip": _named(401, "unauthorized", UNKNOWN_ADDRESS),
    "not_enough_credits": _named(402, "not_enough_credits", NO_CREDITS),
    "permission_denied": _named(403, "permission_denied", NOT_ACTIVATED),
    "account_under_validation": _named(403, "account_under_validation", "Your account is under validation."),
    "document_not_found": _named(404, "document_not_found", "Document not found"),
    "unprocessable_entity": _named(422, "unprocessable_entity", "The request cannot be processed."),
    "too_many_requests": _named(429, "too_many_requests", TOO_MANY_REQUESTS),
}
"""The errors that an injected fault can show, by Brevo's codes for them."""
