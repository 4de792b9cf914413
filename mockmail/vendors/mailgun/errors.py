"""Mailgun's refusals (docs/wire/mailgun.md 2 and 3).

VendorError
├── Forbidden      401, in plain text
└── MailgunError   every other refusal
"""

from __future__ import annotations

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError
from mockmail.vendors.mailgun.options import Options

SANDBOX_ONLY = (
    "Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized"
    " recipients in Account Settings."
)
CHECK_DOCUMENTATION = "is not a valid address. please check documentation"


class MailgunError(VendorError):
    """A refusal with a message."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"message": message}


class Forbidden(VendorError):
    """A refusal of a request without a valid key."""

    status = 401
    headers = (("WWW-Authenticate", 'Basic realm="MG API"'),)
    document = "Forbidden"


def parameter_error(options: Options, name: str, text: str) -> MailgunError:
    """Return the refusal of a parameter. text: what is wrong with it, such as `is missing`."""
    return MailgunError(f"{name if options.newer_errors else repr(name)} parameter {text}")


def domain_not_found(name: str) -> MailgunError:
    """Return the refusal of a request for a domain that does not exist."""
    return MailgunError(f"Domain not found: {name}", 404)


def _named(status: int, message: str) -> NamedError:
    return NamedError(lambda text: MailgunError(text, status), message)


NAMED_ERRORS = {
    "Forbidden": NamedError(lambda _: Forbidden("Forbidden"), "Forbidden"),
    "DomainNotFound": _named(404, "Domain not found: example.com"),
    "DomainNotAllowed": _named(403, "Domain example.com is not allowed to send: The domain is unverified."),
    "SandboxRecipient": _named(400, SANDBOX_ONLY),
    "FromMissing": _named(400, "'from' parameter is missing"),
    "ToMissing": _named(400, "'to' parameter is missing"),
    "ToInvalid": _named(400, f"'to' parameter {CHECK_DOCUMENTATION}"),
    "RequestFailed": _named(402, "Request failed"),
    "TooManyRequests": _named(429, "Too many requests"),
    "InternalServerError": _named(500, "Internal Server Error"),
}
"""The errors that an injected fault can show."""
