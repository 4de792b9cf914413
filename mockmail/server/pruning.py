"""Remove messages that are older than `max_age`, on a timer and when a clock is moved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from mockmail.core.errors import StorageFull

if TYPE_CHECKING:
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World

log = logging.getLogger("mockmail.mail")

EVERY = 10.0
"""The seconds between two looks at the oldest message of each sandbox; a look reads nothing from the disk."""


class Pruning:
    """Removes the old messages of a server's sandboxes until it is stopped. It belongs to the running event loop."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._stops = [sandboxes.observe(self._sandbox), *(world.clock.observe(self._ring) for world in sandboxes)]
        self._task = self._loop.create_task(self._run())

    def stop(self) -> None:
        """Stop removing messages."""
        self._task.cancel()
        for stop in self._stops:
            with suppress(ValueError):
                stop()

    def _sandbox(self, world: World, is_new: bool) -> None:
        if is_new:
            self._stops.append(world.clock.observe(self._ring))

    def _ring(self) -> None:
        with suppress(RuntimeError):  # a test may move a clock on another thread, and when the loop was closed
            self._loop.call_soon_threadsafe(self._bell.set)

    async def _run(self) -> None:
        while True:
            for world in self._sandboxes:
                await _prune(world)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._bell.wait()
            self._bell.clear()


def start_pruning(sandboxes: Sandboxes, age: float | None) -> Callable[[], None]:
    """Begin to remove messages older than `age` seconds, unless it is None. Return a function that stops it."""
    return (lambda: None) if age is None else Pruning(sandboxes).stop


async def _prune(world: World) -> None:
    try:
        while world.mail.remove_expired():  # noqa: ASYNC110  # this does work; it does not poll
            await asyncio.sleep(0)
    except StorageFull as error:  # also of a sandbox that was removed meanwhile; the next look tries again
        log.info("old messages of the sandbox %s stay: %s", world.name, error)
