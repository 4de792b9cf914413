"""The inbox of a MockMail: find messages, and wait for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypedDict, Unpack

from mockmail.control.messages import WaitBody, criteria_of
from mockmail.core.errors import is_mistake
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore
from mockmail.core.validation import convert
from mockmail.inprocess.bridge import LoopBridge
from mockmail.server.turns import Turns
from mockmail.server.waiting import wait_for

__tracebackhide__ = is_mistake


class Search(TypedDict, total=False):
    """The arguments of a search.

    to, from_: a whole address, or a part without a local part (`@example.com`).
    subject: a part of the subject. text: words of the body. query: a query of the grammar in docs/search.md.
    after: a message or its id; only messages that arrived after it match.
    A wrong argument raises InvalidValue, with the error of the control API.
    """

    to: str | None
    from_: str | None
    subject: str | None
    text: str | None
    query: str | None
    after: Message | str | None


class Inbox:
    """Every message of a sandbox, in order of arrival.

    See `Search` for the arguments of a search; a message must match each of them.
    """

    def __init__(self, bridge: LoopBridge, turns: Turns) -> None:
        self._bridge = bridge
        self._turns = turns

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
        given = _Checked(search)
        work = self._bridge.call(lambda world: world.mail.search(given.criteria(world.mail)))
        while self._bridge.call(lambda _: work.advance()):
            pass  # each slice is a call of its own, so that the server can respond to others in between
        return self._bridge.call(lambda world: world.mail.read_all(work.found))

    def wait_for(self, *, timeout: float = 5.0, **search: Unpack[Search]) -> Message:
        """Return the first message that matches; wait for it if it has not arrived.

        Raise WaitTimeout after `timeout` seconds, with a list of the messages that arrived. This blocks an event loop:
        await `wait_for_async` there.
        """
        return self.wait_for_count(1, timeout=timeout, **search)[0]

    def wait_for_count(self, count: int, *, timeout: float = 5.0, **search: Unpack[Search]) -> list[Message]:
        """Return the first `count` messages that match; wait for them if needed. Raise WaitTimeout."""
        given = _Checked(search, count=count, timeout=timeout)
        return self._bridge.run(lambda world: given.wait(world.mail, self._turns))

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
        given = _Checked(search, count=count, timeout=timeout)
        return await self._bridge.run_async(lambda world: given.wait(world.mail, self._turns))

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


class _Checked:
    """The arguments of a search or a wait, checked like a body of the control API. Raise InvalidValue."""

    def __init__(self, search: Search, **wait: float) -> None:
        given: dict[str, Any] = {**search, **wait}
        after = given.pop("after", None)
        if "from_" in given:
            given["from"] = given.pop("from_")
        # The id of a message that was removed is unknown, but the message itself still has its place.
        self._after = after if isinstance(after, Message) else None
        self._body = convert(given | ({} if self._after else {"after": after}), WaitBody)

    def criteria(self, mail: MailStore) -> Criteria:
        """Return the criteria. Raise InvalidValue if `after` is the id of no message."""
        criteria = criteria_of(mail, self._body)
        return criteria if self._after is None else replace(criteria, after=self._after.cursor)

    async def wait(self, mail: MailStore, turns: Turns) -> list[Message]:
        """Wait for messages. Raise InvalidValue, WaitTimeout."""
        given = self._body
        cursors = await wait_for(mail, self.criteria(mail), turns, count=given.count, timeout=given.timeout)
        return [message for message in map(mail.at, cursors) if message is not None]
