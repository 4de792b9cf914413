"""What SendGrid tells webhooks: arrays of events, signed by ECDSA (docs/wire/sendgrid.md 9)."""

from __future__ import annotations

import hashlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from mockmail.core.senders.records import EventKind, Recipient, SenderEvent, SentMessage, Webhook
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.composing import HOST
from mockmail.wire.json_text import write_json

Document = dict[str, Any]

MOST_IN_REQUEST = 500
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
EVENTS: dict[EventKind, str] = {
    "accepted": "processed",
    "suppressed": "dropped",
    "failed": "dropped",
    "delivered": "delivered",
    "deferred": "deferred",
    "bounced": "bounce",
    "complained": "spamreport",
    "opened": "open",
    "clicked": "click",
    "unsubscribed": "unsubscribe",
}
"""SendGrid's word for each kind of event that it tells."""

FLAGS = (
    "processed",
    "dropped",
    "deferred",
    "delivered",
    "bounce",
    "open",
    "click",
    "spam_report",
    "unsubscribe",
    "group_unsubscribe",
    "group_resubscribe",
)
"""The settings of a webhook that say which events it wants."""


def told(events: Sequence[SenderEvent]) -> list[SenderEvent]:
    """Return the events that SendGrid tells: a dropped message is not processed."""
    dropped = {event.recipient.lower() for event in events if EVENTS.get(event.kind) == "dropped"}
    return [
        event
        for event in events
        if event.kind in EVENTS and not (event.kind == "accepted" and event.recipient.lower() in dropped)
    ]


def name_of(message: SentMessage, event: SenderEvent) -> str:
    """Return SendGrid's name of an event; that of an unsubscribe group is another."""
    is_group = event.kind == "unsubscribed" and "asm_group_id" in message.details
    return f"group_{EVENTS[event.kind]}" if is_group else EVENTS[event.kind]


def recipient_id(message: SentMessage, recipient: Recipient) -> str:
    """Return the id of a message at one recipient (`sg_message_id`)."""
    return f"{message.id.rpartition('.')[0]}.{recipient.id or '0'}"


def ids_of(message: SentMessage) -> dict[str, str]:
    """Return the id of a message at each recipient, by the address in lower case."""
    return {recipient.address.lower(): recipient_id(message, recipient) for recipient in message.recipients}


def event_document(message: SentMessage, event: SenderEvent, ids: Mapping[str, str]) -> Document:
    """Return an event as webhooks and logs show it. Custom arguments are beside SendGrid's own members.

    ids: as `ids_of` returns them.
    """
    tags = message.tags
    return {
        **message.metadata,
        "email": event.recipient,
        "timestamp": int(read_timestamp(event.at).timestamp()),
        "smtp-id": f"<{message.request}@{HOST}>",
        "event": name_of(message, event),
        **({"category": tags[0] if len(tags) == 1 else list(tags)} if tags else {}),
        "sg_event_id": _event_id(event),
        "sg_message_id": ids.get(event.recipient.lower(), message.id),
        **_more(message, event),
    }


def notice_requests(webhook: Webhook, message: SentMessage, events: Sequence[SenderEvent]) -> list[WebhookRequest]:
    """Return the requests that tell a webhook of the events that it wants."""
    wanted = [event for event in told(events) if _flag(message, event) in webhook.kinds]
    parts = [wanted[start : start + MOST_IN_REQUEST] for start in range(0, len(wanted), MOST_IN_REQUEST)]
    ids = ids_of(message) if parts else {}
    return [
        notice_request(webhook, [event_document(message, each, ids) for each in part], part[0].at) for part in parts
    ]


def notice_request(webhook: Webhook, documents: list[Document], at: str) -> WebhookRequest:
    """Return the request with some events, with a signature if the webhook has a key."""
    body = write_json(documents) + b"\r\n"
    headers = {"Content-Type": "application/json", "User-Agent": "SendGrid Event API"}
    if webhook.secret:
        seconds = str(int(read_timestamp(at).timestamp()))
        headers["X-Twilio-Email-Event-Webhook-Signature"] = _signature(webhook.secret, seconds.encode() + body)
        headers["X-Twilio-Email-Event-Webhook-Timestamp"] = seconds
    return WebhookRequest(url=webhook.url, body=body, headers=headers)


def public_key(secret: str) -> str:
    """Return the public key of a webhook in Base64 (DER); empty for one whose requests are not signed."""
    if not secret:
        return ""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # costs 20 ms

    key = _private_key(secret).public_key()
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _signature(secret: str, content: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec  # costs 20 ms
    from cryptography.hazmat.primitives.hashes import SHA256

    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)
    return b64encode(_private_key(secret).sign(content, algorithm)).decode()


def _private_key(secret: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec  # costs 20 ms

    number = int.from_bytes(hashlib.sha256(secret.encode("utf-8", "replace")).digest(), "big")
    return ec.derive_private_key(number % (CURVE_ORDER - 1) + 1, ec.SECP256R1())


def _event_id(event: SenderEvent) -> str:
    digest = hashlib.sha256(event.id.encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _flag(message: SentMessage, event: SenderEvent) -> str:
    name = name_of(message, event)
    return "spam_report" if name == "spamreport" else name


def _more(message: SentMessage, event: SenderEvent) -> Document:
    """Return what only one kind of event has."""
    details, group = event.details, message.details.get("asm_group_id")
    more: Document = {} if group is None else {"asm_group_id": group}
    if event.kind == "accepted" and message.scheduled_at:
        more["send_at"] = int(read_timestamp(message.scheduled_at).timestamp())
    if event.kind in ("suppressed", "failed"):
        more["reason"] = event.reason
    elif event.kind == "delivered":
        more["response"] = "250 OK"
    elif event.kind == "deferred":
        more |= {"response": f"{event.code} {event.reason}", "attempt": "1"}
    elif event.kind == "bounced":
        more |= {
            "reason": f"{event.code} {event.reason}",
            "status": event.status,
            "type": "bounce" if event.hard else "blocked",
            "bounce_classification": "Invalid Address" if event.status == "5.1.1" else "Unclassified",
        }
    elif event.kind in ("opened", "clicked"):
        more |= {
            "useragent": str(details.get("user_agent", "")),
            "ip": str(details.get("ip", "127.0.0.1")),
        }
        if event.kind == "clicked":
            more |= {"url": str(details.get("url", "")), "url_offset": {"index": 0, "type": "html"}}
        else:
            more["sg_machine_open"] = False
    return more
