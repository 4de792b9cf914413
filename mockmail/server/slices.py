"""Do long work on an event loop in slices, so that other requests are served in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import Change
from mockmail.core.mail.retention import PRUNED
from mockmail.core.mail.search import Search
from mockmail.core.mail.store import MailStore
from mockmail.server.turns import Turns

T = TypeVar("T")

SLICE_SECONDS = 0.02
"""The time after which work lets the event loop do other work; one item may take longer."""


async def in_slices(items: Iterable[T], turns: Turns) -> AsyncIterator[T]:
    """Iterate over the items, and let the event loop do other work each time SLICE_SECONDS have passed."""
    loop = asyncio.get_running_loop()
    await turns.begin()
    until = loop.time() + SLICE_SECONDS
    for item in items:
        yield item
        if loop.time() >= until:
            await turns.next()
            until = loop.time() + SLICE_SECONDS


async def search_in_slices(
    mail: MailStore, criteria: Criteria, turns: Turns, *, limit: int, newest_first: bool = False
) -> list[int]:
    """Return the cursors of the first messages that match, in order of arrival or newest first."""
    search = mail.search(criteria, limit=limit, newest_first=newest_first)
    await _finish(search, turns)
    return search.found


async def count_in_slices(mail: MailStore, criteria: Criteria, turns: Turns) -> int:
    """Return the number of messages that match."""
    if criteria == Criteria():
        return len(mail)
    search = mail.search(criteria, counts=True)
    await _finish(search, turns)
    return search.count


async def change_in_slices(mail: MailStore, cursors: Sequence[int], change: Change, turns: Turns) -> int:
    """Change the marks of messages, and return the number of those that were changed. Raise InvalidValue."""
    slices = (cursors[start : start + PRUNED] for start in range(0, len(cursors), PRUNED))
    return sum([len(mail.marks.change(chosen, change)) async for chosen in in_slices(slices, turns)])


async def remove_in_slices(mail: MailStore, cursors: Sequence[int], turns: Turns) -> int:
    """Remove messages, and return the number of those that were there."""
    slices = (cursors[start : start + PRUNED] for start in range(0, len(cursors), PRUNED))
    return sum([mail.remove_all(chosen) async for chosen in in_slices(slices, turns)])


async def _finish(search: Search, turns: Turns) -> None:
    await turns.begin()
    while search.advance():
        await turns.next()
