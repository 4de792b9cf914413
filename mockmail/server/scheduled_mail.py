"""Send scheduled messages when their time comes, by the clocks of their Worlds."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from mockmail.core.errors import LimitReached
from mockmail.core.senders.sending import next_due, send_due

if TYPE_CHECKING:
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World

log = logging.getLogger("mockmail.senders")

SENT_AT_ONCE = 20
"""The messages that are sent before the event loop does other work."""

RETRY_SECONDS = 10.0
"""The seconds after which messages are sent that the inbox had no room for."""

LONGEST_TIMER = 3600.0
"""The most seconds of a timer, which is then set again; event loops limit them."""


class ScheduledMail:
    """The alarms of Worlds that have scheduled messages. Call it on the event loop of the server."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._stop_observing = sandboxes.observe(self._sandbox)
        self._alarms: dict[World, _Alarm] = {}

    def changed(self, world: World, at: datetime | None) -> None:
        """Send a World's messages when they are due. at: when the next one is due; None: read it from the records."""
        alarm = self._alarms.get(world)
        if alarm is None:
            alarm = self._alarms[world] = _Alarm(world)
        alarm.changed(at)

    def close(self) -> None:
        """Stop sending."""
        self._stop_observing()
        for alarm in self._alarms.values():
            alarm.close()
        self._alarms.clear()

    def _sandbox(self, world: World, is_new: bool) -> None:
        alarm = None if is_new else self._alarms.pop(world, None)
        if alarm is not None:
            alarm.close()


class _Alarm:
    """Sends the messages of one World when its clock passes their time, or is moved past it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._due: datetime | None = None
        self._timer: asyncio.Handle | None = None
        self._is_closed = False
        self._stop_observing = world.clock.observe(self._clock_moved)

    def changed(self, at: datetime | None) -> None:
        if at is None:
            self._set(next_due(self._world))
        elif self._due is None or at < self._due:
            self._set(at)

    def close(self) -> None:
        self._is_closed = True
        self._stop_observing()
        self._cancel()

    def _set(self, due: datetime | None) -> None:
        self._cancel()
        self._due, clock = due, self._world.clock
        if due is None:
            return
        seconds = (due - clock.now()).total_seconds()
        if seconds <= 0:
            self._timer = self._loop.call_soon(self._ring)
        elif not clock.frozen:
            self._timer = self._loop.call_later(min(seconds, LONGEST_TIMER), self._ring)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _clock_moved(self) -> None:
        if self._due is None:
            return
        if self._world.database.in_transaction:  # a reset or a restore, whose records are not complete yet
            self._cancel()
            self._timer = self._loop.call_soon(self._ring)
        else:
            self._ring()

    def _ring(self) -> None:
        if self._is_closed:
            return
        self._cancel()
        try:
            sent = send_due(self._world, SENT_AT_ONCE) if self._is_due() else 0
        except LimitReached as error:
            log.warning("scheduled mail waits: %s", error)
            self._timer = self._loop.call_later(RETRY_SECONDS, self._ring)
        except Exception:
            log.exception("scheduled mail could not be sent")
            self._timer = self._loop.call_later(RETRY_SECONDS, self._ring)
        else:
            if sent == SENT_AT_ONCE:
                self._timer = self._loop.call_soon(self._ring)
            else:
                self._set(next_due(self._world))

    def _is_due(self) -> bool:
        return self._due is not None and self._due <= self._world.clock.now()
