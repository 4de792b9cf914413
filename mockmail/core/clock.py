"""The one source of time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""A World's time is in between: what expires a while before or after it can be told too."""


class Clock:
    """A World's time: the machine's by default, and frozen, set or moved on request.

    Everything that a vendor dates, expires or reports comes from here, so a test can be at any moment it likes.
    """

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None

    def __repr__(self) -> str:
        state = "frozen" if self._frozen_at is not None else "running"
        return f"<Clock {state} at {self.now().isoformat()}>"

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """The World's moment, in UTC."""
        if self._frozen_at is not None:
            return self._frozen_at
        return datetime.now(UTC) + self._offset if self._offset else datetime.now(UTC)

    def timestamp(self) -> float:
        """The World's moment in seconds since 1970."""
        return self.now().timestamp()

    def freeze(self, at: datetime | None = None) -> None:
        """Stop time, now or at a moment (which must have a time zone)."""
        self._frozen_at = _aware(at) if at is not None else self.now()

    def set(self, at: datetime) -> None:
        """Move to a moment; a running clock runs on from there."""
        if self._frozen_at is not None:
            self._frozen_at = _aware(at)
        else:
            self._offset = _aware(at) - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Move forward (or, negative, back) by a number of seconds."""
        if self._frozen_at is not None:
            self._frozen_at += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def resume(self) -> None:
        """Let a frozen clock run on from where it stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - datetime.now(UTC)
            self._frozen_at = None

    def reset(self) -> None:
        """Back to the machine's own time."""
        self._offset = timedelta()
        self._frozen_at = None

    def to_document(self) -> dict[str, object]:
        """What a snapshot keeps: the moment it stands at when frozen, else how far it is from the machine's."""
        if self._frozen_at is not None:
            return {"frozen_at": self._frozen_at.isoformat()}
        return {"offset_seconds": self._offset.total_seconds()}

    def restore(self, document: Mapping[str, object]) -> None:
        """Take the state that `to_document` gave. For another: ValueError, and no change."""
        try:
            frozen_at, offset = _state_of(document)
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            raise ValueError(
                'expected {"frozen_at": "2026-01-31T12:00:00+00:00"} or {"offset_seconds": 0}, at a moment between the'
                f" years {FIRST_YEAR} and {LAST_YEAR}, came {document!r:.80}"
            ) from error
        self._frozen_at, self._offset = frozen_at, offset


def monotonic() -> float:
    """Seconds for measuring how long something took; never shown as a time of day."""
    return time.perf_counter()


def _state_of(document: Mapping[str, object]) -> tuple[datetime | None, timedelta]:
    """Where a clock is frozen, and how far it is from the machine's."""
    if "frozen_at" in document:
        frozen_at, offset = _aware(datetime.fromisoformat(str(document["frozen_at"]))), timedelta()
    else:
        frozen_at, offset = None, timedelta(seconds=float(str(document.get("offset_seconds", 0))))
    moment = frozen_at or datetime.now(UTC) + offset
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    return frozen_at, offset


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a clock takes a moment with a time zone, not {moment!r}: add tzinfo=datetime.UTC")
    return moment.astimezone(UTC)
