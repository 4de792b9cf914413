"""Resend's refusals (docs/wire/resend.md 2 and 3).

VendorError
├── ProxyRefusal   403, in plain text
└── ResendError    every other refusal
"""

from __future__ import annotations

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

ADDRESS_FORMAT = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
TOO_MANY_REQUESTS = (
    "Too many requests. You can only make 2 requests per second. See rate limit response headers for more information."
    " Or contact support to increase rate limit."
)
UNEXPECTED = "An unexpected error occurred."
OTHER_PAYLOAD = "Same idempotency key used with a different request payload"
IN_PROGRESS = "Same idempotency key used while original request is still in progress"
RESTRICTED_KEY = "This API key is restricted to only send emails"


class ResendError(VendorError):
    """A refusal. name: Resend's name for the kind of error."""

    def __init__(self, message: str, name: str = "validation_error", status: int = 422) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"statusCode": status, "name": name, "message": message}


class ProxyRefusal(VendorError):
    """A refusal of the proxy in front of Resend, in plain text."""

    status = 403
    document = "error code: 1010"


def missing(field: str) -> ResendError:
    """Return the refusal of a request without a field."""
    return ResendError(f"Missing `{field}` field.", "missing_required_field")


def invalid_address(field: str) -> ResendError:
    """Return the refusal of a field with a text that is not an address."""
    return ResendError(f"Invalid `{field}` field. {ADDRESS_FORMAT}")


def not_found(noun: str) -> ResendError:
    """Return the refusal of a request for a record that does not exist. noun: such as `Email`."""
    return ResendError(f"{noun} not found", "not_found", 404)


def invalid_id(name: str = "id") -> ResendError:
    """Return the refusal of an id that is not a UUID."""
    return ResendError(f"The `{name}` must be a valid UUID.", "invalid_parameter")


def _named(status: int, name: str, message: str) -> NamedError:
    return NamedError(lambda text: ResendError(text, name, status), message)


NAMED_ERRORS = {
    "invalid_idempotency_key": _named(400, "invalid_idempotency_key", "The key must be between 1-256 chars"),
    "missing_api_key": _named(401, "missing_api_key", "Missing API key in the authorization header."),
    "restricted_api_key": _named(401, "restricted_api_key", RESTRICTED_KEY),
    "invalid_api_key": _named(401, "validation_error", "API key is invalid"),
    "unverified_domain": _named(
        403,
        "validation_error",
        "The example.com domain is not verified. Please, add and verify your domain on https://resend.com/domains",
    ),
    "not_found": _named(404, "not_found", "The requested endpoint does not exist."),
    "concurrent_idempotent_requests": _named(409, "concurrent_idempotent_requests", IN_PROGRESS),
    "invalid_idempotent_request": _named(409, "invalid_idempotent_request", OTHER_PAYLOAD),
    "missing_required_field": _named(422, "missing_required_field", "Missing `to` field."),
    "validation_error": _named(422, "validation_error", f"Invalid `to` field. {ADDRESS_FORMAT}"),
    "invalid_attachment": _named(422, "invalid_attachment", "Attachment must have either a `content` or `path`."),
    "rate_limit_exceeded": _named(429, "rate_limit_exceeded", TOO_MANY_REQUESTS),
    "daily_quota_exceeded": _named(429, "daily_quota_exceeded", "You have reached your daily email quota."),
    "monthly_quota_exceeded": _named(429, "monthly_quota_exceeded", "You have reached your monthly email quota."),
    "security_error": _named(451, "security_error", "We may have found a security issue with the request."),
    "application_error": _named(500, "application_error", UNEXPECTED),
    "internal_server_error": _named(500, "internal_server_error", UNEXPECTED),
}
"""The errors that an injected fault can show, by Resend's names for them."""
