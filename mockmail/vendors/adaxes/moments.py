"""Dates as Adaxes writes them: ISO 8601 in UTC, with seven digits after the second."""

from __future__ import annotations

from datetime import UTC, datetime

from mockmail.core.errors import SeedError


def written(moment: datetime) -> str:
    """A moment as answers have it (`2022-12-26T05:25:20.1767890Z`)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def read(text: str) -> datetime:
    """A moment of `written`, or any other ISO 8601 one; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def is_past(text: str | None, now: datetime) -> bool:
    """Whether a moment has come; None never does."""
    return text is not None and read(text) <= now


def check(field: str, text: str | None) -> None:
    """Raise SeedError where a record's moment cannot be read."""
    try:
        if text is not None:
            read(text)
    except ValueError as error:
        raise SeedError(f"{field}: expected a moment such as 2030-01-31T12:00:00Z, came {text!r}") from error
