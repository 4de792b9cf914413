"""Wait for messages on an event loop, without polling. The control API and `MockMail` share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mockmail.core.errors import WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore
from mockmail.server.slices import search_in_slices

SHOWN = 5
"""The number of messages that the error of a timeout lists."""


async def wait_for(
    mail: MailStore,
    criteria: Criteria,
    *,
    count: int = 1,
    timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the messages that arrived
    waits: set[Callable[[], None]] | None = None,
) -> list[int]:
    """Return the cursors of the first `count` messages that match, including those that arrived before.

    timeout: in seconds, from the end of the search for messages that arrived before.
    waits: gets a function that ends this wait, for as long as it lasts.
    Raise WaitTimeout after the timeout, WaitEnded when the wait is ended or the sandbox is deleted.
    """
    found: set[int] = set()
    newest = mail.last
    changed = asyncio.Event()
    is_ended = False

    def collect(message: Message) -> None:
        nonlocal newest
        if message.cursor <= newest:  # the sandbox was reset, and cursors began again
            found.clear()
        newest = message.cursor
        if mail.fits(message, criteria):
            found.add(message.cursor)
            changed.set()

    def end() -> None:
        nonlocal is_ended
        is_ended = True
        changed.set()

    waits = set() if waits is None else waits
    waits.add(end)
    stop_observing = mail.observe(collect, end)
    try:
        found.update(await search_in_slices(mail, criteria, limit=count))
        async with asyncio.timeout(timeout if len(found) < count else None):
            while len(found) < count:
                if is_ended:
                    raise WaitEnded("the sandbox was deleted, or the server stopped, during the wait for mail")
                changed.clear()
                await changed.wait()
                if len(found) >= count:
                    found.intersection_update([cursor for cursor in found if mail.has(cursor)])
    except TimeoutError:
        raise WaitTimeout(_describe_timeout(mail, criteria, count, len(found), timeout)) from None
    finally:
        stop_observing()
        waits.discard(end)
    return sorted(found)[:count]


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
