"""A message that was sent: raw bytes exactly as received, the envelope, and where it came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from mockmail.core.mail import mime


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the SMTP dialogue said, which the message itself need not.

    sender: MAIL FROM, empty for the null sender. recipients: RCPT TO, as sent, in order.
    mail_parameters, recipient_parameters: what followed the addresses (`SIZE=120`), the latter one text a recipient.
    auth_user: the name that AUTH gave. tls: protocol and cipher, empty for a plain connection.
    transcript: the dialogue that led to the message, `C: ` and `S: ` before each line, secrets masked.
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
        """The envelope of a document."""
        lists = ("recipients", "mail_parameters", "recipient_parameters", "transcript")
        values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in document.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBy:
    """Who sent a message: an SMTP client of its own, or a vendor's operation.

    exchange: the number of the call in the journal.
    relay: `host:port` that the vendor's settings asked for, where they name a server.
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
    """Where a copy of a message ended: a vendor's mailbox, or (vendor None) an address that no vendor has.

    mailbox: the vendor's own name for the mailbox, such as an account id. None with a vendor: no mailbox has the copy,
        for it was forwarded in a circle.
    address: the address it was delivered for, after aliases and forwarding.
    """

    vendor: str | None
    mailbox: str | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a message that is meant to be saved. `filename` as the sender wrote it: never a path to write to."""

    filename: str | None
    content_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it was received. What is inside it is looked at when somebody asks.

    cursor: its place in the order of arrival; a wait or a list can start after it.
    """

    id: str
    cursor: int
    received_at: datetime
    raw: bytes
    envelope: Envelope
    sent_by: SentBy
    deliveries: tuple[Delivery, ...] = ()
    max_parts: int = 1000

    def __repr__(self) -> str:
        return f"<Message {self.id} from {self.from_!r} to {', '.join(self.envelope.recipients)}: {self.subject!r}>"

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.raw)

    @cached_property
    def headers(self) -> mime.Headers:
        """Its headers: decoded, in any case of name, with `get_all` for repeated ones."""
        return mime.headers(self.raw)

    @property
    def subject(self) -> str:
        """The subject, decoded; empty when there is none."""
        return self.headers.get("Subject", "")

    @property
    def from_(self) -> str:
        """The From header, decoded."""
        return self.headers.get("From", "")

    @property
    def to(self) -> list[str]:
        """The addresses of the To header."""
        return mime.addresses(self.headers.get_all("To"))

    @property
    def cc(self) -> list[str]:
        """The addresses of the Cc header."""
        return mime.addresses(self.headers.get_all("Cc"))

    @cached_property
    def mime(self) -> EmailMessage:
        """The message as Python's email package reads it."""
        return mime.parse(self.raw, self.max_parts)

    @cached_property
    def text(self) -> str:
        """Its plain text; for a message that is HTML only, the text of that."""
        plain = mime.body(self.mime, "plain")
        return plain if plain is not None else mime.text_of_html(self.html)

    @cached_property
    def html(self) -> str:
        """Its HTML, empty when there is none."""
        return mime.body(self.mime, "html") or ""

    @cached_property
    def links(self) -> list[str]:
        """The addresses it links to, of the HTML first, each once."""
        return mime.links(self.html, mime.body(self.mime, "plain") or "")

    @cached_property
    def attachments(self) -> list[Attachment]:
        """What is attached, inline images included."""
        return [Attachment(**part) for part in mime.attachments(self.mime)]

    def summary(self) -> dict[str, Any]:
        """What a list shows of it; a message without a From header is from its envelope's sender."""
        return {
            "id": self.id,
            "received_at": self.received_at.isoformat(),
            "from": self.from_ or self.envelope.sender,
            "to": self.to,
            "subject": self.subject,
            "size": self.size,
            "envelope": {"sender": self.envelope.sender, "recipients": list(self.envelope.recipients)},
            "sent_by": sent_by_document(self.sent_by),
        }

    def details(self) -> dict[str, Any]:
        """All that is known of it but its bytes."""
        return self.summary() | {
            "cursor": self.cursor,
            "cc": self.cc,
            "envelope": asdict(self.envelope),
            "headers": [[name, value] for name, value in self.headers.items()],
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "attachments": [
                {"filename": one.filename, "content_type": one.content_type, "size": len(one.content)}
                for one in self.attachments
            ],
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
        }


def sent_by_document(sent_by: SentBy) -> dict[str, Any]:
    """`sent_by` as JSON has it: only what is known."""
    return {name: value for name, value in asdict(sent_by).items() if value is not None}
