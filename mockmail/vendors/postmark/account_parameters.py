"""The parameters of operations on servers, domains and sender signatures (docs/wire/postmark.md 8, 12)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.vendors.postmark.parameters import Page
from mockmail.wire.parameters import parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSearch(Page):
    """The servers to list."""

    name: str = parameter("name", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChange:
    """The settings of a server to change; None for those that stay."""

    name: str | None = parameter("Name", default=None)
    color: str | None = parameter("Color", default=None)
    smtp_api: bool | None = parameter("SmtpApiActivated", default=None)
    raw_email: bool | None = parameter("RawEmailEnabled", default=None)
    inbound_hook: str | None = parameter("InboundHookUrl", default=None)
    bounce_hook: str | None = parameter("BounceHookUrl", default=None)
    open_hook: str | None = parameter("OpenHookUrl", default=None)
    delivery_hook: str | None = parameter("DeliveryHookUrl", default=None)
    click_hook: str | None = parameter("ClickHookUrl", default=None)
    first_open_only: bool | None = parameter("PostFirstOpenOnly", default=None)
    inbound_domain: str | None = parameter("InboundDomain", default=None)
    spam_threshold: int | None = parameter("InboundSpamThreshold", default=None)
    track_opens: bool | None = parameter("TrackOpens", default=None)
    track_links: str | None = parameter("TrackLinks", default=None)
    with_content: bool | None = parameter("IncludeBounceContentInHook", default=None)
    smtp_errors: bool | None = parameter("EnableSmtpApiErrorHooks", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServer(ServerChange):
    """A server to add. delivery_type: `Live` or `Sandbox`."""

    delivery_type: str = parameter("DeliveryType", default="Live")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange:
    """The Return-Path of a domain; None if it stays."""

    return_path: str | None = parameter("ReturnPathDomain", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDomain(DomainChange):
    """A domain to add."""

    name: str = parameter("Name", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureChange:
    """The fields of a sender signature to change; None for those that stay."""

    name: str | None = parameter("Name", default=None)
    reply_to: str | None = parameter("ReplyToEmail", default=None)
    return_path: str | None = parameter("ReturnPathDomain", default=None)
    note: str | None = parameter("ConfirmationPersonalNote", default=None, max_length=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignature(SignatureChange):
    """A sender signature to add."""

    address: str = parameter("FromEmail", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePush:
    """Two servers by id, and whether templates are really copied from one to the other."""

    source: str = parameter("SourceServerID", default="")
    destination: str = parameter("DestinationServerID", default="")
    is_performed: bool = parameter("PerformChanges", default=False)
