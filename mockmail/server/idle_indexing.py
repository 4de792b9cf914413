"""Index mail while little arrives, so that a first search of many messages does not have to."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from mockmail.core.errors import MockMailError

if TYPE_CHECKING:
    from mockmail.core.mail.store import MailStore
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World
    from mockmail.server.turns import Turns

log = logging.getLogger("mockmail.mail")

QUIET_SECONDS = 1.0
FEW = 10
"""Messages are indexed after this many seconds with at most this many new messages, until the next message arrives."""


class IdleIndexing:
    """Indexes the mail of a server's sandboxes until it is stopped. It belongs to the running event loop.

    It begins after each `MANY` messages of the mail store; fewer are left to a search.
    """

    def __init__(self, sandboxes: Sandboxes, turns: Turns) -> None:
        self._turns = turns
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[World, asyncio.Task[None]] = {}
        self._is_stopped = False
        self._stop_observing = sandboxes.observe(self._sandbox)
        for world in sandboxes:
            self._watch(world)

    def stop(self) -> None:
        """Stop indexing."""
        self._is_stopped = True
        self._stop_observing()
        for task in self._tasks.values():
            task.cancel()

    def _sandbox(self, world: World, is_new: bool) -> None:
        if is_new:
            self._watch(world)
        elif (task := self._tasks.pop(world, None)) is not None:
            task.cancel()

    def _watch(self, world: World) -> None:
        world.mail.when_many = partial(self._begin, world)
        if world.mail.has_many:
            self._begin(world)

    def _begin(self, world: World) -> None:
        if world not in self._tasks and not self._is_stopped:
            task = self._tasks[world] = self._loop.create_task(self._index(world))
            task.add_done_callback(lambda _: self._tasks.pop(world, None))

    async def _index(self, world: World) -> None:
        try:
            while await self._index_while_quiet(world.mail):
                pass
        except MockMailError as error:  # a search meets it too, and shows it
            log.info("mail of the sandbox %s is not indexed: %s", world.name, error)

    async def _index_while_quiet(self, mail: MailStore) -> bool:
        """Index messages until a new one arrives, half of the time; return whether there are more."""
        last = await _last_of_quiet(mail)
        while mail.last == last:
            await self._turns.next()
            begun = self._loop.time()
            if not mail.index_more():
                return False
            await asyncio.sleep(self._loop.time() - begun)
        return True


async def _last_of_quiet(mail: MailStore) -> int:
    """Wait until at most `FEW` messages have arrived in `QUIET_SECONDS`, and return the cursor of the last one."""
    while True:  # a bell would cost each message
        last = mail.last
        await asyncio.sleep(QUIET_SECONDS)
        if mail.last - last <= FEW:
            return mail.last
