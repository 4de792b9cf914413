"""When a scheduled email is due: ISO 8601 or English (docs/wire/resend.md 3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from mockmail.vendors.resend.errors import ResendError

FURTHEST = timedelta(days=30)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_IN = re.compile(
    r"in (?:(an?)|([0-9]{1,7})) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?: from now)?"
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AT = re.compile(
    rf"(today|tomorrow|(?:next |on )?(?:{'|'.join(_DAYS)}))(?: at ([0-9]{{1,2}})(?::([0-9]{{2}}))? ?(am|pm)?)?(?: utc)?"
)


def due_at(text: str, now: datetime) -> datetime:
    """Return the time that a text names. Raise ResendError if it names none, or one too far ahead."""
    at = _in_iso(text) or _in_english(" ".join(text.lower().split()), now)
    if at is None:
        raise ResendError(
            "Invalid `scheduled_at` field. The value must be a date in ISO 8601 format, with milliseconds at most, or"
            " in English, such as `in 1 min` or `tomorrow at 9am`."
        )
    if at > now + FURTHEST:
        raise ResendError(f"Invalid `scheduled_at` field. An email can be scheduled up to {FURTHEST.days} days ahead.")
    return at


def _in_iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if at.microsecond % 1000 else at


def _in_english(text: str, now: datetime) -> datetime | None:
    found = _IN.fullmatch(text)
    if found is not None:
        return now + min(timedelta(seconds=int(found[2] or 1) * _SECONDS[found[3][0]]), 2 * FURTHEST)
    found = _AT.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[2] or 9), int(found[3] or 0)
    if found[4] is not None:
        if not 1 <= hour <= 12:  # noqa: PLR2004
            return None
        hour = hour % 12 + (12 if found[4] == "pm" else 0)
    day = found[1].split()[-1]
    days = ("today", "tomorrow").index(day) if day not in _DAYS else (_DAYS.index(day) - now.weekday()) % 7 or 7
    try:
        return (now + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        return None
