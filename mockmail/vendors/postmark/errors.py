"""Postmark's refusals (docs/wire/postmark.md 3)."""

from __future__ import annotations

from typing import Any, Self

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError


class PostmarkError(VendorError):
    """A refusal. code: Postmark's ErrorCode; 300 is an invalid request."""

    def __init__(self, message: str, code: int = 300, status: int = 422) -> None:
        super().__init__(message)
        self.status = status
        self.headers = (("X-PM-ApiErrorCode", str(code)),)
        self.document = {"ErrorCode": code, "Message": message}

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Return the refusal with this document."""
        return cls(document["Message"], document["ErrorCode"])


def _named(code: int, message: str, status: int = 422) -> NamedError:
    return NamedError(lambda text: PostmarkError(text, code, status), message)


NAMED_ERRORS = {
    "BadApiToken": _named(10, "Request does not contain a valid Server token.", 401),
    "InvalidEmailRequest": _named(300, "Provide either email TextBody or HtmlBody or both."),
    "SenderSignatureNotFound": _named(
        400, "The 'From' address you supplied is not a Sender Signature on your account."
    ),
    "SenderSignatureNotConfirmed": _named(401, "Sender signature not confirmed"),
    "InvalidJson": _named(402, "Invalid JSON"),
    "InactiveRecipient": _named(
        406, "You tried to send to recipients that are inactive. Found inactive addresses: jane@example.com."
    ),
    "TooManyBatchMessages": _named(410, "You may only send up to 500 messages in a single batched request."),
    "ForbiddenAttachmentType": _named(411, "Attachment file type not allowed."),
    "AccountPending": _named(412, "Your account is pending approval."),
    "AccountMayNotSend": _named(413, "This account is not approved to send email."),
    "MessageNotFound": _named(701, "This message was not found."),
}
"""The errors that an injected fault can show, named after the titles of Postmark's error codes."""
