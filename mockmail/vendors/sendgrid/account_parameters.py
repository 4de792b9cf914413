"""The parameters of everything but sending (docs/wire/sendgrid.md 5 to 9)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.wire.parameters import parameter

MOST_LISTED = 1000
"""The most addresses, scopes and ids of one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateName:
    """The name of a template; None for the one that it has, or for that of a copied template."""

    name: str | None = parameter(default=None, max_length=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A template to add."""

    name: str = parameter(not_blank=True, max_length=100)
    generation: str = parameter(default="legacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage:
    """The templates to list. generations: `legacy`, `dynamic`, or both with a comma between."""

    generations: str = parameter(default="legacy")
    page_size: int | None = parameter("page_size", default=None, minimum=1, maximum=200)
    page_token: str = parameter("page_token", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """The fields of a template version to change; None for those that stay."""

    name: str | None = parameter(default=None, max_length=100)
    subject: str | None = parameter(default=None, max_length=255)
    html_content: str | None = parameter("html_content", default=None, max_length=1_048_576)
    plain_content: str | None = parameter("plain_content", default=None, max_length=1_048_576)
    generate_plain_content: bool | None = parameter("generate_plain_content", default=None)
    active: int | None = parameter(default=None, minimum=0, maximum=1)
    editor: str | None = parameter(default=None)
    test_data: str | None = parameter("test_data", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """The status of a batch: `pause` or `cancel`."""

    status: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScheduledSend(StatusChange):
    """The batch to hold."""

    batch_id: str = parameter("batch_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionPage:
    """The part of a list to return. start_time, end_time: in seconds."""

    start_time: int | None = parameter("start_time", default=None)
    end_time: int | None = parameter("end_time", default=None)
    limit: int = parameter(default=500, minimum=1, maximum=500)
    offset: int = parameter(default=0, minimum=0)
    email: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRemoval:
    """The addresses to remove from a list."""

    delete_all: bool = parameter("delete_all", default=False)
    emails: tuple[str, ...] = parameter(default=(), most=MOST_LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Addresses."""

    recipient_emails: tuple[str, ...] = parameter("recipient_emails", most=MOST_LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """The fields of an unsubscribe group; None for those that stay."""

    name: str | None = parameter(default=None, max_length=30)
    description: str | None = parameter(default=None, max_length=100)
    is_default: bool | None = parameter("is_default", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """The groups to list; all without an id."""

    id: tuple[int, ...] = parameter(default=(), most=MOST_LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """The messages to list. query: in SendGrid's query language."""

    query: str = parameter(default="", max_length=4000)
    limit: int = parameter(default=10, minimum=1, maximum=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderChange:
    """The fields of a sender; None for those that stay."""

    nickname: str | None = parameter(default=None, max_length=100)
    from_email: str | None = parameter("from_email", default=None, max_length=256)
    from_name: str | None = parameter("from_name", default=None, max_length=256)
    reply_to: str | None = parameter("reply_to", default=None, max_length=256)
    reply_to_name: str | None = parameter("reply_to_name", default=None, max_length=256)
    address: str | None = parameter(default=None, max_length=100)
    address2: str | None = parameter(default=None, max_length=100)
    state: str | None = parameter(default=None, max_length=2)
    city: str | None = parameter(default=None, max_length=150)
    zip: str | None = parameter(default=None, max_length=10)
    country: str | None = parameter(default=None, max_length=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange:
    """The settings of a domain; None for those that stay."""

    default: bool | None = parameter(default=None)
    custom_spf: bool | None = parameter("custom_spf", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDomain(DomainChange):
    """A domain to authenticate."""

    domain: str = parameter()
    subdomain: str | None = parameter(default=None)
    automatic_security: bool | None = parameter("automatic_security", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPage:
    """The domains to list."""

    limit: int = parameter(default=50, minimum=1, maximum=1000)
    offset: int = parameter(default=0, minimum=0)
    domain: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyName:
    """The name of an API key."""

    name: str = parameter(not_blank=True, max_length=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyFields(ApiKeyName):
    """An API key. scopes: its rights; None for all."""

    scopes: tuple[str, ...] | None = parameter(default=None, most=MOST_LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """The fields of a webhook; None for those that stay. The flags say which events it wants."""

    url: str | None = parameter(default=None, max_length=2000)
    enabled: bool | None = parameter(default=None)
    friendly_name: str | None = parameter("friendly_name", default=None, max_length=255)
    oauth_client_id: str | None = parameter("oauth_client_id", default=None, max_length=255)
    oauth_client_secret: str | None = parameter("oauth_client_secret", default=None, max_length=255)
    oauth_token_url: str | None = parameter("oauth_token_url", default=None, max_length=2000)
    processed: bool | None = parameter(default=None)
    dropped: bool | None = parameter(default=None)
    deferred: bool | None = parameter(default=None)
    delivered: bool | None = parameter(default=None)
    bounce: bool | None = parameter(default=None)
    open: bool | None = parameter(default=None)
    click: bool | None = parameter(default=None)
    spam_report: bool | None = parameter("spam_report", default=None)
    unsubscribe: bool | None = parameter(default=None)
    group_unsubscribe: bool | None = parameter("group_unsubscribe", default=None)
    group_resubscribe: bool | None = parameter("group_resubscribe", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Whether the requests to a webhook are signed."""

    enabled: bool = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTest:
    """Where to send sample events. id: of the webhook whose key signs them."""

    url: str = parameter(max_length=2000)
    id: str = parameter(default="")
