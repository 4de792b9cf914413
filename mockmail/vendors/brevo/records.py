"""The state of a Brevo account: its keys, and what it sent. Senders and domains are identities."""

from __future__ import annotations

from typing import ClassVar

from mockmail.core.senders.records import (
    Identity,
    SenderEvent,
    SentMessage,
    StoredResponse,
    Suppression,
    Template,
    Webhook,
)
from mockmail.core.state.records import Record

__all__ = [
    "Account",
    "ApiKey",
    "Identity",
    "SenderEvent",
    "SentMessage",
    "StoredResponse",
    "Suppression",
    "Template",
    "Webhook",
]


class Account(Record, frozen=True, kw_only=True):
    """The account. email: of its owner. credits: the messages that its plan has left."""

    table: ClassVar[str] = "account"
    key = "account"

    email: str
    first_name: str = "Jane"
    last_name: str = "Doe"
    company: str = "Example"
    credits: int = 300


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key. token: what calls authenticate with. name: what the journal shows of it."""

    table: ClassVar[str] = "api_keys"
    key_fields = ("token",)

    token: str
    name: str
