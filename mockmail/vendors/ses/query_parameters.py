"""The parameters of version 1, with the vendor's names (docs/wire/ses.md 4 to 6)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.vendors.ses.parameters import LONGEST_DATA, MOST_PARTS, Addresses, Body, Destination, Raw, Tag, Text
from mockmail.wire.parameters import parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMessage:
    """A subject and bodies."""

    subject: Text = parameter("Subject")
    body: Body = parameter("Body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every message has but a raw one."""

    source: str = parameter("Source")
    reply_to: Addresses = parameter("ReplyToAddresses", default=(), most=MOST_PARTS)
    return_path: str | None = parameter("ReturnPath", default=None)
    configuration_set: str | None = parameter("ConfigurationSetName", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEmail(Envelope):
    """A message to send."""

    destination: Destination = parameter("Destination")
    message: QueryMessage = parameter("Message")
    tags: tuple[Tag, ...] = parameter("Tags", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRawEmail:
    """A message in MIME. destinations: the whole envelope; without any, the headers name it."""

    raw: Raw = parameter("RawMessage")
    source: str | None = parameter("Source", default=None)
    destinations: Addresses = parameter("Destinations", default=(), most=MOST_PARTS)
    tags: tuple[Tag, ...] = parameter("Tags", default=(), most=MOST_PARTS)
    configuration_set: str | None = parameter("ConfigurationSetName", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTemplatedEmail(Envelope):
    """A message of a stored template."""

    destination: Destination = parameter("Destination")
    template: str = parameter("Template")
    data: str = parameter("TemplateData", max_length=LONGEST_DATA)
    tags: tuple[Tag, ...] = parameter("Tags", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryBulkDestination:
    """One destination of a bulk send."""

    destination: Destination = parameter("Destination")
    data: str = parameter("ReplacementTemplateData", default="{}", max_length=LONGEST_DATA)
    tags: tuple[Tag, ...] = parameter("ReplacementTags", default=(), most=MOST_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryBulkEmail(Envelope):
    """Messages of one template to many destinations."""

    template: str = parameter("Template")
    data: str = parameter("DefaultTemplateData", default="{}", max_length=LONGEST_DATA)
    tags: tuple[Tag, ...] = parameter("DefaultTags", default=(), most=MOST_PARTS)
    destinations: tuple[QueryBulkDestination, ...] = parameter("Destinations")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParts:
    """A template's name and texts."""

    name: str = parameter("TemplateName")
    subject: str | None = parameter("SubjectPart", default=None)
    text: str | None = parameter("TextPart", default=None)
    html: str | None = parameter("HtmlPart", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTemplate:
    """A template to create or to change."""

    template: TemplateParts = parameter("Template")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateName:
    """The name of a template, and the values to render it with."""

    name: str = parameter("TemplateName")
    data: str = parameter("TemplateData", default="{}", max_length=LONGEST_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """A part of a list."""

    size: int = parameter("MaxItems", default=100, minimum=1, maximum=1000)
    token: str = parameter("NextToken", default="")
    kind: str | None = parameter("IdentityType", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityName:
    """An identity, under the name that an action has for it."""

    address: str = parameter("EmailAddress", default="")
    domain: str = parameter("Domain", default="")
    identity: str = parameter("Identity", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityNames:
    """Several identities."""

    names: Addresses = parameter("Identities", most=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationTopic:
    """The topic that is told of an identity's bounces, complaints or deliveries. topic: None for none."""

    identity: str = parameter("Identity")
    kind: str = parameter("NotificationType")
    topic: str | None = parameter("SnsTopic", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enabled:
    """Whether something is allowed."""

    enabled: bool = parameter("Enabled", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetName:
    """The name of a configuration set, and of one of its event destinations."""

    name: str = parameter("ConfigurationSetName")
    destination: str = parameter("EventDestinationName", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetToCreate:
    """A configuration set to create."""

    name: str = parameter("Name")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSet:
    """The body of CreateConfigurationSet."""

    configuration_set: SetToCreate = parameter("ConfigurationSet")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySnsDestination:
    """A topic of SNS."""

    topic: str = parameter("TopicARN")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDestination:
    """An event destination."""

    name: str = parameter("Name")
    enabled: bool = parameter("Enabled", default=False)
    kinds: Addresses = parameter("MatchingEventTypes")
    sns: QuerySnsDestination | None = parameter("SNSDestination", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDestination:
    """An event destination to add or to change."""

    name: str = parameter("ConfigurationSetName")
    destination: QueryDestination = parameter("EventDestination")
