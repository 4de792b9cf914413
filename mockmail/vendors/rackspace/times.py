"""Rackspace's moments: US dates with a twelve-hour clock, in Eastern Standard Time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

EASTERN = timezone(timedelta(hours=-5), "EST")


def in_words(moment: datetime) -> str:
    """A moment as `M/d/yyyy h:mm:ss tt` (Rackspace API documentation, "Add/Edit": EST all year)."""
    local = moment.astimezone(EASTERN)
    half = "AM" if local.hour < 12 else "PM"  # noqa: PLR2004  # noon
    date = f"{local.month}/{local.day}/{local.year:04}"
    return f"{date} {local.hour % 12 or 12}:{local.minute:02}:{local.second:02} {half}"
