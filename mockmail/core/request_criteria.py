"""Criteria for requests, by which `find`, `wait_for` and `verify` select them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockmail.core.journal import Exchange, State

MOST_COMPARED = 1000
"""The most values of a request that are compared with those of `where`: many waits may compare each request."""

LARGEST = 1e100
"""Numbers from here on are not compared with text, because writing thousands of digits takes long."""

Where = Mapping[str, Any] | Callable[[Exchange], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCriteria:
    """Conditions that a request must meet, all of them.

    path: a part of the path.
    where: the values that parameters must have (see `has_value`), or a function that returns whether a request matches.
    after: the id of a request; only later ones match.
    state: requests that are complete, or those in progress.
    """

    vendor: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    where: Where | None = None
    after: int = 0
    state: State = "complete"

    def __str__(self) -> str:
        named = " ".join(name for name in (self.vendor, self.operation) if name)
        terms = [f"{name}={getattr(self, name)!r}" for name in ("method", "path", "status") if getattr(self, name)]
        if self.where is not None:
            terms.append(f"where={'a function' if callable(self.where) else list(self.where)}")
        return " ".join([named, ", ".join(terms)]).strip() or "any operation"

    def matches(self, exchange: Exchange) -> bool:
        """Return whether a request meets every condition."""
        if not self.covers(exchange):
            return False
        if self.where is None:
            return True
        if callable(self.where):
            return self.where(exchange)
        return has_value(exchange.params, self.where)

    def covers(self, exchange: Exchange) -> bool:
        """Return whether a request meets every condition but `where`."""
        return (
            (self.vendor is None or exchange.vendor == self.vendor)
            and (self.operation is None or exchange.operation == self.operation)
            and (self.method is None or exchange.method == self.method.upper())
            and (self.path is None or self.path in exchange.path)
            and (self.status is None or exchange.status == self.status)
            and exchange.id > self.after
        )


def has_value(given: Any, wanted: Any) -> bool:
    """Return whether a parameter has a value.

    A text equals the number or boolean that it spells, as in a form. An object may have more members than are wanted.
    A name that was sent several times matches if one of its values does, or if all of them equal a wanted list.
    Return False if more than MOST_COMPARED comparisons are necessary.
    """
    try:
        return _Comparison().matches(given, wanted)
    except (_TooManyValues, RecursionError):  # the values have more levels than any body
        return False


class _TooManyValues(Exception):
    pass


class _Comparison:
    def __init__(self) -> None:
        self._left = MOST_COMPARED

    def matches(self, given: Any, wanted: Any) -> bool:
        self._left -= 1
        if self._left < 0:
            raise _TooManyValues
        if isinstance(wanted, Mapping):
            return isinstance(given, Mapping) and all(
                name in given and self.matches(given[name], value) for name, value in wanted.items()
            )
        if isinstance(given, list):
            if isinstance(wanted, list | tuple):
                return len(given) == len(wanted) and all(map(self.matches, given, wanted))
            return any(self.matches(value, wanted) for value in given)
        if isinstance(given, str) and isinstance(wanted, bool | int | float):
            return abs(wanted) < LARGEST and given.lower() == str(wanted).lower()
        return bool(given == wanted) and isinstance(given, bool) == isinstance(wanted, bool)
