"""Find the messages of a store that are too many or too old to keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.state.database import Database

PRUNED = 100
"""The most messages that are removed before other work gets its turn."""


class Retention:
    """Finds the oldest messages of a mail store, in order of arrival.

    A message is not too old while one that arrived before it is not. This matters only if a clock was moved back.
    """

    def __init__(self, database: Database, clock: Clock, limits: MailLimits) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._oldest: datetime | None = None

    def forget(self) -> None:
        """Forget when the oldest message arrived, because messages were removed."""
        self._oldest = None

    def surplus(self, count: int) -> int:
        """Return how many of `count` messages make room for a new one, at most `PRUNED`; 0 if a full store refuses."""
        if not self._limits.removes_oldest:
            return 0
        return min(max(count + 1 - self._limits.messages, 0), PRUNED)

    def is_expired(self) -> bool:
        """Return whether the oldest message is older than the bound; the store must have a message."""
        if self._limits.age is None:
            return False
        if self._oldest is None:
            sql = "SELECT received_at FROM message ORDER BY seq LIMIT 1"
            row = self._database.reading().execute(sql).fetchone()
            self._oldest = self._clock.now() if row is None else datetime.fromisoformat(row[0])
        return self._oldest < self._clock.now() - timedelta(seconds=self._limits.age)

    def oldest(self, count: int) -> list[int]:
        """Return the cursors of the oldest messages."""
        sql = "SELECT seq FROM message ORDER BY seq LIMIT ?"
        return [cursor for (cursor,) in self._database.reading().execute(sql, (count,))]
