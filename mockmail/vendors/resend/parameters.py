"""The parameters of Resend's operations, with the vendor's names (docs/wire/resend.md 3 to 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.vendors.resend.paging import Page
from mockmail.wire.parameters import parameter

MOST_PARTS = 1000
"""The most headers, tags and attachments of a message, each. Resend does not say how many it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64, or an array of bytes. path: a URL of it. content_id: of an inline image."""

    filename: str = parameter(default="")
    content: Any = parameter(default=None)
    path: str = parameter(default="")
    content_type: str = parameter("content_type", default="")
    content_id: str = parameter("content_id", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A name and a value that events repeat."""

    name: str = parameter()
    value: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A published template, by its id or alias, and the values of its variables."""

    id: str = parameter()
    variables: dict[str, Any] = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to send. to, cc, bcc, reply_to: an address or an array of addresses."""

    sender: str | None = parameter("from", default=None)
    to: Any = parameter(default=None)
    cc: Any = parameter(default=None)
    bcc: Any = parameter(default=None)
    reply_to: Any = parameter("reply_to", default=None)
    subject: str | None = parameter(default=None)
    html: str | None = parameter(default=None)
    text: str | None = parameter(default=None)
    headers: dict[str, str] | None = parameter(default=None, most=MOST_PARTS)
    attachments: tuple[Attachment, ...] = parameter(default=(), most=MOST_PARTS)
    tags: tuple[Tag, ...] = parameter(default=(), most=MOST_PARTS)
    scheduled_at: str | None = parameter("scheduled_at", default=None)
    template: TemplateChoice | None = parameter(default=None)
    topic_id: str | None = parameter("topic_id", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    """The new time of a scheduled message."""

    scheduled_at: str | None = parameter("scheduled_at", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of a template. fallback: the value without one in a request."""

    key: str = parameter()
    type: str = parameter()
    fallback: Any = parameter("fallback_value", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """The fields of a template to change; None for those that stay."""

    name: str | None = parameter(default=None)
    alias: str | None = parameter(default=None)
    sender: str | None = parameter("from", default=None)
    subject: str | None = parameter(default=None)
    reply_to: Any = parameter("reply_to", default=None)
    html: str | None = parameter(default=None)
    text: str | None = parameter(default=None)
    variables: tuple[Variable, ...] | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    """An address to suppress."""

    email: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionBatch:
    """Addresses to suppress, or addresses or ids to suppress no longer."""

    emails: tuple[str, ...] = parameter(default=())
    ids: tuple[str, ...] = parameter(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionSearch(Page):
    """The suppressions to list."""

    origin: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a domain is used for: `enabled` or `disabled`."""

    sending: str | None = parameter(default=None)
    receiving: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange:
    """The fields of a domain to change; None for those that stay."""

    open_tracking: bool | None = parameter("open_tracking", default=None)
    click_tracking: bool | None = parameter("click_tracking", default=None)
    tls: str | None = parameter(default=None)
    capabilities: Capabilities | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDomain(DomainChange):
    """A domain to add."""

    name: str = parameter(default="")
    region: str = parameter(default="us-east-1")
    custom_return_path: str = parameter("custom_return_path", default="send")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyChange:
    """The new name of an API key."""

    name: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey(ApiKeyChange):
    """An API key to make. permission: `full_access` or `sending_access`, which domain_id restricts to one domain."""

    permission: str = parameter(default="full_access")
    domain_id: str | None = parameter("domain_id", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """The fields of a webhook to change; None for those that stay."""

    endpoint: str | None = parameter(default=None)
    events: tuple[str, ...] | None = parameter(default=None)
    status: str | None = parameter(default=None)
