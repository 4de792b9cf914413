"""What Resend tells webhooks, signed as Svix does (docs/wire/resend.md 10)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from mockmail.core.senders.records import EventKind, SenderEvent, SentMessage, Webhook
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.state.records import read_timestamp
from mockmail.core.world import World
from mockmail.vendors.resend.views import LAST_EVENTS, Document, timestamp
from mockmail.wire.json_text import write_json

VENDOR_NAME = "resend"
OTHER_TYPES = (
    "email.received",
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "domain.created",
    "domain.updated",
    "domain.deleted",
    "suppression.added",
    "suppression.removed",
)
EMAIL_TYPES: dict[EventKind, str] = {kind: f"email.{word}" for kind, word in LAST_EVENTS.items() if kind != "cancelled"}
TYPES = frozenset({*EMAIL_TYPES.values(), *OTHER_TYPES})
"""The events that a webhook can ask for."""

ON_SUPPRESSION_LIST = (
    "Resend has suppressed sending to this address because it is on the account-level suppression list. This does not"
    " count toward your bounce rate metric"
)
HARD_BOUNCE = (
    "The recipient's email provider sent a hard bounce message, but didn't specify the reason for the hard bounce. We"
    " recommend removing the recipient's email address from your mailing list. Sending messages to addresses that"
    " produce hard bounces can have a negative impact on your reputation as a sender."
)
SOFT_BOUNCE = "The recipient's email provider sent a general bounce message. You might be able to send to it later."


def email_notice(message: SentMessage, event: SenderEvent) -> tuple[str, Document] | None:
    """Return the type and the data of what webhooks are told of an event of an email; None for nothing."""
    kind = EMAIL_TYPES.get(event.kind)
    if kind is None:
        return None
    details = message.details
    data: Document = {
        "created_at": timestamp(message.at),
        "email_id": message.id,
        "message_id": details["message_id"],
        "from": message.sender,
        "to": details["to"],
        **{name: details[name] for name in ("cc", "bcc") if name in details},
        "subject": message.subject,
    }
    if "headers" in details:
        data["headers"] = details["headers"]
    if message.metadata:
        data["tags"] = message.metadata
    if message.template:
        data["template_id"] = message.template
    return kind, data | _more(event)


def announce(world: World, kind: str, data: Document) -> None:
    """Tell the webhooks that want it of something that is not about an email. Call it in a transaction."""
    at = world.clock.now()
    for webhook in world.store.records(VENDOR_NAME, Webhook):
        if webhook.enabled and kind in webhook.kinds:
            world.webhook_queue.put(VENDOR_NAME, [notice_request(world, webhook, at, kind, data)])


def notice_request(world: World, webhook: Webhook, at: datetime, kind: str, data: Document) -> WebhookRequest:
    """Return the signed request that tells a webhook of something."""
    body = write_json({"type": kind, "created_at": _milliseconds(at), "data": data})
    notice, seconds = f"msg_{world.ids.token(27)}", str(int(at.timestamp()))
    try:
        secret = b64decode(webhook.secret.removeprefix("whsec_"))
    except ValueError:  # written by a seed
        secret = webhook.secret.encode("utf-8", "replace")
    digest = hmac.new(secret, f"{notice}.{seconds}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Svix-Webhooks/1.24.0",
        "svix-id": notice,
        "svix-timestamp": seconds,
        "svix-signature": f"v1,{b64encode(digest).decode()}",
    }
    return WebhookRequest(url=webhook.url, body=body, headers=headers)


def _more(event: SenderEvent) -> dict[str, Any]:
    """Return what only one kind of event has."""
    if event.kind == "bounced":
        return {
            "bounce": {
                "type": "Permanent" if event.hard else "Transient",
                "subType": "General",
                "message": HARD_BOUNCE if event.hard else SOFT_BOUNCE,
            }
        }
    if event.kind == "suppressed":
        return {"suppressed": {"type": "OnAccountSuppressionList", "message": event.reason or ON_SUPPRESSION_LIST}}
    if event.kind == "failed":
        return {"failed": {"reason": event.reason or "The email was not sent."}}
    if event.kind == "clicked":
        return {
            "click": {
                "ipAddress": str(event.details.get("ip", "127.0.0.1")),
                "link": str(event.details.get("url", "")),
                "timestamp": _milliseconds(read_timestamp(event.at)),
                "userAgent": str(event.details.get("user_agent", "")),
            }
        }
    return {}


def _milliseconds(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
