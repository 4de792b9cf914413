"""What Postmark tells webhooks, one JSON object for each event (docs/wire/postmark.md 9)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.core.senders.sending import raw_of
from mockmail.core.world import World
from mockmail.vendors.postmark.records import Bounce
from mockmail.vendors.postmark.views import Document, bounce_document, timestamp_of

BROWSER = {"Name": "Chrome 35.0.1916.153", "Company": "Google", "Family": "Chrome"}
SYSTEM = {"Name": "OS X 10.7 Lion", "Company": "Apple Computer, Inc.", "Family": "OS X 10"}
PLACE = {
    "CountryISOCode": "RS",
    "Country": "Serbia",
    "RegionISOCode": "VO",
    "Region": "Autonomna Pokrajina Vojvodina",
    "City": "Novi Sad",
    "Zip": "21000",
    "Coords": "45.2517,19.8369",
}
USER_AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_7_5) AppleWebKit/537.36 Chrome/35.0.1916.153 Safari/537.36"

TRIGGERS = {
    "delivered": ("Delivery",),
    "bounced": ("Bounce", "SubscriptionChange"),
    "complained": ("SpamComplaint", "SubscriptionChange"),
    "opened": ("Open",),
    "clicked": ("Click",),
    "unsubscribed": ("SubscriptionChange",),
}
"""The triggers of a webhook that an event has, by its kind; a soft bounce changes no subscription."""


def documents(
    world: World, message: SentMessage, event: SenderEvent, bounce: Bounce | None, triggers: dict[str, Any]
) -> list[Document]:
    """Return the documents of an event that the enabled triggers want. triggers: those of the webhook."""
    made = []
    for name in TRIGGERS.get(event.kind, ()):
        trigger = triggers.get(name) or {}
        if not trigger.get("Enabled"):
            continue
        if name in ("Bounce", "SpamComplaint") and bounce is not None:
            content = raw_of(world, message).decode("utf-8", "replace") if trigger.get("IncludeContent") else None
            made.append(_bounce(message, bounce, name, content))
        elif name == "SubscriptionChange" and (event.kind != "bounced" or event.hard):
            made.append(_subscription_change(message, event))
        elif name == "Delivery":
            made.append(_delivery(message, event))
        elif name in ("Open", "Click"):
            is_first = _is_first(world, event)
            if is_first or not trigger.get("PostFirstOpenOnly"):
                made.append(
                    open_document(message, event, is_first) if name == "Open" else click_document(message, event)
                )
    return made


def _start(kind: str, message: SentMessage) -> Document:
    return {
        "RecordType": kind,
        "MessageStream": message.details["stream"],
        "MessageID": message.id,
        "Metadata": message.metadata,
        "Tag": message.tags[0] if message.tags else "",
        "ServerID": message.details["server"],
    }


def _delivery(message: SentMessage, event: SenderEvent) -> Document:
    return {
        **_start("Delivery", message),
        "Recipient": event.recipient,
        "DeliveredAt": timestamp_of(event.at),
        "Details": f"smtp;{event.code or 250} {event.status} {event.reason}",
    }


def _bounce(message: SentMessage, bounce: Bounce, kind: str, content: str | None) -> Document:
    document = {**bounce_document(bounce, message), "RecordType": kind, "Metadata": message.metadata}
    return document if content is None else {**document, "Content": content}


def _subscription_change(message: SentMessage, event: SenderEvent) -> Document:
    reasons = {"bounced": "HardBounce", "complained": "SpamComplaint", "unsubscribed": "ManualSuppression"}
    return {
        **_start("SubscriptionChange", message),
        "ChangedAt": timestamp_of(event.at),
        "Recipient": event.recipient,
        "Origin": "Recipient",
        "SuppressSending": True,
        "SuppressionReason": reasons[event.kind],
    }


def _client(event: SenderEvent) -> Document:
    return {
        "Client": BROWSER,
        "OS": SYSTEM,
        "Platform": "Desktop",
        "UserAgent": str(event.details.get("user_agent", USER_AGENT)),
        "Geo": {**PLACE, "IP": str(event.details.get("ip", "127.0.0.1"))},
        "ReceivedAt": timestamp_of(event.at),
        "Recipient": event.recipient,
    }


def open_document(message: SentMessage, event: SenderEvent, is_first: bool) -> Document:
    """Return an opening of a message. is_first: whether the recipient had not opened it before."""
    return {**_start("Open", message), "FirstOpen": is_first, "ReadSeconds": 0, **_client(event)}


def click_document(message: SentMessage, event: SenderEvent) -> Document:
    """Return a click on a link in a message."""
    link = str(event.details.get("url", ""))
    return {**_start("Click", message), "ClickLocation": "HTML", "OriginalLink": link, **_client(event)}


def _is_first(world: World, event: SenderEvent) -> bool:
    events = world.store.records("postmark", SenderEvent).find("message", event.message)
    same = [each for each in events if each.kind == event.kind and each.recipient.lower() == event.recipient.lower()]
    return len(same) == 1
