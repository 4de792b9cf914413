"""Events: what happens in the sandboxes of a server, for streams, `MockMail.events` and webhooks.

Observation begins with the first subscription, and ends some time after the last subscription.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import msgspec

from mockmail.core.clock import Clock, monotonic
from mockmail.core.errors import InvalidValue, WaitEnded, WaitTimeout
from mockmail.wire.masking import Masking

if TYPE_CHECKING:
    from mockmail.core.journal import Exchange
    from mockmail.core.mail.marks import Change
    from mockmail.core.mail.message import Message
    from mockmail.core.mail.removals import Removal
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.smtp_faults import SmtpFault
    from mockmail.core.world import World

KINDS = ("message", "mark", "removal", "request", "fault", "state", "clock", "sandbox")
"""The kinds of events that can be chosen. A reader may also get `missed`."""

EVENT_BYTES = 1000
"""Bytes of memory of an event, besides its JSON."""

LONGEST_EVENT = 32 << 10
"""The bytes of JSON of an event over which its facts are shortened, because each reader gets a copy."""

LONGEST_TEXT = 1000
MOST_ITEMS = 20
"""The most characters of a text, and the most items of a list, in an event that is shortened."""

KEPT_SECONDS = 60.0
"""The seconds for which events are kept for a reader that may come back, after the last one has gone."""

_ID = re.compile(r"([0-9a-f]{1,16})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    id: where a reader that reconnects continues. kind: one of `KINDS`, or `missed`.
    sandbox: its name. at: the time in the sandbox. data: the facts, with secrets masked.
    """

    id: str
    kind: str
    sandbox: str
    at: str
    data: dict[str, Any]

    _json: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)

    def to_json(self) -> bytes:
        """Return the event as one line of JSON, which all readers share."""
        if not self._json:
            content = {name: getattr(self, name) for name in ("id", "kind", "sandbox", "at", "data")}
            self._json.append(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
        return self._json[0]


class Events:
    """The last events of a server, oldest first. `subscribe` begins to record them.

    limit: over this many bytes of memory, the oldest are removed. last: the number of the newest event.
    """

    def __init__(self, sandboxes: Sandboxes, limit: int) -> None:
        self._sandboxes = sandboxes
        self._limit = limit
        self._run = f"{int(Clock().timestamp() * 1000):x}"
        self._events: deque[tuple[Event, int]] = deque()
        self._held = 0
        self.last = 0
        self._unrecorded_until = 0
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self._last_heard = 0.0
        self._stops: dict[World | None, list[Callable[[], None]]] = {}
        self._masking: Masking | None = None
        self._loop: asyncio.AbstractEventLoop
        self._thread = 0

    def __repr__(self) -> str:
        return f"<Events: {len(self._events)}, {len(self._subscriptions)} readers>"

    @property
    def first(self) -> int:
        """Return the number of the oldest event that is kept; without one, that of the next event."""
        return self.last - len(self._events) + 1

    @property
    def is_recording(self) -> bool:
        """Return whether events are recorded."""
        return bool(self._stops)

    def subscribe(
        self, kinds: Collection[str] = (), sandbox: str | None = None, after: str | None = None
    ) -> Subscription:
        """Return the events from now on, or those after the event with the id `after`.

        Call it on the event loop of the server.
        kinds: the kinds to return; empty for all. sandbox: the name of a sandbox; None for all of them.
        Raise InvalidValue for an unknown kind or an invalid id.
        """
        for kind in kinds:
            if kind not in KINDS:
                raise InvalidValue(f"kind must be one of {', '.join(KINDS)}, not {kind[:80]!r}")
        position = self.last if after is None else self._position(after)
        subscription = Subscription(self, frozenset(kinds), sandbox, position)
        self._subscriptions.add(subscription)
        self._loop, self._thread = asyncio.get_running_loop(), get_ident()
        if not self._stops:
            self._stops[None] = [self._sandboxes.observe(self._sandbox)]
            for world in self._sandboxes:
                self._observe(world)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a subscription that ended."""
        self._subscriptions.discard(subscription)
        self._last_heard = monotonic()

    def close(self) -> None:
        """End all subscriptions, because the server stops."""
        for subscription in list(self._subscriptions):
            subscription.close()
        self._stop_recording()

    def at(self, number: int) -> Event:
        """Return the event with this number, which must be kept."""
        return self._events[number - self.first][0]

    def missed(self, position: int) -> Event | None:
        """Return the event `missed` with the number of removed events after a position; None if there are none."""
        if self.first <= position + 1:
            return None
        count = None if position < self._unrecorded_until else self.first - position - 1
        return Event(id=self.id_of(self.first - 1), kind="missed", sandbox="", at="", data={"missed": count})

    def id_of(self, number: int) -> str:
        """Return the id of an event."""
        return f"{self._run}-{number}"

    def publish(self, world: World, kind: str, data: dict[str, Any]) -> None:
        """Record an event and wake the readers. A test may change the clock on a thread of its own."""
        if self.pass_on(self.publish, world, kind, data):
            return
        if self._subscriptions:
            self._last_heard = monotonic()
        elif monotonic() - self._last_heard > KEPT_SECONDS:
            self._stop_recording()
            return
        self.last += 1
        at = world.clock.now().isoformat()
        event = Event(id=self.id_of(self.last), kind=kind, sandbox=world.name, at=at, data=data)
        if len(event.to_json()) > LONGEST_EVENT:
            event = Event(id=event.id, kind=kind, sandbox=world.name, at=at, data=_shortened(data))
        size = EVENT_BYTES + 2 * len(event.to_json())  # the facts, and their JSON
        self._events.append((event, size))
        self._held += size
        while self._held > self._limit and len(self._events) > 1:
            self._held -= self._events.popleft()[1]
        for subscription in list(self._subscriptions):
            subscription.wake()

    def pass_on(self, call: Callable[..., None], *arguments: Any) -> bool:
        """Return whether this is another thread than the event loop's, which then makes the call."""
        if get_ident() == self._thread:
            return False
        with suppress(RuntimeError):  # the loop was closed
            self._loop.call_soon_threadsafe(call, *arguments)
        return True

    def _position(self, event_id: str) -> int:
        found = _ID.fullmatch(event_id)
        if found is None:
            raise InvalidValue(f"after must be the id of an event, not {event_id[:80]!r}")
        number = int(found[2])
        # An id of another run of the server: everything in between is missed.
        return number if found[1] == self._run and number <= self.last else -1

    def _observe(self, world: World) -> None:
        self._stops[world] = [
            world.journal.observe(partial(self._request, world)),
            world.mail.observe(partial(self._message, world)),
            world.mail.marks.observe(partial(self._mark, world)),
            world.mail.removals.observe(partial(self._removal, world)),
            world.clock.observe(partial(self._clock, world)),
            world.store.observe(partial(self._state, world)),
            world.smtp_faults.observe(partial(self._smtp_fault, world)),
        ]

    def _stop_recording(self) -> None:
        for stop in [stop for stops in self._stops.values() for stop in stops]:
            with suppress(ValueError):
                stop()
        self._stops.clear()
        self._events.clear()
        self._held = 0
        self.last += 1  # what happens from now on has no number of its own
        self._unrecorded_until = self.last

    def _request(self, world: World, exchange: Exchange) -> None:
        from mockmail.control.request_documents import summary  # a server without a reader does not need it

        if self._masking is None:
            self._masking = Masking(world.vendors)
        self.publish(world, "request", _facts(summary(exchange, self._masking(exchange))))
        if exchange.fault is not None:
            facts = {"vendor": exchange.vendor, "operation": exchange.operation, "request": exchange.id}
            self.publish(world, "fault", {"fault": exchange.fault, **facts})

    def _smtp_fault(self, world: World, fault: SmtpFault) -> None:
        self.publish(world, "fault", {"fault": str(fault), "vendor": None, "operation": None, "request": None})

    def _message(self, world: World, message: Message) -> None:
        self.publish(world, "message", _facts(message.summary()))

    def _mark(self, world: World, ids: Sequence[str], change: Change) -> None:
        self.publish(world, "mark", {"ids": list(ids), **asdict(change)})

    def _removal(self, world: World, removal: Removal) -> None:
        self.publish(world, "removal", {"ids": list(removal.ids), "all": removal.all})

    def _clock(self, world: World) -> None:
        self.publish(world, "clock", {"now": world.clock.now().isoformat(), "frozen": world.clock.frozen})

    def _state(self, world: World, tables: list[str]) -> None:
        self.publish(world, "state", {"tables": tables})

    def _sandbox(self, world: World, is_new: bool) -> None:
        if is_new:
            self._observe(world)
        else:
            for stop in self._stops.pop(world, []):
                stop()
        self.publish(world, "sandbox", {"name": world.name, "change": "added" if is_new else "removed"})


class Subscription:
    """A reader's place among the events. Iterate with `next`, and `close` it at the end."""

    def __init__(self, events: Events, kinds: frozenset[str], sandbox: str | None, position: int) -> None:
        self._events = events
        self._kinds = kinds
        self._sandbox = sandbox
        self._position = position
        self._bell = asyncio.Event()
        self._is_closed = False

    @property
    def last_id(self) -> str:
        """Return the id from which a reader that comes back goes on."""
        return self._events.id_of(max(self._position, 0))

    def wake(self) -> None:
        """Note that there may be another event."""
        self._bell.set()

    def close(self) -> None:
        """End the subscription; `next` raises WaitEnded. Any thread may call it."""
        self._is_closed = True
        if self._events.pass_on(self.close):
            return
        self._events.unsubscribe(self)
        self._bell.set()

    async def next(self, timeout: float | None = None) -> Event:  # noqa: ASYNC109  # it has an error of its own
        """Return the next event, waiting for it if needed.

        Raise WaitTimeout after `timeout` seconds, WaitEnded when the subscription is closed or the server stops.
        """
        try:
            async with asyncio.timeout(timeout):
                while not self._is_closed:
                    if (event := self._take()) is not None:
                        return event
                    self._bell.clear()
                    await self._bell.wait()
        except TimeoutError:
            kinds = " or ".join(sorted(self._kinds)) or "any kind"
            raise WaitTimeout(f"no event of {kinds} happened within {timeout:g} s") from None
        raise WaitEnded("the subscription to events was closed, or the server stopped")

    def _take(self) -> Event | None:
        missed = self._events.missed(self._position)
        if missed is not None:
            self._position = self._events.first - 1
            return missed
        while self._position < self._events.last:
            self._position += 1
            event = self._events.at(self._position)
            if (not self._kinds or event.kind in self._kinds) and self._sandbox in (None, event.sandbox):
                return event
        return None


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, (list, tuple)):
        return [_shortened(item) for item in value[:MOST_ITEMS]]
    return {name: _shortened(item) for name, item in value.items()} if isinstance(value, dict) else value


def _facts(document: msgspec.Struct) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(document, builtin_types=(datetime,))
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
