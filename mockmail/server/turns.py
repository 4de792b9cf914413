"""Share an event loop between the long work of many requests."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """The turns of all work in slices on one event loop: in each of its iterations, one slice is done.

    Otherwise, the work of many requests would do a slice each before the event loop serves others.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_busy = False

    async def begin(self) -> None:
        """Wait for a turn if others do."""
        if self._is_busy:
            await self.next()
        else:
            self._pass_on()

    async def next(self) -> None:
        """End a slice, and wait for the next turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if not self._is_busy:
            self._pass_on()
        await turn

    def _pass_on(self) -> None:
        self._is_busy = True
        asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else its task was cancelled
                turn.set_result(None)
                self._pass_on()
                return
        self._is_busy = False
