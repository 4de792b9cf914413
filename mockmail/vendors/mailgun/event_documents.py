"""Events as Mailgun shows them, in lists and to webhooks (docs/wire/mailgun.md 6)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from mockmail.core.senders.records import EventKind, SenderEvent, SentMessage
from mockmail.core.senders.templates import text_of
from mockmail.core.state.records import read_timestamp

Document = dict[str, Any]

NAMES: dict[EventKind, str] = {
    "accepted": "accepted",
    "delivered": "delivered",
    "deferred": "failed",
    "bounced": "failed",
    "suppressed": "failed",
    "failed": "failed",
    "complained": "complained",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
}
"""Mailgun's name for each kind of event."""

SUPPRESSED = {605: "suppress-bounce", 606: "suppress-unsubscribe", 607: "suppress-complaint"}
"""Mailgun's reason, by the code of a failure."""

RETRY_SECONDS = 600


def severity(event: SenderEvent) -> str:
    """Return `permanent` or `temporary` for a failure; empty for another event."""
    if NAMES[event.kind] != "failed":
        return ""
    is_temporary = event.kind == "deferred" or (event.kind == "bounced" and not event.hard)
    return "temporary" if is_temporary else "permanent"


def event_document(message: SentMessage, event: SenderEvent) -> Document:
    """Return an event of a message."""
    details = message.details
    to: list[str] = [each.address for each in message.recipients]
    document: Document = {
        "id": event_id(event),
        "event": NAMES[event.kind],
        "timestamp": read_timestamp(event.at).timestamp(),
        "log-level": {"temporary": "warn", "permanent": "error"}.get(severity(event), "info"),
        "recipient": event.recipient,
        "recipient-domain": event.recipient.rpartition("@")[2],
        "envelope": {"sender": message.envelope_sender, "transport": "smtp", "targets": event.recipient},
        "flags": {
            "is-authenticated": True,
            "is-routed": False,
            "is-system-test": False,
            "is-test-mode": message.is_test,
        },
        "message": {
            "headers": {
                "to": details.get("to", ", ".join(to)),
                "message-id": message.request.strip("<>"),
                "from": message.sender,
                "subject": message.subject,
            },
            "attachments": details.get("attachments", []),
            "recipients": to,
            "size": details.get("size", 0),
        },
        "storage": {"url": details.get("url", ""), "key": message.id},
        "campaigns": [],
        "tags": list(message.tags),
        "user-variables": {name: text_of(value) for name, value in message.metadata.items()},
    }
    if event.kind == "accepted":
        document["method"] = "HTTP"
        if message.scheduled_at is not None:
            document["message"]["scheduled-for"] = read_timestamp(message.scheduled_at).timestamp()
    return document | _more(event)


def event_id(event: SenderEvent) -> str:
    """Return the id of an event, as short as Mailgun's."""
    try:
        return urlsafe_b64encode(bytes.fromhex(event.id)).decode().rstrip("=")
    except ValueError:  # written by a seed
        return event.id


def _more(event: SenderEvent) -> Document:
    """Return what only some events have."""
    name = NAMES[event.kind]
    if name == "delivered":
        return {"delivery-status": {**_status(event), "tls": True, "utf8": True, "certificate-verified": True}}
    if name == "failed":
        status, severe = _status(event), severity(event)
        if severe == "temporary":
            status["retry-seconds"] = RETRY_SECONDS
        if event.status:
            status["bounce-code"] = event.status
        usual = "bounce" if event.kind == "bounced" and event.hard else "generic"
        return {"severity": severe, "reason": SUPPRESSED.get(event.code, usual), "delivery-status": status}
    if name in ("opened", "clicked", "unsubscribed"):
        return _client(event, with_url=name == "clicked")
    return {}


def _status(event: SenderEvent) -> Document:
    return {
        "code": event.code,
        "message": event.reason,
        "description": "",
        "attempt-no": 1,
        "mx-host": event.recipient.rpartition("@")[2],
        "session-seconds": 0.0,
    }


def _client(event: SenderEvent, *, with_url: bool) -> Document:
    details = event.details
    return {
        "ip": str(details.get("ip", "127.0.0.1")),
        "geolocation": {"country": "US", "region": "CA", "city": "San Francisco"},
        "client-info": {
            "client-type": "browser",
            "client-os": "Linux",
            "device-type": "desktop",
            "client-name": "Chrome",
            "user-agent": str(details.get("user_agent", "")),
        },
        **({"url": str(details.get("url", ""))} if with_url else {}),
    }
