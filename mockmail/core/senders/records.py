"""The records of vendors that send. A vendor imports into its `records.py` those that it keeps; its tables are its own.

`details` of a record holds what only one vendor knows, as JSON.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec
from msgspec import field

from mockmail.core.state.records import Record, read_timestamp

EventKind = Literal[
    "accepted",
    "scheduled",
    "cancelled",
    "suppressed",
    "delivered",
    "deferred",
    "bounced",
    "complained",
    "opened",
    "clicked",
    "unsubscribed",
    "failed",
]
"""`failed`: the vendor gave up before it sent, as after an error in a template. A vendor has its own names for them."""

RecipientKind = Literal["to", "cc", "bcc"]

STATES = frozenset({"accepted", "scheduled", "cancelled", "suppressed", "delivered", "bounced", "complained", "failed"})
"""The kinds of events that are the state of a recipient from then on."""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient of a message. state: the kind of the last event in STATES. id: for vendors that number recipients."""

    address: str
    name: str = ""
    kind: RecipientKind = "to"
    state: EventKind = "accepted"
    id: str = ""


class SentMessage(Record, frozen=True, kw_only=True):
    """One MIME message that an application sent through a vendor.

    id: unique. request: the id in the response, which the messages of one request may share.
    scope: the account, domain or stream whose suppressions count.
    at: when it was accepted. operation: the operation that sent it. sender: the From address, as written.
    envelope_sender: the address of MAIL FROM. template, data: the template that it was made of, and the values for it.
    scheduled_at: when it is due. batch: an id by which several are cancelled.
    is_test: whether it never reaches the inbox. inbox: the id of the message in the inbox; None without one.
    raw: the MIME text, one character a byte, while the inbox does not hold it.
    """

    table: ClassVar[str] = "messages"
    key_fields = ("id",)
    indexes: ClassVar = {
        "request": lambda message: message.request or None,
        "inbox": lambda message: message.inbox,
        "batch": lambda message: message.batch or None,
        "scheduled": lambda message: True if message.is_scheduled else None,
    }
    timestamps = ("at", "scheduled_at")

    id: str
    request: str = ""
    scope: str = ""
    at: str
    operation: str = ""
    sender: str
    envelope_sender: str = ""
    recipients: tuple[Recipient, ...]
    subject: str = ""
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    template: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    scheduled_at: str | None = None
    batch: str = ""
    is_test: bool = False
    inbox: str | None = None
    raw: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_scheduled(self) -> bool:
        """Return whether it waits for its time."""
        return self.scheduled_at is not None and any(each.state == "scheduled" for each in self.recipients)

    def is_due(self, now: Any) -> bool:
        """Return whether it is scheduled and its time has come."""
        return self.is_scheduled and self.scheduled_at is not None and read_timestamp(self.scheduled_at) <= now

    def to(self, kind: RecipientKind) -> list[Recipient]:
        """Return the recipients of one kind."""
        return [recipient for recipient in self.recipients if recipient.kind == kind]


class SenderEvent(Record, frozen=True, kw_only=True):
    """What happened to a message.

    message: the id of the SentMessage. recipient: an address; empty for all recipients.
    hard: whether a bounce is permanent. code, status: of the SMTP reply, such as 550 and `5.1.1`. reason: its text.
    """

    table: ClassVar[str] = "events"
    key_fields = ("id",)
    indexes: ClassVar = {
        "message": lambda event: event.message,
        "recipient": lambda event: event.recipient.lower(),
        "kind": lambda event: event.kind,
    }
    timestamps = ("at",)

    id: str
    message: str
    kind: EventKind
    recipient: str = ""
    at: str
    hard: bool = False
    code: int = 0
    status: str = ""
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Suppression(Record, frozen=True, kw_only=True):
    """An address that gets no mail. scope: the list, account, domain or stream that it belongs to.

    reason: in the vendor's own words. message: the id of the SentMessage that caused it.
    """

    table: ClassVar[str] = "suppressions"
    indexes: ClassVar = {
        "scope": lambda suppression: suppression.scope,
        "address": lambda suppression: suppression.address.lower(),
    }
    timestamps = ("created",)

    scope: str = ""
    address: str
    reason: str = ""
    created: str
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The scope and the address, which is case-insensitive."""
        return suppression_key(self.scope, self.address)


def suppression_key(scope: str, address: str) -> str:
    """Return the natural key of the suppression of an address."""
    return f"{scope}/{address.lower()}"


class Identity(Record, frozen=True, kw_only=True):
    """A domain or an address that may be a sender. id: for vendors that number identities."""

    table: ClassVar[str] = "identities"
    indexes: ClassVar = {"id": lambda identity: identity.id or None}
    timestamps = ("created",)

    name: str
    id: str = ""
    verified: bool = False
    created: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.lower()


class TemplateVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a template. html, text: None where it has no such body."""

    id: str
    name: str = ""
    subject: str = ""
    html: str | None = None
    text: str | None = None
    active: bool = True
    created: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Template(Record, frozen=True, kw_only=True):
    """A stored template: a name and its versions, of which one is active.

    scope: the account, server or domain that has it. alias: a second id, case-insensitive.
    """

    table: ClassVar[str] = "templates"
    indexes: ClassVar = {
        "scope": lambda template: template.scope,
        "alias": lambda template: (template.scope, template.alias.lower()) if template.alias else None,
    }
    timestamps = ("created", "updated")

    scope: str = ""
    id: str
    alias: str = ""
    name: str = ""
    active: bool = True
    created: str
    updated: str | None = None
    versions: tuple[TemplateVersion, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The scope and the id."""
        return template_key(self.scope, self.id)

    @property
    def version(self) -> TemplateVersion | None:
        """The active version; None without one."""
        return next((version for version in self.versions if version.active), None)


def template_key(scope: str, template_id: str) -> str:
    """Return the natural key of a template."""
    return f"{scope}/{template_id}"


class Webhook(Record, frozen=True, kw_only=True):
    """A URL that gets the events of a vendor. kinds: in the vendor's own words. scope: whose events; empty for all.

    secret: what signs the requests.
    """

    table: ClassVar[str] = "webhooks"
    key_fields = ("id",)
    timestamps = ("created",)

    id: str
    url: str
    kinds: tuple[str, ...] = ()
    scope: str = ""
    secret: str = ""
    enabled: bool = True
    created: str
    details: dict[str, Any] = field(default_factory=dict)


class StoredResponse(Record, frozen=True, kw_only=True):
    """The response to a request with an idempotency key. fingerprint: of the body. result: None while it runs."""

    table: ClassVar[str] = "idempotency"
    key_fields = ("scope", "name")
    timestamps = ("expires",)

    scope: str = ""
    name: str
    fingerprint: str
    expires: str
    result: dict[str, Any] | list[Any] | None = None
