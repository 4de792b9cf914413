"""The state of a SendGrid account: its API keys, and what it sent."""

from __future__ import annotations

from typing import ClassVar, Literal

from mockmail.core.senders.records import Identity, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import Record

__all__ = [
    "ApiKey",
    "Batch",
    "Identity",
    "SenderEvent",
    "SentMessage",
    "Suppression",
    "Template",
    "UnsubscribeGroup",
    "Webhook",
]


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key. token: what calls authenticate with. scopes: its rights; None for all."""

    table: ClassVar[str] = "api_keys"
    key_fields = ("id",)
    indexes: ClassVar = {"token": lambda key: key.token}

    id: str
    name: str
    token: str
    scopes: tuple[str, ...] | None = None


class Batch(Record, frozen=True, kw_only=True):
    """A batch id, by which scheduled messages are held. status: empty while they are not."""

    table: ClassVar[str] = "batches"
    key_fields = ("id",)

    id: str
    status: Literal["", "pause", "cancel"] = ""


class UnsubscribeGroup(Record, frozen=True, kw_only=True):
    """A kind of mail that a recipient can unsubscribe from."""

    table: ClassVar[str] = "groups"

    id: int
    name: str
    description: str = ""
    is_default: bool = False

    @property
    def key(self) -> str:
        """The id."""
        return str(self.id)
