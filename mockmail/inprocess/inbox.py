"""The inbox of a MockMail: find messages, and wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from mockmail.control.message_criteria import check_not_empty, criteria_of
from mockmail.control.messages import WaitBody
from mockmail.core.errors import InvalidValue, is_mistake
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import Change
from mockmail.core.mail.message import Message
from mockmail.core.mail.retention import PRUNED
from mockmail.core.mail.store import MailStore
from mockmail.core.validation import convert
from mockmail.core.world import World
from mockmail.inprocess.bridge import LoopBridge
from mockmail.server.turns import Turns
from mockmail.server.waiting import wait_for

if TYPE_CHECKING:
    from mockmail.core.mail.exporting import ExportFormat
    from mockmail.core.mail.importing import Format, Imported

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
        found = self._cursors(search)
        return self._bridge.call(lambda world: world.mail.read_all(found))

    def wait_for(self, *, timeout: float = 5.0, **search: Unpack[Search]) -> Message:
        """Return the first message that matches; wait for it if it has not arrived.

        Raise WaitTimeout after `timeout` seconds, with a list of the messages that arrived. This blocks an event loop:
        await `wait_for_async` there.
        """
        return self._wait("wait_for", search, 1, timeout)[0]

    def wait_for_count(self, count: int, *, timeout: float = 5.0, **search: Unpack[Search]) -> list[Message]:
        """Return the first `count` messages that match; wait for them if needed. Raise WaitTimeout."""
        return self._wait("wait_for_count", search, count, timeout)

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

    def mark(
        self,
        *,
        is_read: bool | None = None,
        tags: Sequence[str] | None = None,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
        **search: Unpack[Search],
    ) -> int:
        """Mark the messages that match as read or unread, and change their tags; return how many were changed.

        tags: replace all tags. Without an argument of a search, all messages are marked. Raise InvalidValue.
        """
        check_not_empty(search)
        change = Change(is_read=is_read, tags=tags, add_tags=add_tags, remove_tags=remove_tags)
        return self._in_slices(self._cursors(search), lambda mail, cursors: len(mail.marks.change(cursors, change)))

    @property
    def tags(self) -> dict[str, int]:
        """Return the tags of all messages, each with the number of its messages."""
        return self._bridge.call(lambda world: world.mail.marks.counts())

    def delete(self, **search: Unpack[Search]) -> int:
        """Remove the messages that match, and return how many there were.

        Raise InvalidValue without an argument, or for an empty one: `clear` removes all messages.
        """
        check_not_empty(search)
        if all(value is None for value in search.values()):
            raise InvalidValue("delete needs an argument such as query= or to=; clear() removes all messages")
        return self._in_slices(self._cursors(search), lambda mail, cursors: mail.remove_all(cursors))

    def import_from(self, path: str | Path, *, format: Format | None = None) -> int:  # noqa: A002  # as over HTTP
        """Store the messages of a file, a Maildir or a folder of `.eml` files, and return how many there were.

        format: eml, mbox, mboxo or zip; by default, the first bytes of the file decide.
        Raise InvalidValue for a file that cannot be read, LimitReached; the batches before it are stored.
        """
        from mockmail.core.mail.importing import batches, read_path, store

        source = batches(read_path(Path(path), format))
        return sum(self._bridge.call(partial(_apply, store, batch)) for batch in source)

    def export_to(
        self,
        path: str | Path,
        *,
        format: ExportFormat | None = None,  # noqa: A002  # as over HTTP
        **search: Unpack[Search],
    ) -> int:
        """Write the messages that match to a file, and return how many there were.

        format: mbox or zip; by default, zip for a name that ends in `.zip`, else mbox. Raise OSError, InvalidValue.
        """
        from mockmail.core.mail.exporting import format_of, writer_of
        from mockmail.core.mail.replacing import replaced

        path, count = Path(path), 0
        writer = writer_of(format or format_of(path))
        cursors = self._cursors(search)
        with replaced(path) as file:
            for cursor in cursors:
                message = self._bridge.call(partial(_read, cursor))
                if message is not None:
                    file.write(writer.add(message))
                    count += 1
            file.write(writer.finish(self._bridge.call(lambda world: world.clock.now())))
        return count

    def clear(self) -> int:
        """Remove all messages and return how many there were."""
        return self._bridge.call(lambda world: world.mail.clear())

    def _wait(self, called: str, search: Search, count: int, timeout: float) -> list[Message]:
        given = _Checked(search, count=count, timeout=timeout)
        return self._bridge.run(
            lambda world: given.wait(world.mail, self._turns),
            called=f"inbox.{called}",
            instead=f"await inbox.{called}_async",
        )

    def _cursors(self, search: Search) -> list[int]:
        given = _Checked(search)
        work = self._bridge.call(lambda world: world.mail.search(given.criteria(world.mail)))
        while self._bridge.call(lambda _: work.advance()):
            pass  # each slice is a call of its own, so that the server can respond to others in between
        return work.found

    def _in_slices(self, cursors: Sequence[int], work: Callable[[MailStore, Sequence[int]], int]) -> int:
        slices = [cursors[start : start + PRUNED] for start in range(0, len(cursors), PRUNED)]
        return sum(self._bridge.call(partial(_do, work, chosen)) for chosen in slices)


def _do(work: Callable[[MailStore, Sequence[int]], int], cursors: Sequence[int], world: World) -> int:
    return work(world.mail, cursors)


def _apply(work: Callable[[World, Sequence[Imported]], int], batch: Sequence[Imported], world: World) -> int:
    return work(world, batch)


def _read(cursor: int, world: World) -> Message | None:
    return world.mail.at(cursor)


def _message_at(mail: MailStore, index: int) -> Message:
    position = index if index >= 0 else -index - 1
    cursors = mail.cursors(Criteria(), limit=position + 1, newest_first=index < 0)
    message = mail.at(cursors[position])
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
        # The id of a removed message is unknown, but the message itself still has its cursor.
        self._after = after if isinstance(after, Message) else None
        self._body = convert(given | ({} if self._after else {"after": after}), WaitBody)

    def criteria(self, mail: MailStore) -> Criteria:
        """Return the criteria. Raise InvalidValue if no message has the id `after`."""
        criteria = criteria_of(mail, self._body)
        return criteria if self._after is None else replace(criteria, after=self._after.cursor)

    async def wait(self, mail: MailStore, turns: Turns) -> list[Message]:
        """Wait for messages. Raise InvalidValue, WaitTimeout."""
        given = self._body
        cursors = await wait_for(mail, self.criteria(mail), turns, count=given.count, timeout=given.timeout)
        return [message for message in map(mail.at, cursors) if message is not None]
