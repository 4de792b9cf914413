"""The state of a Resend account: its API keys, and what it sent."""

from __future__ import annotations

from typing import ClassVar, Literal

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
    """The account. email: of its owner, to whom `onboarding@resend.dev` may send."""

    table: ClassVar[str] = "account"
    key = "account"

    email: str


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key. token: what calls authenticate with. domain_id: the one domain that it may send from."""

    table: ClassVar[str] = "api_keys"
    key_fields = ("id",)
    indexes: ClassVar = {"token": lambda key: key.token}
    timestamps = ("created_at",)

    id: str
    name: str
    token: str
    permission: Literal["full_access", "sending_access"] = "full_access"
    domain_id: str | None = None
    created_at: str
