"""`/v3/smtp/statistics/events`: what became of messages (docs/wire/brevo.md 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.errors import invalid
from mockmail.vendors.brevo.notices import KINDS, event_name
from mockmail.vendors.brevo.paging import Between, in_order, is_ascending
from mockmail.vendors.brevo.parameters import EventSearch
from mockmail.vendors.brevo.views import Document, event_document


def index(call: BrevoCall, params: EventSearch) -> Document:
    """List events, the newest first."""
    if params.event and params.event not in KINDS:
        raise invalid("event")
    since = "" if params.days is None else (call.world.clock.now() - timedelta(days=params.days)).isoformat()
    between = Between(since or params.start_date, params.end_date)
    tags = {tag.strip() for tag in params.tags.split(",") if tag.strip()}
    messages = call.records(SentMessage)

    def documents() -> Iterable[Document]:
        for event in _found(call, params):
            message = messages.get(event.message)
            if message is None or message.is_test or not _matches(params, event) or not between.has(event.at):
                continue
            if tags and not tags & set(message.tags):
                continue
            if params.template_id is None or message.template == str(params.template_id):
                yield event_document(message, event)

    shown = list(islice(documents(), params.offset, params.offset + params.limit))
    return {"events": shown} if shown else {}


def _found(call: BrevoCall, params: EventSearch) -> Iterable[SenderEvent]:
    events, ascending = call.records(SenderEvent), is_ascending(params)
    if params.message_id:
        found = events.find("message", params.message_id)
    elif params.email:
        found = events.find("recipient", params.email.lower())
    elif params.event:
        found = events.find("kind", KINDS[params.event])
    else:
        return in_order(events, ascending=ascending)
    return found if ascending else reversed(found)


def _matches(params: EventSearch, event: SenderEvent) -> bool:
    names = (event_name(event).report, "bounces" if event.kind == "bounced" else "")
    return params.event in ("", *names) and params.email.lower() in ("", event.recipient.lower())
