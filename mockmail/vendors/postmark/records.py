"""The state of a Postmark account: its servers, and what they sent."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import Record

__all__ = ["Bounce", "SenderEvent", "SentMessage", "Server", "Suppression", "Template", "Webhook"]


class Server(Record, frozen=True, kw_only=True):
    """A Postmark server.

    token: what its calls authenticate with. senderDomains: the domains of its senders.
    deliveryType: `Live`, or `Sandbox` for one that keeps messages and delivers none.
    """

    table: ClassVar[str] = "servers"

    token: str
    id: int
    name: str
    senderDomains: tuple[str, ...] = ()  # noqa: N815  # fields have the names of the vendor's JSON
    deliveryType: Literal["Live", "Sandbox"] = "Live"  # noqa: N815

    @property
    def key(self) -> str:
        """The token in lower case."""
        return self.token.lower()


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
