"""Call a World on its event loop from a test's code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from mockmail.core.errors import MockMailError, NotRunning, WouldBlock, is_mistake
from mockmail.core.world import World
from mockmail.server.loop_thread import LoopThread

T = TypeVar("T")

__tracebackhide__ = is_mistake


class LoopBridge:
    """Calls functions of one World on the event loop that the World belongs to.

    thread: the thread of that loop; None for the caller's own running loop.
    """

    def __init__(self, thread: LoopThread | None, world: Callable[[], World]) -> None:
        self._thread = thread
        self._world = world

    def call(self, function: Callable[[World], T]) -> T:
        """Call a function with the World and return its result. Raise NotRunning."""
        try:
            if self._thread is None or self._thread.is_here():
                return function(self._world())
            return self._thread.call(lambda: function(self._world()))
        except MockMailError as error:
            raise _shortened(error) from None

    def run(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine with the World, block, and return its result.

        Raise WouldBlock on the World's own loop, NotRunning without one.
        """
        if self._thread is None and not _is_on_a_loop():
            raise NotRunning("MockMail is not running; use it inside `with`.")
        if self._thread is None or self._thread.is_here():
            raise WouldBlock(
                "this call would block the event loop that MockMail runs on; await the `_async` method instead"
            )
        try:
            return self._thread.run(self._work(work))
        except MockMailError as error:
            raise _shortened(error) from None

    async def run_async(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine with the World and return its result, without blocking this loop."""
        try:
            if self._thread is None or self._thread.is_here():
                return await self._work(work)
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._work(work), self._thread.loop))
        except MockMailError as error:
            raise _shortened(error) from None

    async def _work(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        return await work(self._world())


def _shortened(error: MockMailError) -> MockMailError:
    """Return an error without the frames of the server's thread, which do not help the reader."""
    return error.with_traceback(None)


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
