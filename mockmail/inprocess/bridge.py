"""The way from a test's code to a World that lives on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from mockmail.core.errors import MockMailError, NotRunning
from mockmail.core.world import World
from mockmail.server.loop_thread import LoopThread

T = TypeVar("T")


class WouldBlock(MockMailError, RuntimeError):
    """A blocking call on the very loop that would have to do the work: await the async one instead."""


class LoopBridge:
    """Calls that touch one World, made where it lives.

    thread: the thread of the World's loop; None when that is the caller's own running loop.
    """

    def __init__(self, thread: LoopThread | None, world: Callable[[], World]) -> None:
        self._thread = thread
        self._world = world

    def call(self, function: Callable[[World], T]) -> T:
        """What a function of the World returns."""
        if self._thread is None or self._thread.is_here():
            return function(self._world())
        return self._thread.call(lambda: function(self._world()))

    def run(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        """What a coroutine of the World returns. Raises WouldBlock on the World's own loop, NotRunning without one."""
        if self._thread is None and not _is_on_a_loop():
            raise NotRunning("this mockmail does not run: nothing can arrive outside its `with`")
        if self._thread is None or self._thread.is_here():
            raise WouldBlock("this would block the loop that mockmail runs on: await the `_async` call instead")
        return self._thread.run(self._work(work))

    async def run_async(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        """What a coroutine of the World returns, while this loop goes on."""
        if self._thread is None or self._thread.is_here():
            return await self._work(work)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._work(work), self._thread.loop))

    async def _work(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        return await work(self._world())


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
