"""The lifecycle of a recipient: events are recorded, and change states, suppressions and webhooks' queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import (
    STATES,
    EventKind,
    Recipient,
    SenderEvent,
    SentMessage,
    Suppression,
    Webhook,
    suppression_key,
)

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor
    from mockmail.core.world import World

MOST_SENT = 100_000
"""The most sent messages of a vendor in a sandbox; over it, the oldest are removed, with their events."""

MOST_WEBHOOKS = 100
"""The most webhooks of a vendor in a sandbox that are told of events; a handler refuses to add more."""

REMOVED_AT_ONCE = 100
"""The messages that are removed then: more would hold the event loop."""


def new_event(
    world: World,
    message: SentMessage,
    kind: EventKind,
    recipient: str = "",
    *,
    outcome: RecipientOutcome | None = None,
    details: dict[str, Any] | None = None,
) -> SenderEvent:
    """Return an event that happens now.

    recipient: an address; empty for all recipients. outcome: what became of the message, if the event tells it.
    """
    event = SenderEvent(
        id=world.ids.hexadecimal(32),
        message=message.id,
        kind=kind,
        recipient=recipient,
        at=world.clock.now().isoformat(),
        details=details or {},
    )
    if outcome is None:
        return event
    return event.replace(hard=outcome.hard, code=outcome.code, status=outcome.status, reason=outcome.reason)


def events_of(world: World, message: SentMessage, recipient: str, outcome: RecipientOutcome) -> list[SenderEvent]:
    """Return the events of an outcome, in order: a message that arrives is delivered first."""
    is_delivered_first = outcome.is_arriving and outcome.kind != "delivered"
    first = [new_event(world, message, "delivered", recipient)] if is_delivered_first else []
    return [*first, new_event(world, message, outcome.kind, recipient, outcome=outcome)]


def record(
    world: World,
    vendor: Vendor,
    message: SentMessage,
    events: Sequence[SenderEvent],
    *,
    never_suppressed: Collection[str] = (),
) -> SentMessage:
    """Store a message with what happened to it, and return it as it is then.

    Writes the events that the vendor keeps, the suppressions that they cause, and the vendor's own records; queues the
    requests for its webhooks. never_suppressed: addresses without a new suppression. Call it in a transaction.
    """
    sender, store = vendor.sender, world.store
    message = message.replace(recipients=_after(message.recipients, events))
    messages = store.records(vendor.name, SentMessage)
    messages.put(message)
    if len(messages) > MOST_SENT:
        _remove_oldest(world, vendor)
    webhooks = store.records(vendor.name, Webhook).page(0, MOST_WEBHOOKS) if Webhook in vendor.models else []
    for event in events:
        if event.kind in sender.kinds:
            store.records(vendor.name, SenderEvent).put(event)
        suppression = sender.suppression_of(message, event) if sender.suppressing else None
        if suppression is not None and event.recipient not in never_suppressed:
            store.records(vendor.name, Suppression).put(suppression)
        sender.on_event(world, message, event)
        for webhook in webhooks:
            if webhook.enabled:
                world.webhook_queue.put(vendor.name, sender.webhook_requests(world, webhook, message, event))
    for webhook in webhooks:
        if webhook.enabled:
            world.webhook_queue.put(vendor.name, sender.batched_requests(world, webhook, message, events))
    return message


def add_event(
    world: World,
    vendor: Vendor,
    message: SentMessage,
    kind: EventKind,
    recipient: str = "",
    *,
    outcome: RecipientOutcome | None = None,
    details: dict[str, Any] | None = None,
) -> SenderEvent:
    """Let something happen to a message that was sent, such as an opening; return the event.

    outcome: the code, status and reason of a bounce. Call it in a transaction.
    """
    event = new_event(world, message, kind, recipient, outcome=outcome, details=details)
    record(world, vendor, message, [event])
    return event


def suppression_for(world: World, vendor: Vendor, message: SentMessage, address: str) -> Suppression | None:
    """Return the suppression that keeps a message from an address; None for none."""
    if Suppression not in vendor.models:
        return None
    suppressions = world.store.records(vendor.name, Suppression)
    if not len(suppressions):
        return None
    keys = [suppression_key(scope, address) for scope in vendor.sender.suppression_scopes(message)]
    found = [suppression for suppression in map(suppressions.get, keys) if suppression is not None]
    return next((each for each in found if vendor.sender.suppresses(message, each)), None)


def _after(recipients: tuple[Recipient, ...], events: Sequence[SenderEvent]) -> tuple[Recipient, ...]:
    states: dict[str, EventKind] = {}
    for event in events:
        if event.kind in STATES:
            if not event.recipient:
                states.clear()
            states[event.recipient.lower()] = event.kind
    if not states:
        return recipients
    everyone = states.get("")
    changed = []
    for recipient in recipients:
        state = states.get(recipient.address.lower(), everyone) or recipient.state
        changed.append(recipient if state == recipient.state else msgspec.structs.replace(recipient, state=state))
    return tuple(changed)


def _remove_oldest(world: World, vendor: Vendor) -> None:
    messages = world.store.records(vendor.name, SentMessage)
    events = world.store.records(vendor.name, SenderEvent)
    for message in messages.page(0, REMOVED_AT_ONCE):
        for event in events.find("message", message.id):
            events.remove(event.id)
        messages.remove(message.id)
