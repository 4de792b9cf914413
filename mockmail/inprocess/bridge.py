"""Call a World on its event loop from a test's code: blocking, or from asyncio or trio."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
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

    def run(self, work: Callable[[World], Coroutine[Any, Any, T]], *, called: str, instead: str) -> T:
        """Run a coroutine with the World, block, and return its result.

        called: what the user wrote, for the error. instead: what to write in asynchronous code.
        Raise WouldBlock in asynchronous code, NotRunning if the server is not running.
        """
        if self._thread is None and not is_on_asyncio():
            raise NotRunning("MockMail is not running; use it inside `with`.")
        if self._thread is None or self._thread.is_here() or _is_in_a_task():
            raise WouldBlock(
                f"`{called}` would block the running event loop, and the application if it runs there; use `{instead}`"
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
            future = asyncio.run_coroutine_threadsafe(self._work(work), self._thread.loop)
            return await (asyncio.wrap_future(future) if is_on_asyncio() else _awaited_by_trio(future))
        except MockMailError as error:
            raise _shortened(error) from None

    async def _work(self, work: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        return await work(self._world())


def _shortened(error: MockMailError) -> MockMailError:
    """Return an error without the frames of the server's thread, which do not help the reader."""
    return error.with_traceback(None)


def is_on_asyncio() -> bool:
    """Return whether an asyncio event loop runs on this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _awaited_by_trio(future: Future[T]) -> T:
    import trio

    done, token = trio.Event(), trio.lowlevel.current_trio_token()
    future.add_done_callback(lambda _: token.run_sync_soon(done.set))
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    return future.result()


def _is_in_a_task() -> bool:
    # A running loop is not enough: Playwright's synchronous API leaves one running, and a test may block there.
    if is_on_asyncio():
        return asyncio.current_task() is not None
    trio: Any = sys.modules.get("trio")
    try:
        return trio is not None and trio.lowlevel.current_task() is not None
    except RuntimeError:
        return False
