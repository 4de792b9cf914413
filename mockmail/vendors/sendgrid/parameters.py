"""A message, as SendGrid takes it (docs/wire/sendgrid.md 4). null is of the wrong type everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.wire.parameters import parameter

MOST_PERSONALIZATIONS = 1000
MOST_RECIPIENTS = 1000
MOST_PARTS = 1000
"""The most headers, substitutions, contents and attachments, each. SendGrid does not say how many it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address and a display name."""

    email: str = parameter(default="")
    name: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalization:
    """One message: its recipients, and what it has in place of the request's."""

    to: tuple[Address, ...] = parameter(default=(), most=MOST_RECIPIENTS)
    cc: tuple[Address, ...] = parameter(default=(), most=MOST_RECIPIENTS)
    bcc: tuple[Address, ...] = parameter(default=(), most=MOST_RECIPIENTS)
    sender: Address = parameter("from", default=None)
    subject: str = parameter(default="")
    headers: dict[str, str] = parameter(default=None, most=MOST_PARTS)
    substitutions: dict[str, str] = parameter(default=None, most=MOST_PARTS)
    dynamic_template_data: dict[str, Any] = parameter("dynamic_template_data", default=None)
    custom_args: dict[str, str] = parameter("custom_args", default=None, most=MOST_PARTS)
    send_at: int = parameter("send_at", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A body. type: its media type."""

    type: str = parameter(default="")
    value: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """An attachment. content: Base64. content_id: of an inline image."""

    content: str = parameter(default="")
    type: str = parameter(default="")
    filename: str = parameter(default="")
    disposition: str = parameter(default="attachment")
    content_id: str = parameter("content_id", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asm:
    """The unsubscribe group of a message."""

    group_id: int | None = parameter("group_id", default=None)
    groups_to_display: tuple[int, ...] = parameter("groups_to_display", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """A setting that is on or off."""

    enable: bool = parameter(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer(Toggle):
    """What is added to the bodies."""

    text: str = parameter(default="")
    html: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How a message is handled."""

    bypass_list_management: Toggle = parameter("bypass_list_management", default=None)
    bypass_spam_management: Toggle = parameter("bypass_spam_management", default=None)
    bypass_bounce_management: Toggle = parameter("bypass_bounce_management", default=None)
    bypass_unsubscribe_management: Toggle = parameter("bypass_unsubscribe_management", default=None)
    footer: Footer = parameter(default=None)
    sandbox_mode: Toggle = parameter("sandbox_mode", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking(Toggle):
    """One kind of tracking. mockmail leaves the bodies alone."""

    enable_text: bool = parameter("enable_text", default=False)
    substitution_tag: str = parameter("substitution_tag", default="")
    text: str = parameter(default="")
    html: str = parameter(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    """What is tracked."""

    click_tracking: Tracking = parameter("click_tracking", default=None)
    open_tracking: Tracking = parameter("open_tracking", default=None)
    subscription_tracking: Tracking = parameter("subscription_tracking", default=None)
    ganalytics: Toggle = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A request to send."""

    personalizations: tuple[Personalization, ...] = parameter(default=(), most=MOST_PERSONALIZATIONS)
    sender: Address = parameter("from", default=Address())
    reply_to: Address = parameter("reply_to", default=None)
    reply_to_list: tuple[Address, ...] = parameter("reply_to_list", default=(), most=MOST_PARTS)
    subject: str = parameter(default="")
    content: tuple[Content, ...] = parameter(default=(), most=MOST_PARTS)
    attachments: tuple[AttachedFile, ...] = parameter(default=(), most=MOST_PARTS)
    template_id: str = parameter("template_id", default="")
    headers: dict[str, str] = parameter(default=None, most=MOST_PARTS)
    sections: dict[str, str] = parameter(default=None, most=MOST_PARTS)
    categories: tuple[str, ...] = parameter(default=(), most=MOST_PARTS)
    custom_args: dict[str, str] = parameter("custom_args", default=None, most=MOST_PARTS)
    send_at: int = parameter("send_at", default=None)
    batch_id: str = parameter("batch_id", default="")
    asm: Asm = parameter(default=None)
    ip_pool_name: str = parameter("ip_pool_name", default=None)
    mail_settings: MailSettings = parameter("mail_settings", default=MailSettings())
    tracking_settings: TrackingSettings = parameter("tracking_settings", default=None)
