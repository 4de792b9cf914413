"""Resend's documents (docs/wire/resend.md 5 to 8, 10)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.message import Message
from mockmail.core.senders.records import (
    EventKind,
    Identity,
    SentMessage,
    Suppression,
    Template,
    TemplateVersion,
    Webhook,
)
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.resend.records import ApiKey

Document = dict[str, Any]

LAST_EVENTS: dict[EventKind, str] = {
    "accepted": "sent",
    "scheduled": "scheduled",
    "cancelled": "canceled",
    "suppressed": "suppressed",
    "delivered": "delivered",
    "deferred": "delivery_delayed",
    "bounced": "bounced",
    "complained": "complained",
    "opened": "opened",
    "clicked": "clicked",
    "failed": "failed",
}
"""Resend's word for each kind of event that it keeps."""

LISTS = ("bcc", "cc", "reply_to")


def timestamp(text: str) -> str:
    """Return a time with microseconds and an offset."""
    return read_timestamp(text).isoformat(timespec="microseconds")


def email_document(message: SentMessage, last_event: EventKind, content: Message | None = None) -> Document:
    """Return an email. content: to show its bodies; None in a list."""
    details = message.details
    bodies: Document = {} if content is None else {"html": None, "text": None}
    if content is not None:
        for name in details.get("bodies", ()):
            bodies[name] = _lines(content.html if name == "html" else content.text)
    return {
        "object": "email",
        "id": message.id,
        "message_id": details["message_id"],
        "to": details["to"],
        "from": message.sender,
        "created_at": timestamp(message.at),
        "subject": message.subject,
        **bodies,
        **{name: details.get(name, None if content is None else []) for name in LISTS},
        "last_event": LAST_EVENTS[last_event],
        "scheduled_at": message.scheduled_at and timestamp(message.scheduled_at),
        **({"tags": tag_documents(message)} if content is not None and message.metadata else {}),
    }


def tag_documents(message: SentMessage) -> list[Document]:
    """Return the tags of an email."""
    return [{"name": name, "value": value} for name, value in message.metadata.items()]


def template_summary(template: Template) -> Document:
    """Return a template in a list."""
    return {
        "id": template.id,
        "name": template.name,
        "status": "published" if template.version else "draft",
        "published_at": template.details.get("published_at"),
        "created_at": timestamp(template.created),
        "updated_at": timestamp(template.updated or template.created),
        "alias": template.alias or None,
    }


def template_document(template: Template) -> Document:
    """Return a template with the newest version of its content."""
    newest = template.versions[-1]
    summary = template_summary(template)
    return {
        "object": "template",
        "id": template.id,
        "current_version_id": newest.id,
        "name": template.name,
        "alias": summary["alias"],
        "from": newest.details["from"],
        "subject": newest.subject or None,
        "reply_to": newest.details["reply_to"],
        "html": newest.html,
        "text": newest.text,
        "variables": [_variable(template, newest, variable) for variable in newest.details["variables"]],
        **{name: summary[name] for name in ("created_at", "updated_at", "status", "published_at")},
        "has_unpublished_versions": not newest.active,
    }


def domain_summary(identity: Identity) -> Document:
    """Return a domain in a list."""
    details = identity.details
    return {
        "id": identity.id,
        "name": identity.name,
        "status": status_of(identity),
        "created_at": timestamp(identity.created),
        "region": details.get("region", "us-east-1"),
        "open_tracking": details.get("open_tracking", False),
        "click_tracking": details.get("click_tracking", False),
        "capabilities": {"sending": "enabled", "receiving": "disabled", **details.get("capabilities", {})},
    }


def domain_document(identity: Identity) -> Document:
    """Return a domain with its DNS records."""
    return {**domain_summary(identity), "records": _dns_records(identity)}


def status_of(identity: Identity) -> str:
    """Return Resend's word for whether a domain is verified."""
    return "verified" if identity.verified else str(identity.details.get("status", "not_started"))


def api_key_document(key: ApiKey) -> Document:
    """Return an API key in a list, without its token."""
    return {"id": key.id, "name": key.name, "created_at": timestamp(key.created_at), "last_used_at": None}


def suppression_document(suppression: Suppression) -> Document:
    """Return a suppressed address."""
    return {
        "id": suppression.details["id"],
        "email": suppression.address,
        "origin": suppression.reason,
        "source_id": suppression.message or None,
        "created_at": timestamp(suppression.created),
    }


def webhook_document(webhook: Webhook) -> Document:
    """Return a webhook, without its secret."""
    return {
        "id": webhook.id,
        "endpoint": webhook.url,
        "events": list(webhook.kinds),
        "status": "enabled" if webhook.enabled else "disabled",
        "created_at": timestamp(webhook.created),
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").removesuffix("\n")


def _variable(template: Template, version: TemplateVersion, variable: Document) -> Document:
    times = {"created_at": timestamp(template.created), "updated_at": timestamp(version.created)}
    return {**variable, **times}


def _dns_records(identity: Identity) -> list[Document]:
    details = identity.details
    region, path = details.get("region", "us-east-1"), details.get("custom_return_path", "send")
    status = {"ttl": "Auto", "status": status_of(identity)}
    server = f"feedback-smtp.{region}.amazonses.com"
    policy = '"v=spf1 include:amazonses.com ~all"'
    key = f"p={details.get('dkim', 'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ')}"
    return [
        {"record": "SPF", "name": path, "type": "MX", **status, "value": server, "priority": 10},
        {"record": "SPF", "name": path, "type": "TXT", **status, "value": policy},
        {"record": "DKIM", "name": "resend._domainkey", "type": "TXT", **status, "value": key},
    ]
