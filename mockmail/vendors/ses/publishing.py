"""Who is told of an event: the topics of a configuration set and of an identity (docs/wire/ses.md 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockmail.core.senders.records import Identity, SenderEvent, SentMessage, Webhook
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.state.records import read_timestamp
from mockmail.core.world import World
from mockmail.vendors.ses.event_documents import EVENT_TYPES, event_document, notification_type
from mockmail.vendors.ses.records import VENDOR_NAME, ConfigurationSet
from mockmail.vendors.ses.sns import SUBJECT, notification
from mockmail.wire.json_text import write_json

ANY_TOPIC = "arn:aws:sns:us-east-1:123456789012:ses-events"
"""The topic of a webhook that has none."""

PUBLISHED, NOTIFIED = "eventType", "notificationType"


def notifications(world: World, webhook: Webhook, message: SentMessage, event: SenderEvent) -> Sequence[WebhookRequest]:
    """Return the notifications that tell a webhook of an event of a message."""
    if event.kind not in EVENT_TYPES:
        return ()
    return [_notification(world, webhook, message, event, feed) for feed in _feeds(world, webhook, message, event)]


def _feeds(world: World, webhook: Webhook, message: SentMessage, event: SenderEvent) -> Iterator[str]:
    """Yield the feeds that reach the webhook's topic, each once."""
    if not webhook.scope:
        yield PUBLISHED
        return
    name = message.details.get("configuration_set")
    found = world.store.records(VENDOR_NAME, ConfigurationSet).get(str(name)) if name else None
    for destination in found.destinations.values() if found else ():
        topic = destination.get("SnsDestination", {}).get("TopicArn")
        kinds = destination.get("MatchingEventTypes", ())
        if destination.get("Enabled") and topic == webhook.scope and EVENT_TYPES[event.kind] in kinds:
            yield PUBLISHED
    kind = notification_type(event)
    if kind is not None and _identity_topic(world, message, kind) == webhook.scope:
        yield NOTIFIED


def _identity_topic(world: World, message: SentMessage, kind: str) -> str | None:
    address = message.sender.rpartition("<")[2].rstrip("> ").lower()
    identities = world.store.records(VENDOR_NAME, Identity)
    for name in (address, address.rpartition("@")[2]):
        identity = identities.get(name)
        topic = identity and identity.details.get("topics", {}).get(kind)
        if topic:
            return str(topic)
    return None


def _notification(
    world: World, webhook: Webhook, message: SentMessage, event: SenderEvent, feed: str
) -> WebhookRequest:
    document = write_json(event_document(world, message, event, type_name=feed)).decode()
    topic, at = webhook.scope or ANY_TOPIC, read_timestamp(event.at)
    subject = SUBJECT if feed == PUBLISHED else ""
    return notification(world, webhook, topic, at, f"{document}\n", subject=subject)
