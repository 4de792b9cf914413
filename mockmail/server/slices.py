"""Do long work on an event loop in slices, so that other requests are served in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.index import Range
from mockmail.core.mail.store import MailStore

T = TypeVar("T")

SLICE_SECONDS = 0.02
"""The time after which work lets the event loop do other work; one item may take longer."""


async def in_slices(items: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over the items, and let the event loop do other work each time SLICE_SECONDS have passed."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SLICE_SECONDS
    for item in items:
        yield item
        if loop.time() >= until:
            await asyncio.sleep(0)
            until = loop.time() + SLICE_SECONDS


async def search_in_slices(mail: MailStore, criteria: Criteria, *, limit: int, newest_first: bool = False) -> list[int]:
    """Return the cursors of the first messages that match, in order of arrival or newest first."""
    found: list[int] = []
    async for within in _ranges(mail, criteria, newest_first=newest_first):
        if len(found) < limit:
            found += mail.cursors(criteria, limit=limit - len(found), newest_first=newest_first, within=within)
    return found


async def count_in_slices(mail: MailStore, criteria: Criteria) -> int:
    """Return the number of messages that match."""
    if not criteria.terms():
        return mail.count(criteria)
    return sum([mail.count(criteria, within=within) async for within in _ranges(mail, criteria)])


async def _ranges(mail: MailStore, criteria: Criteria, *, newest_first: bool = False) -> AsyncIterator[Range]:
    while mail.index_more(criteria):  # noqa: ASYNC110  # this does work; it does not poll
        await asyncio.sleep(0)
    for number, within in enumerate(mail.ranges(criteria)[:: -1 if newest_first else 1]):
        if number:
            await asyncio.sleep(0)
        yield within
