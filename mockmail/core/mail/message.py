"""A captured message: its raw bytes exactly as received, its envelope, sender and deliveries."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from mockmail.core.mail import mime
from mockmail.core.mail.calendar import CalendarEvent
from mockmail.core.mail.content import MessageContent
from mockmail.core.mail.links import Unsubscribe
from mockmail.core.mail.recipients import unnamed
from mockmail.core.mail.traces import Trace, traces

if TYPE_CHECKING:
    from mockmail.core.mail.checks import Finding


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
    refusals: pairs of a recipient that the SMTP server refused and its reply.
    forwards: pairs of an address and an address that its mail was forwarded to, lower-cased.
    same_mailbox: pairs of addresses of the same mailbox, lower-cased. The one copy went to the second address.
    transcript: the lines of the dialogue, each with `C: ` or `S: ` before it, secrets masked. It ends at DATA.
        The rest of a vendor's session with its relay is added after the session; a wait may return before that.
    """

    sender: str
    recipients: tuple[str, ...]
    helo: str = ""
    mail_parameters: tuple[str, ...] = ()
    recipient_parameters: tuple[str, ...] = ()
    auth_user: str | None = None
    tls: str = ""
    peer: str = ""
    refusals: tuple[tuple[str, str], ...] = ()
    forwards: tuple[tuple[str, str], ...] = ()
    same_mailbox: tuple[tuple[str, str], ...] = ()
    transcript: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Envelope:
        """Return the envelope of a document."""
        lists = ("recipients", "mail_parameters", "recipient_parameters", "transcript")
        pairs = ("refusals", "forwards", "same_mailbox")
        values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in document.items()}
        values |= {name: tuple((first, second) for first, second in values[name]) for name in pairs if name in values}
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBy:
    """The sender of a message: an SMTP client, or a vendor's operation.

    client: `smtp` for an SMTP client.
    vendor, operation: their names, None for an SMTP client.
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
    codes: list[str]
    bcc: list[str]
    unsubscribe: Unsubscribe | None
    calendar: list[CalendarEvent]
    attachments: list[AttachmentSummary]
    deliveries: tuple[Delivery, ...]
    traces: list[Trace]
    unparsed: list[str]
    preview: str | UnsetType = UNSET


@dataclass(frozen=True)
class Message(MessageContent):
    """A captured message. Its content is parsed when a property that needs it is first read.

    id: the message's id in its sandbox.
    cursor: the position in the order of arrival; a wait or a list can start after it.
    received_at: the time of arrival, by the sandbox's clock.
    raw: the bytes exactly as received.
    envelope: the sender, the recipients and other data of the SMTP dialogue.
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

    @property
    def bcc(self) -> list[str]:
        """Return the recipients of the envelope that no header names, as they were sent."""

        def addresses_in(name: str) -> list[str]:
            values = self.headers.undecoded(name)
            return mime.addresses(values) if values else []

        return unnamed(self.envelope.recipients, addresses_in)

    @property
    def traces(self) -> list[Trace]:
        """Return the ways of the mail for each recipient: to a hosted mailbox, or to the point where it was lost."""
        return traces(self.envelope, self.deliveries)

    def checks(self, *, dkim_key: str | None = None) -> list[Finding]:
        """Return the defects that mail servers may refuse or mail readers may show wrongly; empty if there are none.

        dkim_key: the public key of the signer, as PEM or as the text of its DNS record (`v=DKIM1; p=...`). With a key,
        the message must have a valid DKIM-Signature; this needs `pip install mockmail[dkim]`.
        """
        from mockmail.core.mail.checks import findings

        return findings(self, dkim_key=dkim_key)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the raw message to a file, or, in an existing folder, to `message-CURSOR.eml`. Return the file's path.

        No part of the message chooses the name.
        """
        file = Path(path)
        file = file / f"message-{self.cursor}.eml" if file.is_dir() else file
        file.write_bytes(self.raw)
        return file

    def summary(self) -> MessageSummary:
        """Return the document of the message in a list."""
        envelope = EnvelopeSummary(sender=self.envelope.sender, recipients=self.envelope.recipients)
        return MessageSummary(**self._start(), envelope=envelope, has_attachment=self.has_attachment)

    def details(self) -> MessageDetails:
        """Return the document of everything about the message except its raw bytes."""
        return MessageDetails(
            **self._start(),
            envelope=self.envelope,
            cursor=self.cursor,
            cc=self.cc,
            headers=[[name, value] for name, value in self.headers.items()],
            text=self.text,
            html=str(self.html),
            links=[str(link) for link in self.links],
            codes=self.codes,
            bcc=self.bcc,
            unsubscribe=self.unsubscribe,
            calendar=self.calendar,
            attachments=[
                AttachmentSummary(filename=part.filename, content_type=part.content_type, size=len(part.content))
                for part in self.attachments
            ],
            deliveries=self.deliveries,
            traces=self.traces,
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
