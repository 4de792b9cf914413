"""What Brevo tells webhooks of an event, and its four names for each kind of event (docs/wire/brevo.md 6, 9)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mockmail.core.senders.records import SenderEvent, SentMessage, Webhook
from mockmail.core.state.records import read_timestamp
from mockmail.core.world import World

VENDOR_NAME = "brevo"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventName:
    """Brevo's names for an event.

    subscription: in the events of a webhook; aliases are other names for it. notice: in the webhook's requests.
    report: in the list of events. log: in the events of a message.
    """

    subscription: str
    notice: str
    report: str
    log: str
    aliases: tuple[str, ...] = ()


NAMES = {
    "accepted": EventName("request", "request", "requests", "sent", ("sent",)),
    "suppressed": EventName("blocked", "blocked", "blocked", "blocked"),
    "delivered": EventName("delivered", "delivered", "delivered", "delivered"),
    "deferred": EventName("deferred", "deferred", "deferred", "deferred"),
    "bounced": EventName("hardBounce", "hard_bounce", "hardBounces", "hardBounce"),
    "complained": EventName("spam", "spam", "spam", "spam"),
    "opened": EventName("opened", "opened", "opened", "opened"),
    "clicked": EventName("click", "click", "clicks", "click"),
    "unsubscribed": EventName("unsubscribed", "unsubscribed", "unsubscribed", "unsubscribed"),
    "failed": EventName("error", "error", "error", "error"),
}
SOFT_BOUNCE = EventName("softBounce", "soft_bounce", "softBounces", "softBounce")
FIRST_OPENING = EventName("uniqueOpened", "unique_opened", "opened", "opened")

KINDS = {
    **{name.report: kind for kind, name in NAMES.items()},
    "softBounces": "bounced",
    "bounces": "bounced",
    "invalid": "",
    "loadedByProxy": "",
}
"""The kind of the events with each name in the list of events; empty for one that mockmail never has."""

SUBSCRIPTIONS = frozenset(
    {
        *(
            name
            for each in (*NAMES.values(), SOFT_BOUNCE, FIRST_OPENING)
            for name in (each.subscription, *each.aliases)
        ),
        "invalid",
        "proxyOpen",
        "uniqueProxyOpen",
    }
)
"""The events that a transactional webhook may want."""


def event_name(event: SenderEvent) -> EventName:
    """Return the names of an event, as lists of events have it."""
    return SOFT_BOUNCE if event.kind == "bounced" and not event.hard else NAMES[event.kind]


def notice_name(world: World, event: SenderEvent) -> EventName | None:
    """Return the names of an event, as webhooks have it; None for one that Brevo does not tell."""
    if event.kind not in NAMES:
        return None
    if event.kind == "opened" and _is_first(world, event):
        return FIRST_OPENING
    return event_name(event)


def notice_document(webhook: Webhook, message: SentMessage, event: SenderEvent, name: EventName) -> Document:
    """Return what a webhook is told of an event."""
    at = read_timestamp(event.at)
    seconds, details = int(at.timestamp()), message.details
    document: Document = {
        "event": name.notice,
        "email": event.recipient,
        "id": int(webhook.id),
        "date": f"{at:%Y-%m-%d %H:%M:%S}",
        "ts": seconds,
        "message-id": message.id,
        "ts_event": seconds,
        "subject": message.subject,
        "sending_ip": "127.0.0.1",
        "ts_epoch": int(at.timestamp() * 1000),
    }
    if "custom" in details:
        document["X-Mailin-custom"] = details["custom"]
    if message.template:
        document["template_id"] = int(message.template)
    document.update(_tags(message))
    if event.reason and event.kind in ("bounced", "deferred", "suppressed", "failed"):
        document["reason"] = event.reason
    if event.kind == "clicked":
        document["link"] = str(event.details.get("url", ""))
    return document


def notice_headers(webhook: Webhook) -> dict[str, str]:
    """Return the headers of a webhook's requests: those that it was given, and its token."""
    headers = {"Content-Type": "application/json", "User-Agent": "Brevo"}
    auth = webhook.details.get("auth")
    if auth:
        headers["Authorization"] = f"Bearer {auth['token']}"
    return headers | {header["key"]: header["value"] for header in webhook.details.get("headers", ())}


def _tags(message: SentMessage) -> Document:
    details = message.details
    if message.tags:
        return {"tag": json.dumps(list(message.tags), separators=(",", ":")), "tags": list(message.tags)}
    tag = details.get("tag") or details.get("template_name")
    return {"tag": tag} if tag else {}


def _is_first(world: World, event: SenderEvent) -> bool:
    events = world.store.records(VENDOR_NAME, SenderEvent).find("message", event.message)
    same = [each for each in events if each.kind == event.kind and each.recipient.lower() == event.recipient.lower()]
    return len(same) == 1
