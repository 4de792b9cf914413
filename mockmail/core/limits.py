"""Rate limits: calls allowed per client and window, over which the vendor answers "too many requests"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mockmail.core.clock import Clock


@dataclass(slots=True, kw_only=True)
class Limit:
    """A rate limit: `calls` calls per client in a window of seconds.

    methods: the HTTP methods it counts; empty for all.
    """

    vendor: str
    calls: int
    window: float = 60.0
    operation: str = "*"
    methods: tuple[str, ...] = ()
    counted: dict[tuple[str, int], int] = field(default_factory=dict)


class Limits:
    """The rate limits of one sandbox."""

    def __init__(self) -> None:
        self._limits: list[Limit] = []

    def __len__(self) -> int:
        return len(self._limits)

    def __iter__(self) -> Iterator[Limit]:
        return iter(list(self._limits))

    def add(self, limit: Limit) -> None:
        """Add a limit; a call is counted by every limit that covers it until one is exceeded."""
        self._limits.append(limit)

    def seconds_to_wait(self, vendor: str, operation: str, method: str, client: str, clock: Clock) -> float | None:
        """Count a call; return None if it is allowed, else the seconds until the next window."""
        for limit in self._limits:
            if limit.vendor != vendor or (limit.methods and method not in limit.methods):
                continue
            if not fnmatchcase(operation, limit.operation):
                continue
            now = clock.timestamp()
            window = (client, int(now // limit.window))
            if window not in limit.counted:
                limit.counted = {key: count for key, count in limit.counted.items() if key[1] == window[1]}
            limit.counted[window] = limit.counted.get(window, 0) + 1
            if limit.counted[window] > limit.calls:
                return limit.window - now % limit.window
        return None

    def clear(self) -> int:
        """Remove all limits and return how many there were."""
        removed = len(self._limits)
        self._limits.clear()
        return removed
