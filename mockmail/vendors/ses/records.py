"""The state of SES: access keys, the account, identities, configuration sets, and what was sent."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import field

from mockmail.core.senders.records import Identity, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import Record

__all__ = [
    "AccessKey",
    "Account",
    "ConfigurationSet",
    "Identity",
    "SenderEvent",
    "SentMessage",
    "Suppression",
    "Template",
    "Webhook",
]

VENDOR_NAME = "ses"
SIMULATOR = "simulator.amazonses.com"
"""The domain of the mailbox simulator."""


class AccessKey(Record, frozen=True, kw_only=True):
    """An access key. secret: what its requests are signed with."""

    table: ClassVar[str] = "access_keys"
    key_fields = ("id",)

    id: str
    secret: str


class Account(Record, frozen=True, kw_only=True):
    """The account.

    number: AWS's number of it. production: False for one in the sandbox, whose recipients must be verified too.
    sending: whether it may send. suppressed_reasons: the events that suppress an address, `BOUNCE` and `COMPLAINT`.
    """

    table: ClassVar[str] = "account"
    key = "account"

    number: str = "123456789012"
    production: bool = True
    sending: bool = True
    suppressed_reasons: tuple[str, ...] = ("BOUNCE", "COMPLAINT")
    max_24_hours: float = 50000.0
    max_rate: float = 14.0


class ConfigurationSet(Record, frozen=True, kw_only=True):
    """A configuration set. destinations: its event destinations by name, as version 2 shows them."""

    table: ClassVar[str] = "configuration_sets"
    key_fields = ("name",)

    name: str
    sending: bool = True
    destinations: dict[str, dict[str, Any]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
