"""Postmark's pages: `count` and `offset`, both required (docs/wire/postmark.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from mockmail.core.state.records import read_timestamp
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import Page

T = TypeVar("T")

MOST = 500
LAST = 10_000


def page(params: Page, found: Sequence[T]) -> Sequence[T]:
    """Return the part of a list that a request asks for. Raise PostmarkError."""
    if params.count is None or params.offset is None:
        raise PostmarkError("You must specify a value for both 'count' and 'offset'.", code=700)
    if not 0 <= params.count <= MOST or params.offset < 0:
        raise PostmarkError(f"The 'count' must be from 0 to {MOST}, and the 'offset' not negative.", code=700)
    if params.count + params.offset > LAST:
        raise PostmarkError(f"The values for 'count' and 'offset' may not exceed {LAST} in total.", code=700)
    return found[params.offset : params.offset + params.count]


def is_between(at: str, since: str, until: str) -> bool:
    """Return whether a time lies between two dates, both included. Raise PostmarkError for a date that is none."""
    if not since and not until:
        return True
    moment = read_timestamp(at)
    return (not since or _date("fromdate", since) <= moment) and (
        not until or moment <= _date("todate", until, end=True)
    )


def _date(name: str, text: str, *, end: bool = False) -> datetime:
    try:
        moment = read_timestamp(text)
    except ValueError as error:
        raise PostmarkError(f"Invalid '{name}': '{text:.80}' is not a date.") from error
    is_day = "T" not in text and " " not in text
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_999) if end and is_day else moment
