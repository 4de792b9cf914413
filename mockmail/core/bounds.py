"""The bounds and settings of a server's parts. Importing them costs nothing, so that `mockmail serve` starts fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from mockmail.core.errors import InvalidValue

if TYPE_CHECKING:
    from mockmail.core.seeds import SeedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """The bounds of a mail store.

    messages: how many messages it holds. size: the bytes of all messages, envelopes and transcripts included.
    parts: how many MIME parts of a message are parsed.
    age: the seconds that a message is kept, by the sandbox's clock; None keeps it for ever.
    removes_oldest: whether a full store removes its oldest message for a new one; if not, it refuses the new one.
    """

    messages: int = 100_000
    size: int = 2 << 30
    parts: int = 1000
    age: float | None = None
    removes_oldest: bool = False


class StartTls(StrEnum):
    """The use of STARTTLS on the SMTP port: off, offered to clients, or required before any mail."""

    OFFERED = "offered"
    REQUIRED = "required"
    OFF = "off"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the choice with this name. Raise InvalidValue."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidValue(f"smtp_starttls must be {', '.join(cls)}, not {text!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """The bounds of HTTP.

    body: bytes of a body. open_bodies: bytes of all bodies in progress.
    body_seconds: seconds in which a body must arrive.
    line: bytes of the request line. header: bytes of a header. connections: how many may be open at once.
    idle: seconds that a connection may be silent between requests, or read nothing of a response.
    """

    body: int = 50 << 20
    open_bodies: int = 256 << 20
    body_seconds: float = 60.0
    line: int = 8190
    header: int = 16384
    connections: int = 1000
    idle: float = 75.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpLimits:
    """The bounds of the sink.

    message: bytes of a message. open_messages: bytes of all messages in progress.
    line: bytes of a line of a message (RFC 5321 asks for 1000; many senders write longer ones).
    recipients: how many recipients a message may have. connections: how many may be open at once.
    idle: seconds that a client may be silent.
    data_seconds: seconds in which a client must send a message; the delay of an SMTP fault's throttle does not count.
    """

    message: int = 50 << 20
    open_messages: int = 256 << 20
    line: int = 64 << 10
    recipients: int = 1000
    connections: int = 1000
    idle: float = 300.0
    data_seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLimits:
    """The bounds of events, and the permissions of webhooks.

    size: bytes of the events that are kept for readers. webhooks: how many webhooks all sandboxes may have together.
    allow: the servers on other machines, as `host:port`, that webhooks may send to.
    """

    size: int = 4 << 20
    webhooks: int = 20
    allow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """The settings of every World of a server.

    seeds: documents that are added to the vendors' own, in order.
    options: by vendor, an instance of its `options_type`; a vendor that is missing gets its defaults.
    journal_bytes: the bytes of the journals of all Worlds together.
    rules: how many rules of each kind a World may have: faults, limits, stubs, outcomes and SMTP faults.
    stub_bytes: the bytes of the responses of all stubs of a World.
    reject_unknown: whether mail to an unknown mailbox of a hosted domain bounces.
    """

    id_seed: str = "0"
    seeds: Sequence[SeedDocument] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    mail: MailLimits = field(default_factory=MailLimits)
    journal_limit: int = 1000
    journal_body_limit: int = 65536
    journal_bytes: int = 128 << 20
    rules: int = 1000
    stub_bytes: int = 16 << 20
    reject_unknown: bool = False
