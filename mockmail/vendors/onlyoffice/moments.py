"""Moments as .NET writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from mockmail.core.errors import SeedError

NEVER = "0001-01-01T00:00:00"
"""What a moment reads that was never set."""


def date_time(moment: datetime) -> str:
    """A `DateTime`: as many digits of the second as it has."""
    moment = moment.astimezone(UTC)
    digits = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{digits}Z"


def api_date_time(moment: datetime) -> str:
    """An `ApiDateTime`: seven digits, in the portal's time zone, which is UTC here."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"


def a_year_after(moment: datetime) -> datetime:
    """The same day of the next year; the last of February for its 29th."""
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:
        return moment.replace(year=moment.year + 1, day=28)


def read(stored: str) -> datetime:
    """A stored moment; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(stored)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def is_past(stored: str | None, now: datetime) -> bool:
    """Whether a stored moment is over; None never is."""
    return stored is not None and read(stored) <= now


def check(field: str, stored: str | None) -> None:
    """Raise SeedError where a record's moment cannot be read."""
    try:
        if stored is not None:
            read(stored)
    except ValueError as error:
        raise SeedError(f"{field}: expected a moment such as 2030-01-31T12:00:00Z, came {stored!r}") from error
