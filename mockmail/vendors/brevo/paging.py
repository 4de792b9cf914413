"""Brevo's lists: a period, an order, `limit` and `offset` (docs/wire/brevo.md 6, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from mockmail.core.state.records import Record, read_timestamp
from mockmail.core.state.typed_records import Records
from mockmail.vendors.brevo.errors import invalid
from mockmail.vendors.brevo.parameters import Page, WebhookSearch

R = TypeVar("R", bound=Record)

READ_AT_ONCE = 500
A_DAY = timedelta(days=1)


def is_ascending(page: Page | WebhookSearch) -> bool:
    """Return whether the oldest come first. Raise BrevoError."""
    if page.sort not in ("asc", "desc"):
        raise invalid("sort")
    return page.sort == "asc"


def in_order(records: Records[R], *, ascending: bool) -> Iterator[R]:
    """Yield all records from the oldest or the newest on, each when it is asked for."""
    total = len(records)
    for done in range(0, total, READ_AT_ONCE):
        size = min(READ_AT_ONCE, total - done)
        found = records.page(done if ascending else total - done - size, size)
        yield from found if ascending else reversed(found)


class Between:
    """The time between two days, both included; without a limit where a text is empty. Raise BrevoError."""

    def __init__(self, start: str, end: str) -> None:
        self.start = _day("startDate", start)
        self.end = _day("endDate", end)
        if self.end is not None and "T" not in end:
            self.end += A_DAY - timedelta(microseconds=1)

    def has(self, at: str) -> bool:
        """Return whether a time of a record lies between the days."""
        if self.start is None and self.end is None:
            return True
        moment = read_timestamp(at)
        return (self.start is None or self.start <= moment) and (self.end is None or moment <= self.end)


def _day(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = read_timestamp(text.strip())
        found + A_DAY  # the last day of the calendar has no next one
    except (ValueError, OverflowError) as error:
        raise invalid(name) from error
    return found
