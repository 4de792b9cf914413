"""The state of a Postmark account: its servers, and what they sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from msgspec import field

from mockmail.core.senders.records import Identity, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import Record

__all__ = [
    "Account",
    "Bounce",
    "Identity",
    "SenderEvent",
    "SentMessage",
    "Server",
    "Stream",
    "Suppression",
    "Template",
    "Webhook",
]


class Account(Record, frozen=True, kw_only=True):
    """The account that has the servers, domains and sender signatures. token: its calls authenticate with it."""

    table: ClassVar[str] = "accounts"

    token: str

    @property
    def key(self) -> str:
        """The token in lower case."""
        return self.token.lower()


class Server(Record, frozen=True, kw_only=True):
    """A Postmark server.

    token: what its calls authenticate with.
    deliveryType: `Live`, or `Sandbox` for one that keeps messages and delivers none.
    settings: the other settings that were changed, with Postmark's names.
    """

    table: ClassVar[str] = "servers"
    indexes: ClassVar = {"id": lambda server: server.id}

    token: str
    id: int
    name: str
    deliveryType: Literal["Live", "Sandbox"] = "Live"  # noqa: N815  # fields have the names of the vendor's JSON
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The token in lower case."""
        return self.token.lower()


class Stream(Record, frozen=True, kw_only=True):
    """A message stream of a server. Each server has those in DEFAULT_STREAMS, changed or not."""

    table: ClassVar[str] = "streams"
    key_fields = ("server", "id")
    indexes: ClassVar = {"server": lambda stream: stream.server}
    timestamps = ("created", "updated", "archived")

    server: int
    id: str
    name: str
    type: Literal["Transactional", "Broadcasts", "Inbound"] = "Transactional"
    description: str | None = None
    unsubscribes: Literal["None", "Postmark", "Custom"] = "None"
    created: str
    updated: str | None = None
    archived: str | None = None


FOUNDED = "2016-03-12T15:27:50+00:00"
"""When the streams were made that no request made."""

StreamType = Literal["Transactional", "Broadcasts", "Inbound"]

DEFAULT_STREAMS: Mapping[str, tuple[str, StreamType]] = {
    "outbound": ("Default Transactional Stream", "Transactional"),
    "inbound": ("Default Inbound Stream", "Inbound"),
    "broadcast": ("Default Broadcast Stream", "Broadcasts"),
}
"""The title and the type of the streams that each server has, by id."""


class Bounce(Record, frozen=True, kw_only=True):
    """A bounce or a spam complaint. type: a key of BOUNCE_TYPES. message: the id of the SentMessage."""

    table: ClassVar[str] = "bounces"
    key_fields = ("id",)
    indexes: ClassVar = {"event": lambda bounce: bounce.event}
    timestamps = ("at",)

    id: int
    event: str
    type: str
    server: int
    message: str
    address: str
    at: str
    reason: str = ""
    inactive: bool = False


class BounceType(NamedTuple):
    """A type of bounce, as Postmark describes it."""

    code: int
    name: str
    description: str


BOUNCE_TYPES = {
    "HardBounce": BounceType(
        1,
        "Hard bounce",
        "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    ),
    "Transient": BounceType(
        2,
        "Message delayed",
        "The server could not temporarily deliver your message (ex: Message is delayed due to network troubles).",
    ),
    "SoftBounce": BounceType(
        4096,
        "Soft bounce",
        "Unable to temporarily deliver message (i.e. mailbox full, account disabled, exceeds quota, out of disk"
        " space).",
    ),
    "SpamComplaint": BounceType(100001, "Spam complaint", "The subscriber explicitly marked this message as spam."),
    "Blocked": BounceType(100008, "ISP block", "Blocked from this ISP due to content or blacklisting."),
    "ManuallyDeactivated": BounceType(100006, "Manually deactivated", "The email was manually deactivated."),
}
