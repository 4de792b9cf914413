"""Rate limits: calls allowed per client and window, over which the vendor answers "too many requests"."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mockmail.core.clock import Clock
from mockmail.core.errors import InvalidValue, is_mistake
from mockmail.core.registry import Registry
from mockmail.core.rules import MOST_CALLS, Rules, check_pattern

__tracebackhide__ = is_mistake

MOST_METHODS = 100
"""The most methods of a limit."""

SHORTEST_WINDOW, LONGEST_WINDOW = 0.001, 1e9
"""The range of a window, in seconds."""


@dataclass(slots=True, kw_only=True)
class Limit:
    """A rate limit: `calls` calls per client in a window of seconds.

    vendor, operation: the calls it counts, by name or pattern. methods: the HTTP methods it counts; empty for all.
    calls, window: how many calls in how many seconds. counted: the calls so far, by client and window.
    id: its number among the limits of a sandbox.
    """

    vendor: str
    calls: int
    window: float = 60.0
    operation: str = "*"
    methods: tuple[str, ...] = ()
    counted: dict[tuple[str, int], int] = field(default_factory=dict)
    id: int = 0


class Limits(Rules[Limit]):
    """The rate limits of one sandbox. A call is counted by every limit that covers it until one is exceeded."""

    def seconds_to_wait(self, vendor: str, operation: str, method: str, client: str, clock: Clock) -> float | None:
        """Count a call; return None if it is allowed, else the seconds until the next window."""
        for limit in self._rules:
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


def check_limit(vendors: Registry, limit: Limit) -> None:
    """Raise UnknownName or InvalidValue for a limit that no call could meet."""
    check_pattern("operation", limit.operation)
    if len(limit.methods) > MOST_METHODS:
        raise InvalidValue(f"methods must be at most {MOST_METHODS}, not {len(limit.methods)}")
    vendors.check_operation(limit.vendor, limit.operation)
    if not SHORTEST_WINDOW <= limit.window <= LONGEST_WINDOW:
        raise InvalidValue(f"window must be from {SHORTEST_WINDOW} to {LONGEST_WINDOW:g} seconds, not {limit.window}")
    if not 0 <= limit.calls <= MOST_CALLS:
        raise InvalidValue(f"calls must be from 0 to {MOST_CALLS}, not {limit.calls}")
