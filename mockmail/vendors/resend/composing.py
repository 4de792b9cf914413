"""The message that Resend makes of a request (docs/wire/resend.md 3 and 11)."""

from __future__ import annotations

import mimetypes
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.compose import Attachment, Draft, Mailbox
from mockmail.core.mail.html_text import read_html
from mockmail.core.senders.mailboxes import read_mailbox
from mockmail.core.senders.records import RecipientKind
from mockmail.vendors.resend.errors import ResendError, invalid_address
from mockmail.vendors.resend.parameters import Attachment as AttachedFile
from mockmail.vendors.resend.parameters import Email

OWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "return-path", "sender",
})  # fmt: skip
"""The headers that a request cannot set."""

LISTS = ("to", "cc", "bcc", "reply_to")
"""The fields that take an address or an array of them."""

MOST_ATTACHED = 40 << 20
"""The most bytes of attachments, in Base64."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_TYPES = mimetypes.MimeTypes()  # Python's own table, the same on every machine


@dataclass(frozen=True, slots=True)
class Addresses:
    """The mailboxes of a message."""

    sender: Mailbox
    to: list[Mailbox]
    cc: list[Mailbox]
    bcc: list[Mailbox]
    reply_to: list[Mailbox]

    @classmethod
    def of(cls, email: Email) -> Addresses:
        """Return the mailboxes of a request. Raise ResendError."""
        sender = _mailbox("from", email.sender)
        return cls(sender, *([_mailbox(name, each) for each in as_list(getattr(email, name))] for name in LISTS))

    @property
    def recipients(self) -> dict[RecipientKind, list[Mailbox]]:
        """Return the recipients by kind."""
        return {"to": self.to, "cc": self.cc, "bcc": self.bcc}


def draft(email: Email, addresses: Addresses, message_id: str) -> Draft:
    """Return a message to compose. Raise ResendError for content that cannot be sent."""
    own = OWN_HEADERS | {"reply-to"} if addresses.reply_to else OWN_HEADERS
    for name in email.headers or ():
        if not _NAME.fullmatch(name):
            raise ResendError(f"Invalid `headers` field. `{name:.80}` is not the name of a header.")
    return Draft(
        sender=addresses.sender,
        to=addresses.to,
        cc=addresses.cc,
        reply_to=addresses.reply_to,
        subject=email.subject,
        message_id=message_id,
        text=_text(email),
        html=email.html or None,
        headers={name: value for name, value in (email.headers or {}).items() if name.lower() not in own},
        attachments=_attachments(email.attachments),
    )


def as_list(value: Any) -> list[Any]:
    """Return the elements of a field that takes one or an array."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def contradicts_name(attached: AttachedFile) -> bool:
    """Return whether an attachment has no name, or one with the extension of another type; Resend drops its mail."""
    if not attached.filename:
        return not attached.path
    given = attached.content_type.partition(";")[0].strip().lower()
    is_known = bool(_TYPES.guess_all_extensions(given, strict=False))
    groups = {given.partition("/")[0], _type_of(attached.filename).partition("/")[0]}
    # Many types of text are registered as `application` too, such as XML.
    return is_known and "" not in groups and len(groups) > 1 and groups != {"text", "application"}


def _mailbox(field: str, value: Any) -> Mailbox:
    if not isinstance(value, str):
        raise invalid_address(field)
    try:
        return read_mailbox(value)
    except NotAnAddress as error:
        raise invalid_address(field) from error


def _text(email: Email) -> str | None:
    """Return the text, or that of the HTML without one; an empty text opts out."""
    if email.text is None and email.html:
        return read_html(email.html).text
    return email.text or None


def _attachments(given: Sequence[AttachedFile]) -> list[Attachment]:
    attachments, size = [], 0
    for attached in given:
        content = _content(attached)
        size += (len(content) + 2) // 3 * 4
        if size > MOST_ATTACHED:
            raise ResendError("The attachments of an email may have up to 40MB after Base64 encoding.")
        attachments.append(
            Attachment(
                name=attached.filename or attached.path.rpartition("/")[2],
                content=content,
                media_type=_media_type(attached),
                content_id=attached.content_id.strip("<>"),
            )
        )
    return attachments


def _content(attached: AttachedFile) -> bytes:
    if attached.content is None or attached.content == "":
        if attached.path:
            return f"mockmail does not download {attached.path}\n".encode("utf-8", "replace")
        raise ResendError("Attachment must have either a `content` or `path`.", "invalid_attachment")
    try:
        if isinstance(attached.content, list):
            return bytes(attached.content)
        return b64decode("".join(attached.content.split()), validate=True)
    except (AttributeError, TypeError, ValueError) as error:
        raise ResendError("Invalid `content` of an attachment: it is not Base64.", "invalid_attachment") from error


def _media_type(attached: AttachedFile) -> str:
    media_type = attached.content_type.partition(";")[0].strip() or _type_of(attached.filename)
    media_type = media_type or "application/octet-stream"
    if not all(map(_NAME.fullmatch, media_type.partition("/")[::2])):
        raise ResendError("Invalid `content_type` of an attachment.", "invalid_attachment")
    return media_type


def _type_of(filename: str) -> str:
    return _TYPES.guess_type(f"x{filename[filename.rfind('.') :]}" if "." in filename else "")[0] or ""
