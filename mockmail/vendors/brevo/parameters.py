"""The parameters of Brevo's operations, with the vendor's names (docs/wire/brevo.md 3 to 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.wire.parameters import parameter

MOST_RECIPIENTS = 99
MOST_VERSIONS = 2000
MOST_PARTS = 1000
"""The most headers, tags and attachments of a message, each. Brevo does not say how many it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A sender or a recipient. id: of a stored sender."""

    email: str | None = parameter(default=None)
    name: str | None = parameter(default=None)
    id: Any = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64. url: where it is; mockmail does not download it."""

    name: str = parameter(default="")
    content: str | None = parameter(default=None)
    url: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one message of a batch has of its own, and every message of any request."""

    to: tuple[Party, ...] | None = parameter(default=None, most=MOST_RECIPIENTS)
    cc: tuple[Party, ...] | None = parameter(default=None, most=MOST_RECIPIENTS)
    bcc: tuple[Party, ...] | None = parameter(default=None, most=MOST_RECIPIENTS)
    reply_to: Party | None = parameter(default=None)
    subject: str | None = parameter(default=None)
    html_content: str | None = parameter(default=None)
    text_content: str | None = parameter(default=None)
    headers: dict[str, str] | None = parameter(default=None, most=MOST_PARTS)
    template_id: int | None = parameter(default=None)
    params: dict[str, Any] | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email(Version):
    """A message to send, or several."""

    sender: Party | None = parameter(default=None)
    attachment: tuple[Attachment, ...] = parameter(default=(), most=MOST_PARTS)
    tags: tuple[str, ...] = parameter(default=(), most=MOST_PARTS)
    message_versions: tuple[Version, ...] | None = parameter(default=None, most=MOST_VERSIONS)
    scheduled_at: str | None = parameter(default=None)
    batch_id: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list. sort: of the times, `desc` for the newest first."""

    limit: int = parameter(default=50, minimum=0, maximum=1000)
    offset: int = parameter(default=0, minimum=0)
    sort: str = parameter(default="desc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Page):
    """A part of a list, of the days from start_date to end_date, both included."""

    start_date: str = parameter(default="")
    end_date: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSearch(Period):
    """The sent messages to list; one of the first three is required."""

    email: str = parameter(default="")
    template_id: int | None = parameter(default=None)
    message_id: str = parameter(default="")
    limit: int = parameter(default=500, minimum=0, maximum=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSearch(Period):
    """The events to list. tags: names of which one is enough. days: how many days back, in place of a period."""

    email: str = parameter(default="")
    event: str = parameter(default="")
    tags: str = parameter(default="")
    message_id: str = parameter(default="")
    template_id: int | None = parameter(default=None)
    days: int | None = parameter(default=None, minimum=0, maximum=90)
    limit: int = parameter(default=2500, minimum=0, maximum=5000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSearch(Period):
    """The scheduled messages of a batch to list."""

    status: str = parameter(default="")
    limit: int = parameter(default=100, minimum=0, maximum=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSearch(Period):
    """The blocked contacts to list. senders: addresses of which one is enough."""

    senders: str = parameter(default="")
    limit: int = parameter(default=50, minimum=0, maximum=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncesToDelete:
    """The hard bounces whose addresses get mail again."""

    start_date: str = parameter(default="")
    end_date: str = parameter(default="")
    contact_email: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSearch(Page):
    """The templates to list: active ones, inactive ones, or both."""

    template_status: bool | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """The fields of a template to change; None for those that stay."""

    template_name: str | None = parameter(default=None)
    subject: str | None = parameter(default=None)
    sender: Party | None = parameter(default=None)
    html_content: str | None = parameter(default=None)
    html_url: str | None = parameter(default=None)
    is_active: bool | None = parameter(default=None)
    reply_to: str | None = parameter(default=None)
    to_field: str | None = parameter(default=None)
    tag: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRecipients:
    """The recipients of a test of a template."""

    email_to: tuple[str, ...] = parameter(default=(), most=MOST_RECIPIENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A template to render, with values or for a contact."""

    template_id: int = parameter()
    email: str | None = parameter(default=None)
    params: dict[str, Any] | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderChange:
    """The fields of a sender to change; None for those that stay."""

    name: str | None = parameter(default=None)
    email: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimePassword:
    """What the owner of a sender's address was sent."""

    otp: int = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDomain:
    """A domain to add."""

    name: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookHeader:
    """A header of a webhook's requests."""

    key: str = parameter()
    value: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAuth:
    """The token of a webhook's requests. type: `bearer`."""

    type: str = parameter(default="bearer")
    token: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """The fields of a webhook to change; None for those that stay."""

    url: str | None = parameter(default=None)
    events: tuple[str, ...] | None = parameter(default=None, most=MOST_PARTS)
    description: str | None = parameter(default=None)
    type: str | None = parameter(default=None)
    auth: WebhookAuth | None = parameter(default=None)
    headers: tuple[WebhookHeader, ...] | None = parameter(default=None, most=MOST_PARTS)
    batched: bool | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSearch:
    """The webhooks to list. type: `transactional`, `marketing` or `inbound`."""

    type: str = parameter(default="transactional")
    sort: str = parameter(default="desc")
