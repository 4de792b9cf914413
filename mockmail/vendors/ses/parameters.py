"""The parameters of version 2, with the vendor's names (docs/wire/ses.md 4 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.wire.parameters import parameter

MOST_PARTS = 1000
"""The most attachments, tags and entries of one list, where SES has no bound of its own."""

LONGEST_DATA = 262144
LONGEST_BODY = 5 << 20
Addresses = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The recipients of a message."""

    to: Addresses = parameter("ToAddresses", default=(), most=MOST_PARTS)
    cc: Addresses = parameter("CcAddresses", default=(), most=MOST_PARTS)
    bcc: Addresses = parameter("BccAddresses", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text; mockmail sends UTF-8, whatever the charset."""

    data: str = parameter("Data", max_length=LONGEST_BODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The bodies of a message."""

    text: Text | None = parameter("Text", default=None)
    html: Text | None = parameter("Html", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A further header of a message."""

    name: str = parameter("Name", max_length=126)
    value: str = parameter("Value", max_length=870)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64."""

    content: str = parameter("RawContent")
    name: str = parameter("FileName", max_length=255)
    media_type: str = parameter("ContentType", default="", max_length=78)
    disposition: str = parameter("ContentDisposition", default="ATTACHMENT")
    content_id: str = parameter("ContentId", default="", max_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A message of a subject and bodies."""

    subject: Text = parameter("Subject")
    body: Body = parameter("Body")
    headers: tuple[Header, ...] = parameter("Headers", default=(), most=15)
    attachments: tuple[Attachment, ...] = parameter("Attachments", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A message in MIME, in Base64."""

    data: str = parameter("Data")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContent:
    """The texts of a template."""

    subject: str | None = parameter("Subject", default=None, max_length=2000)
    text: str | None = parameter("Text", default=None, max_length=500_000)
    html: str | None = parameter("Html", default=None, max_length=500_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A stored template, by name or ARN, or the texts of one, and the values for it, which are JSON in a string."""

    name: str | None = parameter("TemplateName", default=None)
    arn: str | None = parameter("TemplateArn", default=None)
    content: TemplateContent | None = parameter("TemplateContent", default=None)
    data: str = parameter("TemplateData", default="{}", max_length=LONGEST_DATA)
    headers: tuple[Header, ...] = parameter("Headers", default=(), most=15)
    attachments: tuple[Attachment, ...] = parameter("Attachments", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One of three kinds of messages."""

    simple: Simple | None = parameter("Simple", default=None)
    raw: Raw | None = parameter("Raw", default=None)
    template: TemplateChoice | None = parameter("Template", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A name and a value that events repeat."""

    name: str = parameter("Name", default="")
    value: str = parameter("Value", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to send. sender: None for the From header of a raw message. return_path: where bounces go."""

    content: Content = parameter("Content")
    sender: str | None = parameter("FromEmailAddress", default=None)
    destination: Destination | None = parameter("Destination", default=None)
    reply_to: Addresses = parameter("ReplyToAddresses", default=(), most=MOST_PARTS)
    return_path: str | None = parameter("FeedbackForwardingEmailAddress", default=None)
    tags: tuple[Tag, ...] = parameter("EmailTags", default=(), most=MOST_PARTS)
    configuration_set: str | None = parameter("ConfigurationSetName", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementTemplate:
    """The values of one entry of a bulk send."""

    data: str = parameter("ReplacementTemplateData", default="{}", max_length=LONGEST_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementContent:
    """What one entry of a bulk send replaces."""

    template: ReplacementTemplate | None = parameter("ReplacementTemplate", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEntry:
    """One destination of a bulk send. data: merged over the default data."""

    destination: Destination = parameter("Destination")
    tags: tuple[Tag, ...] = parameter("ReplacementTags", default=(), most=MOST_PARTS)
    content: ReplacementContent | None = parameter("ReplacementEmailContent", default=None)
    headers: tuple[Header, ...] = parameter("ReplacementHeaders", default=(), most=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkContent:
    """The template of a bulk send."""

    template: TemplateChoice = parameter("Template")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEmail:
    """Messages of one template to many destinations."""

    content: BulkContent = parameter("DefaultContent")
    entries: tuple[BulkEntry, ...] = parameter("BulkEmailEntries")
    sender: str | None = parameter("FromEmailAddress", default=None)
    reply_to: Addresses = parameter("ReplyToAddresses", default=(), most=MOST_PARTS)
    return_path: str | None = parameter("FeedbackForwardingEmailAddress", default=None)
    tags: tuple[Tag, ...] = parameter("DefaultEmailTags", default=(), most=MOST_PARTS)
    configuration_set: str | None = parameter("ConfigurationSetName", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A template to create or, with its name in the path, to change."""

    content: TemplateContent = parameter("TemplateContent")
    name: str | None = parameter("TemplateName", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The values to render a template with."""

    data: str = parameter("TemplateData", max_length=LONGEST_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list."""

    size: int = parameter("PageSize", default=100, minimum=1, maximum=1000)
    token: str = parameter("NextToken", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """An address or a domain to send from."""

    name: str = parameter("EmailIdentity", max_length=320)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    """An address to suppress."""

    address: str = parameter("EmailAddress")
    reason: str = parameter("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionSearch(Page):
    """The suppressed addresses to list."""

    reasons: Addresses = parameter("Reason", default=())
    since: str | None = parameter("StartDate", default=None)
    until: str | None = parameter("EndDate", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedReasons:
    """The events that suppress an address."""

    reasons: Addresses = parameter("SuppressedReasons", default=(), most=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Whether sending is allowed."""

    enabled: bool = parameter("SendingEnabled", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDetails:
    """A request for production access. The other members are not kept."""

    production: bool | None = parameter("ProductionAccessEnabled", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConfigurationSet:
    """A configuration set to create."""

    name: str = parameter("ConfigurationSetName", max_length=64)
    sending: Sending | None = parameter("SendingOptions", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsDestination:
    """A topic of SNS."""

    topic: str = parameter("TopicArn")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDestination:
    """Where events are published. others: destinations that mockmail keeps and does not tell."""

    enabled: bool = parameter("Enabled", default=False)
    kinds: Addresses | None = parameter("MatchingEventTypes", default=None)
    sns: SnsDestination | None = parameter("SnsDestination", default=None)
    firehose: dict[str, Any] | None = parameter("KinesisFirehoseDestination", default=None)
    cloud_watch: dict[str, Any] | None = parameter("CloudWatchDestination", default=None)
    event_bridge: dict[str, Any] | None = parameter("EventBridgeDestination", default=None)
    pinpoint: dict[str, Any] | None = parameter("PinpointDestination", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEventDestination:
    """An event destination to add or, with its name in the path, to change."""

    destination: EventDestination = parameter("EventDestination")
    name: str | None = parameter("EventDestinationName", default=None)
