"""An event loop in its own thread, for servers in the same process as the code that uses them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from mockmail.core.errors import NotRunning

T = TypeVar("T")

PATIENCE = 1.0
"""The seconds that cancelled tasks have to end."""


class LoopThread:
    """A running event loop. `close` ends it; so does the end of the process."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="mockmail", daemon=True)
        self._thread.start()

    def is_here(self) -> bool:
        """Return whether the caller runs on this thread, where waiting for the loop would never end."""
        return threading.current_thread() is self._thread

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result. Raise NotRunning after `close`."""
        self._check(work)
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function on the loop and return its result. Raise NotRunning after `close`."""
        self._check()
        outcome: Future[T] = Future()

        def work() -> None:
            try:
                outcome.set_result(function())
            except BaseException as error:  # noqa: BLE001  # it is raised again in the caller's thread
                outcome.set_exception(error)

        self.loop.call_soon_threadsafe(work)
        return outcome.result()

    def close(self) -> None:
        """Cancel the tasks of the loop, and end the loop and its thread."""
        if self._thread.is_alive():
            self.run(_end_tasks())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    def _check(self, unused: Coroutine[Any, Any, Any] | None = None) -> None:
        if self.loop.is_closed():
            if unused is not None:
                unused.close()
            raise NotRunning("MockMail is not running; use it inside `with`.")

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


async def _end_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=PATIENCE)
