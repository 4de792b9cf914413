"""The message that Brevo makes of a request (docs/wire/brevo.md 3, 10)."""

from __future__ import annotations

import mimetypes
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Attachment, Mailbox
from mockmail.core.mail.encoded_words import decode_words
from mockmail.vendors.brevo.errors import BrevoError, invalid, missing
from mockmail.vendors.brevo.parameters import Attachment as AttachedFile
from mockmail.vendors.brevo.parameters import Party

OWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "return-path", "reply-to", "sender", "sender.ip", "idempotencykey", "x-sib-sandbox",
})  # fmt: skip
"""The headers that a request cannot set, and those that are instructions to Brevo."""

EXTENSIONS = frozenset({
    "xlsx", "xls", "ods", "docx", "docm", "doc", "csv", "pdf", "txt", "gif", "jpg", "jpeg", "png", "tif", "tiff",
    "rtf", "bmp", "cgm", "css", "shtml", "html", "htm", "zip", "xml", "ppt", "pptx", "tar", "ez", "ics", "mobi",
    "msg", "pub", "eps", "odt", "mp3", "m4a", "m4v", "wma", "ogg", "flac", "wav", "aif", "aifc", "aiff", "mp4",
    "mov", "avi", "mkv", "mpeg", "mpg", "wmv", "pkpass", "xlsm",
})  # fmt: skip
"""The extensions of the names of attachments that Brevo takes."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_TYPES = mimetypes.MimeTypes()  # Python's own table, the same on every machine


def mailboxes(field: str, parties: Sequence[Party] | None) -> list[Mailbox]:
    """Return the mailboxes of a list of recipients. Raise BrevoError."""
    return [mailbox(field, party) for party in parties or ()]


def mailbox(field: str, party: Party) -> Mailbox:
    """Return the mailbox of a recipient. Raise BrevoError."""
    if party.email is None:
        raise missing(f"email is missing in {field}")
    if party.name == "":
        raise missing(f"name is missing in {field}")
    address = valid_address(party.email)
    if address is None:
        raise BrevoError(f"email is not valid in {field}")
    return Mailbox(address, display_name(party.name))


def valid_address(text: str) -> str | None:
    """Return an address without the blanks around it; None for a text that is none."""
    try:
        address = validate_address(text)
    except NotAnAddress:
        return None
    return address if "." in address.rpartition("@")[2] else None


def display_name(name: str | None) -> str:
    """Return a display name; clients may send encoded words. Raise BrevoError."""
    try:
        return decode_words(name or "")
    except HeadTooLong as error:
        raise invalid("name") from error


def own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a request that the message gets. Raise BrevoError."""
    for name in headers:
        if not is_header_name(name):
            raise invalid("headers").because(f"{name!r:.80} is not the name of a header")
    return {name: value for name, value in headers.items() if name.lower() not in OWN_HEADERS}


def is_header_name(text: str) -> bool:
    """Return whether a text can be the name of a header."""
    return _NAME.fullmatch(text) is not None


def header_of(headers: Mapping[str, str], wanted: str) -> str:
    """Return the value of a header, case-insensitive; empty without it."""
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def attachments(given: Sequence[AttachedFile]) -> list[Attachment]:
    """Return the files of a message. Raise BrevoError."""
    return [_attachment(attached) for attached in given]


def _attachment(attached: AttachedFile) -> Attachment:
    url = attached.url or ""
    name = attached.name or url.partition("?")[0].rpartition("/")[2]
    if not name:
        raise missing("attachment name is missing")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in EXTENSIONS:
        raise BrevoError("Unsupported file format").because(f"{name!r:.80} has no extension that Brevo takes")
    media_type = _TYPES.guess_type(f"x.{extension}")[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return Attachment(name=name, content=_content(attached), media_type=media_type)


def _content(attached: AttachedFile) -> bytes:
    if attached.content is None:
        if not attached.url:
            raise missing("attachment content or url is missing")
        return f"mockmail does not download {attached.url}\n".encode("utf-8", "replace")
    try:
        return b64decode("".join(attached.content.split()), validate=True)
    except ValueError as error:
        raise invalid("attachment content") from error
