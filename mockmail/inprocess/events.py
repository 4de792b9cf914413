"""The events of a MockMail, for `for` and `async for`."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from mockmail.core.errors import WaitEnded, is_mistake
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.server.events import Event, Subscription

__tracebackhide__ = is_mistake


class EventStream:
    """An iterator over events, from the moment it is made. It ends when it is closed or the server stops.

    Use `for` in ordinary code and `async for` on an event loop.
    """

    def __init__(self, bridge: LoopBridge, subscription: Subscription, timeout: float | None) -> None:
        self._bridge = bridge
        self._subscription = subscription
        self._timeout = timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        try:
            return self._bridge.run(lambda _: self._subscription.next(self._timeout), called="for", instead="async for")
        except WaitEnded:
            raise StopIteration from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        try:
            return await self._bridge.run_async(lambda _: self._subscription.next(self._timeout))
        except WaitEnded:
            raise StopAsyncIteration from None

    def close(self) -> None:
        """End the iteration, also one in progress."""
        self._bridge.call(lambda _: self._subscription.close())
