"""Moments as SpaceDog writes them: ISO 8601 with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(when: datetime) -> str:
    """A moment, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str | None) -> datetime | None:
    """A moment of the state; one without a time zone is in UTC. Raises ValueError."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
