"""SES's refusals (docs/wire/ses.md 2 to 4): one error for both versions, with the name that each has for it."""

from __future__ import annotations

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

STATUSES = {
    "NotFoundException": 404,
    "ConflictException": 409,
    "TooManyRequestsException": 429,
    "InternalServiceErrorException": 500,
    "UnrecognizedClientException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "IncompleteSignatureException": 403,
    "AccessDeniedException": 403,
}
"""The HTTP status of version 2 for each error that has another than 400."""

CODES = {
    "BadRequestException": "InvalidParameterValue",
    "UnrecognizedClientException": "InvalidClientTokenId",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MailFromDomainNotVerifiedException": "MailFromDomainNotVerifiedException",
    "SendingPausedException": "AccountSendingPausedException",
    "TooManyRequestsException": "Throttling",
    "InternalServiceErrorException": "InternalFailure",
}
"""Version 1's code for each error whose code is not version 2's name without `Exception`."""

UNKNOWN_KEY = "The security token included in the request is invalid."
WRONG_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)
TOO_MANY_REQUESTS = "Maximum sending rate exceeded."
PAUSED = "Email sending is disabled."


class SesError(VendorError):
    """A refusal. name: version 2's name for the error. code: version 1's, if it does not follow from the name."""

    def __init__(self, message: str, name: str = "BadRequestException", code: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.code = code or CODES.get(name, name.removesuffix("Exception"))
        self.status = STATUSES.get(name, 400)
        self.headers = (("x-amzn-ErrorType", name),)
        self.document = {"message": message}


def not_found(message: str, code: str) -> SesError:
    """Return the refusal of a request for a record that does not exist. code: version 1's."""
    return SesError(message, "NotFoundException", code)


def already_exists(message: str, code: str = "") -> SesError:
    """Return the refusal of a request to create a record that exists."""
    return SesError(message, "AlreadyExistsException", code)


def _named(name: str, message: str, code: str = "") -> NamedError:
    return NamedError(lambda text: SesError(text, name, code), message)


NAMED_ERRORS = {
    name: _named(name, message)
    for name, message in {
        "AccessDeniedException": "User is not authorized to perform this operation.",
        "AccountSuspendedException": "Account is suspended.",
        "AlreadyExistsException": "The resource already exists.",
        "BadRequestException": "Missing final '@domain'",
        "ConcurrentModificationException": "The resource is being modified.",
        "ConflictException": "The resource is in use.",
        "InternalServiceErrorException": "Internal service error.",
        "InvalidNextTokenException": "The next token is invalid.",
        "InvalidSignatureException": WRONG_SIGNATURE,
        "LimitExceededException": "The limit of resources is exceeded.",
        "MailFromDomainNotVerifiedException": "The MAIL FROM domain is not verified.",
        "MessageRejected": (
            "Email address is not verified. The following identities failed the check in region US-EAST-1:"
            " app@example.org"
        ),
        "NotFoundException": "The resource does not exist.",
        "SendingPausedException": PAUSED,
        "TooManyRequestsException": TOO_MANY_REQUESTS,
        "UnrecognizedClientException": UNKNOWN_KEY,
    }.items()
}
"""The errors that an injected fault can show, by version 2's names for them."""
