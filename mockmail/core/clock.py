"""The one source of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from mockmail.core.errors import InvalidValue, is_mistake

__tracebackhide__ = is_mistake

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""The range of a World's time; it leaves room for expiry times before and after."""


class Clock:
    """A World's clock: the machine's time by default; it can be frozen, set and moved.

    Every timestamp and expiry of a vendor comes from here, so a test can choose the time.
    """

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None
        self._observers: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        state = "frozen" if self._frozen_at is not None else "running"
        return f"<Clock {state} at {self.now().isoformat()}>"

    @property
    def frozen(self) -> bool:
        """Return whether the clock is frozen."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """Return the time, in UTC."""
        if self._frozen_at is not None:
            return self._frozen_at
        return datetime.now(UTC) + self._offset if self._offset else datetime.now(UTC)

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""
        return self.now().timestamp()

    def freeze(self, at: datetime | None = None) -> None:
        """Freeze the clock, now or at a time. Raise ValueError for a time without a time zone."""
        self._frozen_at = _aware(at) if at is not None else self.now()
        self._notify()

    def set(self, at: datetime) -> None:
        """Set the time; a running clock continues from there. Raise ValueError for a time without a time zone."""
        if self._frozen_at is not None:
            self._frozen_at = _aware(at)
        else:
            self._offset = _aware(at) - datetime.now(UTC)
        self._notify()

    def advance(self, seconds: float) -> None:
        """Move the time forward by a number of seconds, or back if the number is negative."""
        if self._frozen_at is not None:
            self._frozen_at += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)
        self._notify()

    def resume(self) -> None:
        """Let a frozen clock run again, from its frozen time."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - datetime.now(UTC)
            self._frozen_at = None
            self._notify()

    def reset(self) -> None:
        """Return to the machine's time."""
        self._offset = timedelta()
        self._frozen_at = None
        self._notify()

    def observe(self, observer: Callable[[], None]) -> Callable[[], None]:
        """Call a function after each change of the clock. Return a function that ends this."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def to_document(self) -> dict[str, object]:
        """Return the state for a snapshot: the frozen time, or the offset from the machine's time."""
        if self._frozen_at is not None:
            return {"frozen_at": self._frozen_at.isoformat()}
        return {"offset_seconds": self._offset.total_seconds()}

    def restore(self, document: Mapping[str, object]) -> None:
        """Restore the state of `to_document`. Raise ValueError, and change nothing, if it is invalid."""
        try:
            frozen_at, offset = _state_of(document)
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            raise ValueError(
                'expected {"frozen_at": "2026-01-31T12:00:00+00:00"} or {"offset_seconds": 0}, between the'
                f" years {FIRST_YEAR} and {LAST_YEAR}, got {document!r:.80}"
            ) from error
        self._frozen_at, self._offset = frozen_at, offset
        self._notify()

    def _notify(self) -> None:
        for observer in tuple(self._observers):
            observer()


def monotonic() -> float:
    """Return seconds for measuring a duration; they are not a time of day."""
    return time.perf_counter()


def _state_of(document: Mapping[str, object]) -> tuple[datetime | None, timedelta]:
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
        raise InvalidValue(f"a clock needs a time with a time zone, not {moment!r}: add tzinfo=datetime.UTC")
    return moment.astimezone(UTC)
