"""The message that Postmark makes of a call (docs/wire/postmark.md 10)."""

from __future__ import annotations

import re
from base64 import b64decode
from email.utils import getaddresses

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Attachment, Draft, Mailbox
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import Attachment as AttachedFile
from mockmail.vendors.postmark.parameters import Email

OWN_HEADERS = ("from", "to", "cc", "subject", "reply-to", "date", "message-id", "mime-version", "content-type")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_LINE_BREAK = re.compile(r"[\r\n]")
_DOTTED = r"[\w+-]+(?:\.[\w+-]+)*"
_SIMPLE = re.compile(rf"(?:((?:[\w'-]+ )*)<({_DOTTED}@{_DOTTED})>|({_DOTTED}@{_DOTTED}))")
"""A mailbox that needs no parser: words and an address in angle brackets, or an address."""


def draft(email: Email, message_id: str) -> Draft:
    """Return a message to compose. Raises PostmarkError for an address or content that cannot be sent."""
    names = [header.name for header in email.headers] + list(email.metadata or {})
    if not all(map(_NAME.fullmatch, names)):
        raise PostmarkError("Invalid name of a header or of metadata, or content type of an attachment.")
    (sender, *_) = mailboxes("From", email.sender) or [Mailbox("")]
    headers = _headers(email, message_id)
    if any(map(_LINE_BREAK.search, (email.subject, *headers.values()))):
        raise PostmarkError("Invalid content: line breaks in a header, or an attachment that is not Base64.")
    return Draft(
        sender=sender,
        to=mailboxes("To", email.to),
        cc=mailboxes("Cc", email.cc),
        reply_to=mailboxes("ReplyTo", email.reply_to),
        subject=email.subject or None,
        message_id=headers.pop("Message-ID"),
        text=email.text or None,
        html=email.html or None,
        headers=headers,
        attachments=[_attachment(attached) for attached in email.attachments],
    )


def mailboxes(field: str, text: str) -> list[Mailbox]:
    """Return the mailboxes in a field with commas between them. Raises PostmarkError."""
    if not text:
        return []
    try:
        return [Mailbox(validate_address(address), name) for name, address in _named_addresses(text)]
    except (NotAnAddress, HeadTooLong, RecursionError) as error:  # comments can be nested without end
        raise PostmarkError(f"Invalid '{field}' address: '{text:.200}'.") from error


def _named_addresses(text: str) -> list[tuple[str, str]]:
    simple = [_SIMPLE.fullmatch(part.strip(" ")) for part in text.split(",")]
    if all(simple):
        return [((found[1] or "").rstrip(" "), found[2] or found[3]) for found in simple if found is not None]
    # Python's parser takes quoted names and comments too, and 20 times as long.
    found = [(name, address) for name, address in getaddresses([text]) if name or address]
    if not found and text.strip(" ,"):
        raise NotAnAddress(text)
    return found


def _headers(email: Email, message_id: str) -> dict[str, str]:
    given = {header.name.lower(): header.value for header in email.headers}
    own_id = given.get("message-id", "") if given.get("x-pm-keepid", "").lower() == "true" else ""
    headers = {
        "Message-ID": own_id or f"<{message_id}@mtasv.net>",
        "X-PM-Message-Id": message_id,
        "X-PM-Message-Stream": email.stream,
        "X-PM-Tag": email.tag or "",
        **{f"X-PM-Metadata-{key}": value for key, value in (email.metadata or {}).items()},
        **{header.name: header.value for header in email.headers if header.name.lower() not in OWN_HEADERS},
    }
    return {name: value for name, value in headers.items() if value}


def _attachment(attached: AttachedFile) -> Attachment:
    media_type = attached.content_type.partition(";")[0].strip()
    if not all(map(_NAME.fullmatch, media_type.partition("/")[::2])):
        raise PostmarkError("Invalid name of a header or of metadata, or content type of an attachment.")
    try:
        content = b64decode(attached.content, validate=True)
    except ValueError as error:
        raise PostmarkError("Invalid content: line breaks in a header, or an attachment that is not Base64.") from error
    content_id = attached.content_id.removeprefix("cid:")
    return Attachment(name=attached.name, content=content, media_type=media_type, content_id=content_id)
