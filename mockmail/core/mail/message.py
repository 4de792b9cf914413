"""A captured message: its raw bytes exactly as received, its envelope, sender and deliveries."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from mockmail.core.mail import html_text, mime
from mockmail.core.mail import parts as mime_parts

TEXT_LIMIT = 1 << 20
"""The bytes of a message that a search and a summary read. A body behind a large attachment is not searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The data of a message's SMTP dialogue, which need not agree with its headers.

    sender: the address of MAIL FROM, empty for the null sender.
    recipients: the addresses of RCPT TO, as sent, in order.
    helo: the name that the client gave in HELO or EHLO.
    mail_parameters: the parameters of MAIL FROM, such as `SIZE=120`.
    recipient_parameters: the parameters of each RCPT TO, one string a recipient.
    auth_user: the user name of AUTH, None without AUTH.
    tls: protocol and cipher, empty for a plain connection.
    peer: the client's address.
    transcript: the lines of the dialogue, each with `C: ` or `S: ` before it, secrets masked.
        It ends at DATA. A vendor's relay adds the rest when its session is over, which a wait does not wait for.
    """

    sender: str
    recipients: tuple[str, ...]
    helo: str = ""
    mail_parameters: tuple[str, ...] = ()
    recipient_parameters: tuple[str, ...] = ()
    auth_user: str | None = None
    tls: str = ""
    peer: str = ""
    transcript: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Envelope:
        """Return the envelope of a document."""
        lists = ("recipients", "mail_parameters", "recipient_parameters", "transcript")
        values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in document.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBy:
    """The sender of a message: an SMTP client, or a vendor's operation.

    client: `smtp` for an SMTP client.
    exchange: the number of the request in the journal.
    relay: `host:port` of the SMTP server in the vendor's settings, None when they name none.
    """

    client: str = "smtp"
    vendor: str | None = None
    operation: str | None = None
    exchange: int | None = None
    relay: str | None = None

    def __str__(self) -> str:
        return f"{self.vendor} {self.operation}" if self.vendor else self.client


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of one copy of a message, to a vendor's mailbox or to an address that no vendor hosts.

    vendor: the vendor's name, None for an address that no vendor hosts.
    mailbox: the vendor's own name for the mailbox, such as an account id. None with a vendor when the copy was lost:
        it was forwarded in a cycle, a filter dropped it, or the mailbox was full.
    address: the address that the copy was delivered to, after aliases and forwarding.
    """

    vendor: str | None
    mailbox: str | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment or inline part of a message.

    filename: the name that the sender gave, None without one. It is not safe as a path.
    content_type: the media type, without parameters.
    content: the decoded bytes.
    content_id: the Content-ID without angle brackets, None without one.
    """

    filename: str | None
    content_type: str
    content: bytes
    content_id: str | None = None


class EnvelopeSummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The addresses of MAIL FROM and RCPT TO."""

    sender: str
    recipients: tuple[str, ...]


class SentBySummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sender of a message; fields that do not apply are left out."""

    client: str
    vendor: str | UnsetType = UNSET
    operation: str | UnsetType = UNSET
    exchange: int | UnsetType = UNSET
    relay: str | UnsetType = UNSET


class AttachmentSummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attachment without its content. size: in bytes, decoded."""

    filename: str | None
    content_type: str
    size: int


class MessageStart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that every document of a message has. from_: the envelope's sender without a From header."""

    id: str
    received_at: datetime
    from_: str = msgspec.field(name="from")
    to: list[str]
    subject: str
    size: int
    is_read: bool
    tags: tuple[str, ...]


class MessageSummary(MessageStart, frozen=True, kw_only=True):
    """A message in a list. has_attachment: as `has:attachment` finds it, inline parts included."""

    has_attachment: bool
    envelope: EnvelopeSummary
    sent_by: SentBySummary


class MessageDetails(MessageStart, frozen=True, kw_only=True):
    """Everything about a message except its raw bytes. headers: pairs of a name and a decoded value.

    preview: the path of its HTML for a frame, below `/_mockmail/`; left out of the response to a wait.
    """

    envelope: Envelope
    sent_by: SentBySummary
    cursor: int
    cc: list[str]
    headers: list[list[str]]
    text: str
    html: str
    links: list[str]
    attachments: list[AttachmentSummary]
    deliveries: tuple[Delivery, ...]
    unparsed: list[str]
    preview: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart(Attachment):
    """A part of a message that contains no other parts. disposition: `inline`, `attachment`, or empty."""

    disposition: str


@dataclass(frozen=True)
class Message:
    """A captured message. Its content is parsed when a property that needs it is first read.

    id: the message's id in its sandbox.
    cursor: the position in the order of arrival; a wait or a list can start after it.
    received_at: the time of arrival, by the sandbox's clock.
    raw: the bytes exactly as received.
    envelope: the sender and recipients of the SMTP dialogue, and more of it.
    sent_by: the client or the vendor's operation that sent it.
    deliveries: the mailboxes that vendors host, and outside addresses, that copies went to.
    is_read, tags: the marks of the message when it was read from the store. tags: in order, case-insensitive.
    max_parts: the most MIME parts that are parsed; of a message with more, only the headers are parsed.
    """

    id: str
    cursor: int
    received_at: datetime
    raw: bytes
    envelope: Envelope
    sent_by: SentBy
    deliveries: tuple[Delivery, ...] = ()
    is_read: bool = False
    tags: tuple[str, ...] = ()
    max_parts: int = 1000

    def __repr__(self) -> str:
        return f"<Message {self.id} from {self.from_!r} to {', '.join(self.envelope.recipients)}: {self.subject!r}>"

    @property
    def size(self) -> int:
        """Return the length of the raw message in bytes."""
        return len(self.raw)

    @cached_property
    def headers(self) -> mime.Headers:
        """Return the decoded headers; names are case-insensitive, and `get_all` returns repeated ones."""
        return mime.headers(self.raw)

    @property
    def subject(self) -> str:
        """Return the decoded Subject header, empty without one."""
        return self.headers.get("Subject", "")

    @property
    def from_(self) -> str:
        """Return the decoded From header, empty without one."""
        return self.headers.get("From", "")

    @property
    def to(self) -> list[str]:
        """Return the addresses of the To header."""
        return mime.addresses(self.headers.undecoded("To"))

    @property
    def cc(self) -> list[str]:
        """Return the addresses of the Cc header."""
        return mime.addresses(self.headers.undecoded("Cc"))

    @cached_property
    def text(self) -> str:
        """Return the plain text body; without one, the visible text of the HTML body. Lines end in LF alone."""
        text = self._html_content.text if self._plain is None else self._plain
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def html(self) -> str:
        """Return the HTML body, empty without one."""
        return self._body("html") or ""

    @property
    def visible_html(self) -> str:
        """Return the visible text of the HTML body, empty without one."""
        return self._html_content.text

    @cached_property
    def links(self) -> list[str]:
        """Return the URLs of the links in the HTML body, then of those in the plain text, without duplicates."""
        return list(dict.fromkeys([*self._html_content.links, *html_text.urls(self._plain or "")]))

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Return the attachments, inline parts included."""
        return [Attachment(**part) for part in mime_parts.attachments(self._parsed.message)]

    @cached_property
    def has_attachment(self) -> bool:
        """Return whether there is an attachment or inline part; one that begins after `TEXT_LIMIT` does not count."""
        is_long = self.size > TEXT_LIMIT
        parsed = mime_parts.parse(self.raw[:TEXT_LIMIT], self.max_parts) if is_long else self._parsed
        return any(True for _ in mime_parts.attached(parsed.message))

    @property
    def has_parts(self) -> bool:
        """Return whether the message is one of several parts, by its Content-Type."""
        return self._parsed.message.content_type.value.startswith(("multipart/", "message/"))

    @property
    def parts(self) -> list[MessagePart]:
        """Return the parts in order: bodies, inline parts and attachments, without the containers of parts."""
        return [MessagePart(**fields) for fields in mime_parts.leaves(self._parsed.message)]

    @property
    def leaves(self) -> list[mime_parts.Part]:
        """Return the parts that contain no other parts, with their positions in `raw`."""
        return [part for part in self._parsed.message.walk() if not part.is_container]

    @property
    def unparsed(self) -> list[str]:
        """Return a sentence for each bound that left a piece of the message unparsed. `raw` always has all of it."""
        is_text_complete = self._html_content.is_complete and len(self._plain or "") <= html_text.TEXT_LIMIT
        sentences = (
            "" if self.headers.is_complete else mime.INCOMPLETE,
            self._parsed.unparsed,
            "" if is_text_complete else html_text.INCOMPLETE,
        )
        return [sentence for sentence in sentences if sentence]

    @cached_property
    def _parsed(self) -> mime_parts.Parsed:
        return mime_parts.parse(self.raw, self.max_parts)

    @cached_property
    def _plain(self) -> str | None:
        return self._body("plain")

    @cached_property
    def _html_content(self) -> html_text.HtmlContent:
        return html_text.read_html(self.html)

    def _body(self, subtype: Literal["plain", "html"]) -> str | None:
        part = mime_parts.body_part(self._parsed.message, subtype)
        return None if part is None else part.text()

    def summary(self) -> MessageSummary:
        """Return the document of the message in a list."""
        envelope = EnvelopeSummary(sender=self.envelope.sender, recipients=self.envelope.recipients)
        return MessageSummary(**self._start(), envelope=envelope, has_attachment=self.has_attachment)

    def details(self) -> MessageDetails:
        """Return the document of the message with all that is known of it except its raw bytes."""
        return MessageDetails(
            **self._start(),
            envelope=self.envelope,
            cursor=self.cursor,
            cc=self.cc,
            headers=[[name, value] for name, value in self.headers.items()],
            text=self.text,
            html=self.html,
            links=self.links,
            attachments=[
                AttachmentSummary(filename=part.filename, content_type=part.content_type, size=len(part.content))
                for part in self.attachments
            ],
            deliveries=self.deliveries,
            unparsed=self.unparsed,
        )

    def _start(self) -> dict[str, Any]:
        sent_by = {name: value for name, value in asdict(self.sent_by).items() if value is not None}
        return {
            "id": self.id,
            "received_at": self.received_at,
            "from_": self.from_ or self.envelope.sender,
            "to": self.to,
            "subject": self.subject,
            "size": self.size,
            "is_read": self.is_read,
            "tags": self.tags,
            "sent_by": SentBySummary(**sent_by),
        }
