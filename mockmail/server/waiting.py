"""Wait for messages or requests on an event loop, without polling. The control API and `MockMail` share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mockmail.core.errors import WaitEnded, WaitTimeout
from mockmail.core.journal import Exchange, Journal
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore
from mockmail.core.request_criteria import RequestCriteria
from mockmail.server.slices import in_slices, search_in_slices
from mockmail.server.turns import Turns
from mockmail.wire.masking import Masking

SHOWN = 5
"""The number of messages that the error of a timeout lists."""

Waits = set[Callable[[], None]]


class _Bell:
    """Wakes a wait when something arrived, or when the wait must end."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._is_ended = False

    def ring(self) -> None:
        self._rung.set()

    def end(self) -> None:
        self._is_ended = True
        self._rung.set()

    async def wait(self) -> None:
        """Return at the next ring, also at one since the last call. Raise WaitEnded when the wait is ended."""
        if not self._is_ended:
            await self._rung.wait()
            self._rung.clear()
        if self._is_ended:
            raise WaitEnded("the sandbox was deleted, or the server stopped, during the wait")

    @contextmanager
    def registered_in(self, waits: Waits | None) -> Iterator[None]:
        """Let the functions in `waits` end this wait for as long as it lasts."""
        if waits is None:
            yield
            return
        waits.add(self.end)
        try:
            yield
        finally:
            waits.discard(self.end)


async def wait_for(
    mail: MailStore,
    criteria: Criteria,
    turns: Turns,
    *,
    count: int = 1,
    timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the messages that arrived
    waits: Waits | None = None,
) -> list[int]:
    """Return the cursors of the first `count` messages that match, including those that arrived before.

    turns: those of the event loop. timeout: in seconds, from the end of the search for messages that arrived before.
    waits: gets a function that ends this wait, for as long as it lasts.
    Raise WaitTimeout after the timeout, WaitEnded when the wait is ended or the sandbox is deleted.
    """
    found: set[int] = set()
    newest = mail.last
    bell = _Bell()

    def collect(message: Message) -> None:
        nonlocal newest
        if message.cursor <= newest:  # the sandbox was reset, and cursors began again
            found.clear()
        newest = message.cursor
        if mail.fits(message, criteria):
            found.add(message.cursor)
            bell.ring()

    stop_observing = mail.observe(collect, bell.end)
    try:
        with bell.registered_in(waits):
            found.update(await search_in_slices(mail, criteria, turns, limit=count))
            async with asyncio.timeout(timeout if len(found) < count else None):
                while len(found) < count:
                    await bell.wait()
                    if len(found) >= count:
                        found.intersection_update([cursor for cursor in found if mail.has(cursor)])
    except TimeoutError:
        raise WaitTimeout(_describe_timeout(mail, criteria, count, len(found), timeout)) from None
    finally:
        stop_observing()
    return sorted(found)[:count]


async def wait_for_requests(
    journal: Journal,
    criteria: RequestCriteria,
    masking: Masking,
    turns: Turns,
    *,
    count: int = 1,
    timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the requests received
    waits: Waits | None = None,
) -> list[Exchange]:
    """Return the first `count` requests that match and have a response, including those received before.

    turns, timeout, waits: as in `wait_for`. masking: masks the secrets of the requests that an error lists.
    Raise WaitTimeout after the timeout, WaitEnded when the wait is ended or the sandbox is deleted.
    """
    found: list[Exchange] = []
    bell = _Bell()
    errors: list[Exception] = []

    def collect(exchange: Exchange) -> None:
        try:
            if criteria.matches(exchange):
                found.append(exchange)
                bell.ring()
        except Exception as error:  # noqa: BLE001  # a caller's function failed; the wait raises its error
            errors.append(error)
            bell.ring()

    stop_observing = journal.observe(collect, bell.end)
    try:
        with bell.registered_in(waits):
            kept = in_slices(list(journal), turns)
            found[:0] = [exchange async for exchange in kept if criteria.matches(exchange)]
            async with asyncio.timeout(timeout if len(found) < count else None):
                while len(found) < count:
                    await bell.wait()
                    if errors:
                        raise errors[0]
    except TimeoutError:
        from mockmail.wire.request_lines import describe_requests

        wanted = "no request matched" if count == 1 else f"{len(found)} of {count} requests matched"
        came = await asyncio.to_thread(describe_requests, list(journal), criteria, masking)  # bodies take long
        raise WaitTimeout(f"{wanted} {criteria} within {timeout:g} s. {came}") from None
    finally:
        stop_observing()
    return found[:count]


def _describe_timeout(mail: MailStore, criteria: Criteria, count: int, found: int, timeout: float) -> str:
    wanted = "no message matched" if count == 1 else f"{found} of {count} messages matched"
    since = Criteria(after=criteria.after)
    last = [mail.summary(cursor) for cursor in mail.cursors(since, limit=SHOWN, newest_first=True)]
    lines = [
        f"  from {message.from_!r} to {', '.join(message.envelope.recipients)}: {message.subject!r}"
        for message in last
        if message is not None
    ]
    arrived = f"The last {len(last)} of {mail.count(since)} messages:\n" + "\n".join(lines)
    return f"{wanted} {criteria} within {timeout:g} s. {arrived if last else 'No message arrived at all.'}"
