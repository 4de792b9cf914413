"""The message that SES makes of a request (docs/wire/ses.md 4 and 9)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail import mime
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Attachment, Draft, Mailbox, compose, header_address
from mockmail.core.mail.encoded_words import decode_words
from mockmail.core.senders.raw import recipients_of, with_headers
from mockmail.core.senders.records import Recipient, RecipientKind
from mockmail.core.world import World
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.parameters import Attachment as AttachedFile
from mockmail.vendors.ses.parameters import Destination, Header

OWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "return-path", "sender", "reply-to", "mime-version",
    "content-type", "content-transfer-encoding", "feedback-id",
})  # fmt: skip
"""The headers that SES sets itself."""

LARGEST = 40 << 20
MOST_RECIPIENTS = 50
MESSAGE_TAGS = "X-SES-MESSAGE-TAGS"
CONFIGURATION_SET = "X-SES-CONFIGURATION-SET"
REMOVED = ("Bcc", "Return-Path", "Message-ID", "Date", MESSAGE_TAGS, CONFIGURATION_SET)
"""The headers of a raw message that SES removes or replaces."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_NAMED = re.compile(r"(?s)(.*)<([^<>]*)>\s*")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_NAMELESS = re.compile(rb"(?:\A|\n):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to compose, as both versions ask for it. sender: as written."""

    sender: str
    destination: Destination
    reply_to: Sequence[str] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: Sequence[Header] = ()
    attachments: Sequence[AttachedFile] = field(default=())


def mailbox(text: str) -> Mailbox:
    """Return an address, with its display name. Raise SesError with SES's words for what is wrong."""
    named = _NAMED.fullmatch(text)
    name, address = ("", text) if named is None else named.groups()
    name, address = name.strip(), address.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    local_part, at, domain = address.rpartition("@")
    if not at:
        raise SesError("Missing final '@domain'")
    if not domain.strip(".") or domain.endswith("."):
        raise SesError("Missing domain")
    if not local_part.isascii() or _CONTROL.search(local_part):
        raise SesError("Local address contains control or whitespace")
    if _CONTROL.search(domain):
        raise SesError("Domain contains control or whitespace")
    try:
        return Mailbox(validate_address(address), decode_words(name))
    except (NotAnAddress, HeadTooLong) as error:
        raise SesError("Local address contains illegal character") from error


def recipients(destination: Destination) -> list[Recipient]:
    """Return the recipients of a destination. Raise SesError for an address, none and too many of them."""
    lists: tuple[tuple[RecipientKind, Sequence[str]], ...] = (
        ("to", destination.to),
        ("cc", destination.cc),
        ("bcc", destination.bcc),
    )
    return checked([(kind, mailbox(text)) for kind, texts in lists for text in texts[: MOST_RECIPIENTS + 1]])


def raw_recipients(raw: bytes) -> list[Recipient]:
    """Return the recipients that the headers of a raw message name. Raise SesError."""
    found = recipients_of(raw)[: MOST_RECIPIENTS + 1]
    return checked([(each.kind, Mailbox(mailbox(each.address).address, each.name)) for each in found])


def checked(found: Sequence[tuple[RecipientKind, Mailbox]]) -> list[Recipient]:
    """Return recipients. Raise SesError for none and for too many."""
    if not found:
        raise SesError("Missing required header 'To'.")
    if len(found) > MOST_RECIPIENTS:
        raise SesError(f"Recipient count exceeds {MOST_RECIPIENTS}.")
    return [Recipient(address=each.address, name=each.name, kind=kind) for kind, each in found]


def compose_letter(
    world: World, letter: Letter, message_id: str, *, sender: Mailbox, found: Sequence[Recipient]
) -> bytes:
    """Return a message of a subject and bodies. Raise SesError for content that cannot be sent.

    sender, found: the addresses of the letter, as they were read.
    """
    headers = {}
    for header in letter.headers:
        if not _NAME.fullmatch(header.name) or header.name.lower() in OWN_HEADERS:
            raise SesError(f"Invalid header name <{header.name:.80}>.")
        headers[header.name] = header.value
    draft = Draft(
        sender=sender,
        to=[Mailbox(each.address, each.name) for each in found if each.kind == "to"],
        cc=[Mailbox(each.address, each.name) for each in found if each.kind == "cc"],
        reply_to=[mailbox(text) for text in letter.reply_to],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers=headers,
        attachments=[_attachment(each) for each in letter.attachments],
        message_id=message_id,
    )
    try:
        return compose(world, draft)
    except HeadTooLong as error:
        raise SesError(f"Illegal content: {error}.") from error


def raw_content(data: str) -> bytes:
    """Return the MIME text of a raw message, in CRLF lines. Raise SesError."""
    content = _decoded(data, "Raw.Data")
    if not content.strip():
        raise SesError("Illegal content.")
    if len(content) > LARGEST:
        raise SesError(f"Message length is more than {LARGEST} bytes long.")
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if _NAMELESS.search(content, 0, mime.end_of_head(content, 0, min(len(content), mime.HEAD_LIMIT))):
        raise SesError("Empty header names are illegal.")
    return content


def compose_raw(
    world: World, raw: bytes, message_id: str, *, sender: str | None, reply_to: Collection[str] = ()
) -> bytes:
    """Return a raw message with the headers that SES replaces. sender: of the From header, None for its own."""
    added: dict[str, str] = {}
    try:
        if sender is not None:
            added["From"] = header_address(mailbox(sender))
        if reply_to:
            added["Reply-To"] = ", ".join(header_address(mailbox(each)) for each in reply_to)
        added["Date"] = format_datetime(world.clock.now().replace(microsecond=0))
        added["Message-ID"] = message_id
        return with_headers(raw, removed=REMOVED, added=added)
    except HeadTooLong as error:
        raise SesError(f"Illegal content: {error}.") from error


def raw_options(raw: bytes) -> tuple[str | None, Mapping[str, str]]:
    """Return the configuration set and the tags that the headers of a raw message name."""
    headers = mime.headers(raw)
    pairs = (pair.partition("=") for value in headers.get_all(MESSAGE_TAGS) for pair in re.split("[,;]", value))
    tags = {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
    return headers.get(CONFIGURATION_SET).strip() or None, tags


def _attachment(attached: AttachedFile) -> Attachment:
    media_type = attached.media_type.partition(";")[0].strip() or "application/octet-stream"
    if not all(map(_NAME.fullmatch, media_type.partition("/")[::2])):
        raise SesError("Invalid ContentType of an attachment.")
    if attached.disposition not in ("ATTACHMENT", "INLINE"):
        raise SesError("Invalid ContentDisposition of an attachment: it must be ATTACHMENT or INLINE.")
    is_inline = attached.disposition == "INLINE"
    return Attachment(
        name=attached.name,
        content=_decoded(attached.content, "RawContent"),
        media_type=media_type,
        content_id=attached.content_id.strip("<>") if is_inline else "",
    )


def _decoded(data: str, name: str) -> bytes:
    try:
        return b64decode("".join(data.split()), validate=True)
    except ValueError as error:
        raise SesError(f"Invalid {name}: it is not Base64.", "SerializationException", "MalformedInput") from error
