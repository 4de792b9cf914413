"""The inbox of a MockMail: find messages, and wait for them."""

from __future__ import annotations

from collections.abc import Iterator

from mockmail.core.errors import WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.inprocess.bridge import LoopBridge
from mockmail.server.waiting import wait_for


class Inbox:
    """Every message of a sandbox, in order of arrival.

    The arguments of a search: `to` and `from_` are a whole address, or a part without a local part (`@example.com`);
    `subject` is a part of the subject; `text` is words of the body; `query` is a query of the control API; `after` is
    a message, and only messages that arrived after it match.
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
        """Return the messages that match every argument, in order of arrival."""
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
        """Return the first message that matches; wait for it if it has not arrived.

        Raise WaitTimeout after `timeout` seconds, with a list of the messages that arrived. This blocks an event loop:
        await `wait_for_async` there.
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
        """Return the first `count` messages that match; wait for them if needed. Raise WaitTimeout."""
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
        timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the messages that arrived
    ) -> Message:
        """Return the first message that matches, without blocking the event loop. Raise WaitTimeout."""
        __tracebackhide__ = True
        criteria = _criteria(to=to, from_=from_, subject=subject, text=text, query=query, after=after)
        try:
            found = await self._bridge.run_async(lambda world: wait_for(world.mail, criteria, timeout=timeout))
        except WaitTimeout as error:
            raise error.with_traceback(None) from None
        return found[0]

    def wait_for_all(self, count: int, criteria: Criteria, timeout: float) -> list[Message]:
        """Return the first `count` messages that match the criteria. Raise WaitTimeout."""
        __tracebackhide__ = True
        try:
            return self._bridge.run(lambda world: wait_for(world.mail, criteria, count=count, timeout=timeout))
        except WaitTimeout as error:
            raise error.with_traceback(None) from None  # the frames of the wait do not help the reader

    def clear(self) -> int:
        """Remove all messages and return how many there were."""
        return self._bridge.call(lambda world: world.mail.clear())


def _criteria(*, from_: str | None, after: Message | None, **given: str | None) -> Criteria:
    return Criteria(sender=from_, after=after.cursor if after is not None else 0, **given)
