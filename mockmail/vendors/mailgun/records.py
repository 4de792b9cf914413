"""The state of a Mailgun account: its keys and domains, and what it sent."""

from __future__ import annotations

from typing import ClassVar

from mockmail.core.senders.records import Identity, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import Record

__all__ = ["Account", "ApiKey", "Identity", "SenderEvent", "SentMessage", "Suppression", "Template", "Webhook"]


class Account(Record, frozen=True, kw_only=True):
    """The account. signing_key: what signs the requests to webhooks."""

    table: ClassVar[str] = "account"
    key = "account"

    signing_key: str


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key. domain: the one domain that it may send from; None for a key of the account."""

    table: ClassVar[str] = "api_keys"
    key_fields = ("token",)

    token: str
    domain: str | None = None
