"""Brevo's documents (docs/wire/brevo.md 4 to 9)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from mockmail.core.senders.records import Identity, Recipient, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.brevo.notices import event_name
from mockmail.vendors.brevo.records import Account
from mockmail.wire.json_text import BrokenJson, read_json

Document = dict[str, Any]

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RELAY = {"relay": "smtp-relay.brevo.com", "port": 587}


def timestamp(text: str) -> str:
    """Return a time with milliseconds and an offset."""
    return read_timestamp(text).isoformat(timespec="milliseconds")


def utc(text: str) -> str:
    """Return a time in UTC with milliseconds."""
    return in_utc(read_timestamp(text))


def in_utc(at: datetime) -> str:
    """Return a time in UTC with milliseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def metadata_of(custom: str) -> Document:
    """Return the object that the header `X-Mailin-custom` has; empty for another text."""
    try:
        found = read_json(custom.encode("utf-8", "replace")) if custom.startswith("{") else {}
    except BrokenJson:
        return {}
    return found if isinstance(found, dict) else {}


def uuid_of(message: SentMessage, recipient: Recipient) -> str:
    """Return the id of what one recipient of a message gets."""
    return f"{message.request[:-4]}{message.recipients.index(recipient):04x}"


def email_document(message: SentMessage, recipient: Recipient) -> Document:
    """Return what one recipient of a message gets, in a list."""
    document = {
        "email": recipient.address,
        "subject": message.subject,
        "messageId": message.id,
        "uuid": uuid_of(message, recipient),
        "date": timestamp(message.at),
        "from": message.details["from"],
        "tags": list(message.tags),
    }
    return {**document, "templateId": int(message.template)} if message.template else document


def event_document(message: SentMessage, event: SenderEvent) -> Document:
    """Return an event in a list."""
    document: Document = {
        "email": event.recipient,
        "date": timestamp(event.at),
        "subject": message.subject,
        "messageId": message.id,
        "event": event_name(event).report,
        "from": message.details["from"],
    }
    if event.reason and event.kind in ("bounced", "deferred", "suppressed", "failed"):
        document["reason"] = event.reason
    if message.tags:
        document["tag"] = ",".join(message.tags)
    if message.template:
        document["templateId"] = int(message.template)
    if event.kind in ("opened", "clicked"):
        document["ip"] = str(event.details.get("ip", "127.0.0.1"))
    if event.kind == "clicked":
        document["link"] = str(event.details.get("url", ""))
    return document


def schedule_document(message: SentMessage) -> Document:
    """Return the state of a scheduled message."""
    return {
        "scheduledAt": utc(message.scheduled_at or message.at),
        "createdAt": utc(message.at),
        "status": status_of(message),
    }


def status_of(message: SentMessage) -> str:
    """Return Brevo's word for the state of a scheduled message."""
    if message.is_scheduled:
        return "queued"
    return "error" if all(each.state == "failed" for each in message.recipients) else "processed"


def blocked_document(suppression: Suppression) -> Document:
    """Return a blocked contact."""
    return {
        "email": suppression.address,
        "senderEmail": suppression.details.get("senderEmail", ""),
        "reason": {"code": suppression.reason, "message": suppression.details.get("message", "")},
        "blockedAt": utc(suppression.created),
    }


def template_document(template: Template) -> Document:
    """Return a template."""
    version, details = template.versions[0], template.details
    return {
        "id": int(template.id),
        "name": template.name,
        "subject": version.subject,
        "isActive": template.active,
        "testSent": details.get("testSent", False),
        "sender": {name: value for name, value in details["sender"].items() if value},
        "replyTo": details["replyTo"] or "[DEFAULT_REPLY_TO]",
        "toField": details["toField"],
        "tag": details["tag"],
        "htmlContent": version.html,
        "createdAt": utc(template.created),
        "modifiedAt": utc(template.updated or template.created),
        "doiTemplate": False,
    }


def sender_document(identity: Identity) -> Document:
    """Return a sender."""
    return {
        "id": int(identity.id),
        "name": identity.details["name"],
        "email": identity.name,
        "active": identity.verified,
        "ips": [],
    }


def domain_document(identity: Identity, account: Account) -> Document:
    """Return a domain in a list."""
    return {
        "id": identity.id,
        "domain_name": identity.name,
        "authenticated": identity.verified,
        "verified": identity.verified,
        "ip": None,
        "provider": "Other",
        "creator": {"id": "1", "email": account.email, "creationDate": utc(identity.created)},
    }


def dns_records(identity: Identity) -> Document:
    """Return the DNS records that a domain needs."""
    key = identity.details.get("dkim", "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ")
    code = identity.details.get("code", "b89d29ec0ee1c50d3d2d2bba4ad6c9f5")
    records = {
        "dkim_record": ("mail._domainkey", f"k=rsa;p={key}"),
        "brevo_code": ("", f"brevo-code:{code}"),
        "dmarc_record": ("_dmarc", "v=DMARC1; p=none; rua=mailto:rua@dmarc.brevo.com"),
    }
    return {
        name: {"type": "TXT", "value": value, "host_name": host, "status": identity.verified}
        for name, (host, value) in records.items()
    }


def webhook_document(webhook: Webhook) -> Document:
    """Return a webhook, without its token."""
    details = webhook.details
    return {
        "url": webhook.url,
        "id": int(webhook.id),
        "description": details.get("description", ""),
        "events": list(webhook.kinds),
        "type": "transactional",
        "createdAt": utc(webhook.created),
        "modifiedAt": utc(details.get("modified", webhook.created)),
        "batched": details.get("batched", False),
    }


def account_document(account: Account) -> Document:
    """Return the account."""
    return {
        "organization_id": "5f1e7e1b9c4d4a0012345678",
        "user_id": 1,
        "enterprise": False,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "companyName": account.company,
        "address": {"street": "1 Main Street", "city": "Paris", "zipCode": "75001", "country": "France"},
        "plan": [{"type": "free", "credits": account.credits, "creditsType": "sendLimit"}],
        "relay": {"enabled": True, "data": {"userName": account.email, **RELAY}},
        "marketingAutomation": {"enabled": False},
    }
