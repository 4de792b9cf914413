"""The parameters of Postmark's operations, with the vendor's names and limits (docs/wire/postmark.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.wire.parameters import parameter

LONGEST_ADDRESSES = 64 << 10
"""The most characters of a field of addresses."""

MOST_PARTS = 1000
"""The most headers, and the most attachments, of a message: Postmark documents no limit besides bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header to add to the message."""

    name: str = parameter("Name")
    value: str = parameter("Value", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64. content_id: `cid:NAME` for an inline image."""

    name: str = parameter("Name")
    content: str = parameter("Content")
    content_type: str = parameter("ContentType")
    content_id: str = parameter("ContentID", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to send. to, cc, bcc: addresses with commas between them."""

    sender: str = parameter("From", default="", max_length=LONGEST_ADDRESSES)
    to: str = parameter("To", default="", max_length=LONGEST_ADDRESSES)
    cc: str = parameter("Cc", default="", max_length=LONGEST_ADDRESSES)
    bcc: str = parameter("Bcc", default="", max_length=LONGEST_ADDRESSES)
    reply_to: str = parameter("ReplyTo", default="", max_length=LONGEST_ADDRESSES)
    subject: str = parameter("Subject", default="", max_length=2000)
    text: str = parameter("TextBody", default="", max_length=5 << 20)
    html: str = parameter("HtmlBody", default="", max_length=5 << 20)
    tag: str | None = parameter("Tag", default=None, max_length=1000)
    headers: tuple[Header, ...] = parameter("Headers", default=(), most=MOST_PARTS)
    metadata: dict[str, str] | None = parameter("Metadata", default=None, most=MOST_PARTS)
    attachments: tuple[Attachment, ...] = parameter("Attachments", default=(), most=MOST_PARTS)
    stream: str = parameter("MessageStream", default="outbound")
    track_opens: bool | None = parameter("TrackOpens", default=None)
    track_links: str = parameter("TrackLinks", default="None")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatedEmail(Email):
    """A message to make of a template. template_id wins over alias."""

    template_id: int | None = parameter("TemplateId", default=None)
    alias: str = parameter("TemplateAlias", default="")
    model: dict[str, Any] | None = parameter("TemplateModel", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatedBatch:
    """Messages to make of templates."""

    messages: tuple[Any, ...] = parameter("Messages", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list."""

    count: int | None = parameter("count", default=None)
    offset: int | None = parameter("offset", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSearch(Page):
    """The messages to list. Further parameters, `metadata_NAME`, are in the query."""

    recipient: str = parameter("recipient", default="")
    sender: str = parameter("fromemail", default="")
    tag: str = parameter("tag", default="")
    status: str = parameter("status", default="")
    subject: str = parameter("subject", default="")
    since: str = parameter("fromdate", default="")
    until: str = parameter("todate", default="")
    stream: str = parameter("messagestream", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceSearch(Page):
    """The bounces to list."""

    type: str = parameter("type", default="")
    inactive: bool | None = parameter("inactive", default=None)
    address: str = parameter("emailFilter", default="")
    message: str = parameter("messageID", default="")
    tag: str = parameter("tag", default="")
    since: str = parameter("fromdate", default="")
    until: str = parameter("todate", default="")
    stream: str = parameter("messagestream", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionSearch:
    """The suppressions to list."""

    reason: str = parameter("SuppressionReason", default="")
    origin: str = parameter("Origin", default="")
    address: str = parameter("EmailAddress", default="")
    since: str = parameter("fromdate", default="")
    until: str = parameter("todate", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedAddress:
    """An address to suppress, or to suppress no longer."""

    address: str = parameter("EmailAddress", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionChange:
    """Addresses to suppress, or to suppress no longer."""

    suppressions: tuple[SuppressedAddress, ...] = parameter("Suppressions", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSearch(Page):
    """The templates to list."""

    type: str = parameter("TemplateType", default="")
    layout: str = parameter("LayoutTemplate", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """The fields of a template to change; None for those that stay."""

    name: str | None = parameter("Name", default=None)
    alias: str | None = parameter("Alias", default=None)
    subject: str | None = parameter("Subject", default=None)
    html: str | None = parameter("HtmlBody", default=None)
    text: str | None = parameter("TextBody", default=None)
    layout: str | None = parameter("LayoutTemplate", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate(TemplateChange):
    """A template to store. type: `Standard` or `Layout`."""

    type: str = parameter("TemplateType", default="Standard")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateValidation:
    """The content of a template to check, and a model to render it with."""

    subject: str | None = parameter("Subject", default=None)
    html: str | None = parameter("HtmlBody", default=None)
    text: str | None = parameter("TextBody", default=None)
    model: dict[str, Any] | None = parameter("TestRenderModel", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSearch:
    """The webhooks to list."""

    stream: str = parameter("MessageStream", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuth:
    """The user name and password that a webhook's requests have."""

    username: str = parameter("Username", default="")
    password: str = parameter("Password", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Whether a webhook gets one kind of events, and how; None for what stays."""

    enabled: bool | None = parameter("Enabled", default=None)
    first_only: bool | None = parameter("PostFirstOpenOnly", default=None)
    with_content: bool | None = parameter("IncludeContent", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """The kinds of events that a webhook gets; None for those that stay."""

    opened: Trigger | None = parameter("Open", default=None)
    clicked: Trigger | None = parameter("Click", default=None)
    delivered: Trigger | None = parameter("Delivery", default=None)
    bounced: Trigger | None = parameter("Bounce", default=None)
    complained: Trigger | None = parameter("SpamComplaint", default=None)
    changed: Trigger | None = parameter("SubscriptionChange", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """The fields of a webhook to change; None for those that stay."""

    url: str = parameter("Url", default="")
    auth: HttpAuth | None = parameter("HttpAuth", default=None)
    headers: tuple[Header, ...] | None = parameter("HttpHeaders", default=None)
    triggers: Triggers | None = parameter("Triggers", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook(WebhookChange):
    """A webhook to add."""

    stream: str = parameter("MessageStream", default="outbound")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSearch(Page):
    """The openings or clicks to list."""

    recipient: str = parameter("recipient", default="")
    tag: str = parameter("tag", default="")
    stream: str = parameter("messagestream", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSearch:
    """The message streams to list."""

    type: str = parameter("MessageStreamType", default="")
    with_archived: bool = parameter("IncludeArchivedStreams", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """How a stream handles unsubscriptions: `None`, `Postmark` or `Custom`."""

    handling: str = parameter("UnsubscribeHandlingType", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChange:
    """The fields of a stream to change; None for those that stay."""

    name: str = parameter("Name", default="")
    description: str | None = parameter("Description", default=None)
    subscriptions: Subscriptions | None = parameter("SubscriptionManagementConfiguration", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStream(StreamChange):
    """A stream to add. type: `Transactional` or `Broadcasts`."""

    id: str = parameter("ID", default="")
    type: str = parameter("MessageStreamType", default="")
