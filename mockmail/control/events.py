"""`/_mockmail/events`: what happens in the sandbox, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

from msgspec import Meta

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import InvalidValue, WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.sandboxes import Sandboxes
from mockmail.server.events import KINDS, Event, Subscription
from mockmail.server.turns import Turns

HEARTBEAT = 15.0
"""The seconds without an event after which a stream sends a comment, so that nobody on the way closes it."""


class EventQuery(Fields, frozen=True, kw_only=True):
    """The events to send."""

    kind: Annotated[str, Meta(description=f"kinds of events, separated by commas: {', '.join(KINDS)}")] = ""
    after: Annotated[
        str | None, Meta(description="the id of an event to go on after, like the header Last-Event-ID")
    ] = None
    query: Annotated[
        str | None,
        Meta(description="a query of docs/search.md; only events of messages that match it, and of other kinds"),
    ] = None
    all_sandboxes: Annotated[bool, Meta(description="true for the events of all sandboxes")] = False


@route(
    "GET",
    "events",
    query=EventQuery,
    responses={200: "The events, without an end.", 400: "There is no such kind of events, or the query is broken."},
    returns=bytes,
    media_type="text/event-stream",
)
async def stream_events(request: ControlRequest) -> ControlResponse:
    """Send events as they happen, as server-sent events; the header Last-Event-ID continues an earlier stream."""
    query: EventQuery = request.query
    criteria = Criteria(query=query.query) if query.query else None
    kinds = [kind.strip() for kind in query.kind.split(",") if kind.strip()]
    sandbox = None if query.all_sandboxes else request.sandbox
    after = query.after or request.headers.get("Last-Event-ID") or None
    try:
        subscription = request.events().subscribe(kinds, sandbox, after)
    except InvalidValue:
        if query.after or after is None:
            raise
        subscription = request.events().subscribe(kinds, sandbox, "0-0")  # a browser would send the id again for ever
    stream = _stream(subscription, request.sandboxes, criteria, request.turns)
    return ControlResponse(content_type="text/event-stream; charset=utf-8", stream=stream)


async def _stream(
    subscription: Subscription, sandboxes: Sandboxes, criteria: Criteria | None, turns: Turns
) -> AsyncGenerator[bytes, None]:
    try:
        yield f"retry: 1000\nid: {subscription.last_id}\n\n".encode()
        while True:
            try:
                event = await subscription.next(HEARTBEAT)
                await turns.begin()  # an event wakes all readers at once
                if criteria is None or event.kind != "message" or _fits(event, sandboxes, criteria):
                    yield _block(event)
            except WaitTimeout:
                yield b": heartbeat\n\n"
    except WaitEnded:
        return
    finally:
        subscription.close()


def _fits(event: Event, sandboxes: Sandboxes, criteria: Criteria) -> bool:
    """Return whether the message of an event matches; a message that was removed does not."""
    world = sandboxes.find(event.sandbox)
    message = world.mail.get(event.data["id"]) if world is not None else None
    return world is not None and message is not None and world.mail.fits(message, criteria)


def _block(event: Event) -> bytes:
    return f"id: {event.id}\nevent: {event.kind}\ndata: ".encode() + event.to_json() + b"\n\n"


ROUTES = (stream_events,)
