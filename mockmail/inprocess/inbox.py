"""The inbox of a MockMail: find messages, and wait for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict, Unpack

from mockmail.core.errors import is_mistake
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore
from mockmail.inprocess.bridge import LoopBridge
from mockmail.server.waiting import wait_for

__tracebackhide__ = is_mistake


class Search(TypedDict, total=False):
    """The arguments of a search.

    to, from_: a whole address, or a part without a local part (`@example.com`).
    subject: a part of the subject. text: words of the body. query: a query of the control API.
    after: a message; only messages that arrived after it match.
    """

    to: str | None
    from_: str | None
    subject: str | None
    text: str | None
    query: str | None
    after: Message | None


class Inbox:
    """Every message of a sandbox, in order of arrival.

    See `Search` for the arguments of a search; a message must match each of them.
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
        return self._bridge.call(lambda world: _message_at(world.mail, index))

    def find(self, **search: Unpack[Search]) -> list[Message]:
        """Return the messages that match every argument, in order of arrival."""
        criteria = _criteria(**search)
        while self._bridge.call(lambda world: world.mail.index_more(criteria)):
            pass  # each slice is a call of its own, so that the server can respond to others in between
        return self._bridge.call(lambda world: world.mail.find(criteria))

    def wait_for(self, *, timeout: float = 5.0, **search: Unpack[Search]) -> Message:
        """Return the first message that matches; wait for it if it has not arrived.

        Raise WaitTimeout after `timeout` seconds, with a list of the messages that arrived. This blocks an event loop:
        await `wait_for_async` there.
        """
        return self.wait_for_all(1, _criteria(**search), timeout)[0]

    def wait_for_count(self, count: int, *, timeout: float = 5.0, **search: Unpack[Search]) -> list[Message]:
        """Return the first `count` messages that match; wait for them if needed. Raise WaitTimeout."""
        return self.wait_for_all(count, _criteria(**search), timeout)

    async def wait_for_async(
        self,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the messages that arrived
        **search: Unpack[Search],
    ) -> Message:
        """Return the first message that matches, without blocking the event loop. Raise WaitTimeout."""
        return (await self.wait_for_count_async(1, timeout=timeout, **search))[0]

    async def wait_for_count_async(
        self,
        count: int,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # as in `wait_for_async`
        **search: Unpack[Search],
    ) -> list[Message]:
        """Return the first `count` messages that match, without blocking the event loop. Raise WaitTimeout."""
        criteria = _criteria(**search)
        return await self._bridge.run_async(lambda world: _wait(world.mail, criteria, count, timeout))

    def wait_for_all(self, count: int, criteria: Criteria, timeout: float) -> list[Message]:
        """Return the first `count` messages that match the criteria. Raise WaitTimeout."""
        return self._bridge.run(lambda world: _wait(world.mail, criteria, count, timeout))

    def clear(self) -> int:
        """Remove all messages and return how many there were."""
        return self._bridge.call(lambda world: world.mail.clear())


def _message_at(mail: MailStore, index: int) -> Message:
    place = index if index >= 0 else -index - 1
    cursors = mail.cursors(Criteria(), limit=place + 1, newest_first=index < 0)
    message = mail.at(cursors[place])
    if message is None:
        raise IndexError(index)
    return message


async def _wait(mail: MailStore, criteria: Criteria, count: int, timeout: float) -> list[Message]:  # noqa: ASYNC109
    found = map(mail.at, await wait_for(mail, criteria, count=count, timeout=timeout))
    return [message for message in found if message is not None]


def _criteria(*, from_: str | None = None, after: Message | None = None, **given: str | None) -> Criteria:
    return Criteria(sender=from_, after=after.cursor if after is not None else 0, **given)
