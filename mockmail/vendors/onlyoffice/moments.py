"""Moments as .NET writes them."""

from __future__ import annotations

from datetime import UTC, datetime

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


def is_past(stored: str | None, now: datetime) -> bool:
    """Whether a stored moment is over; None never is."""
    if stored is None:
        return False
    moment = datetime.fromisoformat(stored)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) <= now
