"""The inbox of a MockMail: every message that was sent, to look at and to wait for."""

from __future__ import annotations

from collections.abc import Iterator

from mockmail.control.waiting import wait_for
from mockmail.core.errors import WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.inprocess.bridge import LoopBridge


class Inbox:
    """Every message of a sandbox, in order of arrival.

    Wherever messages are looked for: `to` and `from_` are a whole address, or any part of one that has no local part;
    `subject` is any part of the subject; `text` is words of the body; `query` is as in the web API;
    `after` is a message, to look only at what came later.
    """

    def __init__(self, bridge: LoopBridge) -> None:
        self._bridge = bridge

    def __repr__(self) -> str:
        return f"<Inbox: {len(self)} messages>"

    def __len__(self) -> int:
        return self._bridge.call(lambda world: len(world.mail))

    def __iter__(self) -> Iterator[Message]:
        return iter(self.find())

    def __getitem__(self, index: int) -> Message:
        return self.find()[index]

    def find(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        query: str | None = None,
        after: Message | None = None,
    ) -> list[Message]:
        """The messages that are there and fit all that is given, in order of arrival."""
        criteria = _criteria(to=to, from_=from_, subject=subject, text=text, query=query, after=after)
        return self._bridge.call(lambda world: world.mail.find(criteria))

    def wait_for(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        query: str | None = None,
        after: Message | None = None,
        timeout: float = 5.0,
    ) -> Message:
        """The first message that fits, waiting for it if it is not there.

        Raises WaitTimeout after `timeout` seconds, saying what came instead. On an event loop it blocks that loop:
        there, await `wait_for_async`.
        """
        __tracebackhide__ = True
        return self.wait_for_all(
            1, _criteria(to=to, from_=from_, subject=subject, text=text, query=query, after=after), timeout
        )[0]

    def wait_for_count(
        self,
        count: int,
        *,
        to: str | None = None,
        from_: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        query: str | None = None,
        after: Message | None = None,
        timeout: float = 5.0,
    ) -> list[Message]:
        """The first `count` messages that fit, waiting for them if they are not there. Raises WaitTimeout."""
        __tracebackhide__ = True
        return self.wait_for_all(
            count, _criteria(to=to, from_=from_, subject=subject, text=text, query=query, after=after), timeout
        )

    async def wait_for_async(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        query: str | None = None,
        after: Message | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109  # the time-out's error says what came instead
    ) -> Message:
        """`wait_for`, without blocking the event loop. Raises WaitTimeout."""
        __tracebackhide__ = True
        criteria = _criteria(to=to, from_=from_, subject=subject, text=text, query=query, after=after)
        try:
            found = await self._bridge.run_async(lambda world: wait_for(world.mail, criteria, timeout=timeout))
        except WaitTimeout as error:
            raise error.with_traceback(None) from None
        return found[0]

    def wait_for_all(self, count: int, criteria: Criteria, timeout: float) -> list[Message]:
        """The first `count` messages that fit. Raises WaitTimeout."""
        __tracebackhide__ = True
        try:
            return self._bridge.run(lambda world: wait_for(world.mail, criteria, count=count, timeout=timeout))
        except WaitTimeout as error:
            raise error.with_traceback(None) from None  # how a wait works is of no use to who waited

    def clear(self) -> int:
        """Forget all messages, and return how many they were."""
        return self._bridge.call(lambda world: world.mail.clear())


def _criteria(*, from_: str | None, after: Message | None, **given: str | None) -> Criteria:
    return Criteria(sender=from_, after=after.cursor if after is not None else 0, **given)
