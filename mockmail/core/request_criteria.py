"""Criteria for requests: what `find`, `wait_for` and `verify` compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockmail.core.journal import Exchange, State

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
        if self.where is None or callable(self.where):
            return self.where is None or self.where(exchange)
        params = exchange.params
        try:
            return all(name in params and has_value(params[name], wanted) for name, wanted in self.where.items())
        except RecursionError:  # `where` has more levels than any body
            return False

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

    Text equals a number or a boolean that is written so, as in a form. Of an object, only the wanted members count.
    Of a name that was sent several times, one of the values must match, or all of them a list.
    """
    if isinstance(wanted, Mapping):
        return isinstance(given, Mapping) and all(
            name in given and has_value(given[name], value) for name, value in wanted.items()
        )
    if isinstance(given, list):
        if isinstance(wanted, list | tuple):
            return len(given) == len(wanted) and all(map(has_value, given, wanted))
        return any(has_value(value, wanted) for value in given)
    if isinstance(given, str) and isinstance(wanted, bool | int | float):
        return given.lower() == str(wanted).lower()
    return bool(given == wanted) and isinstance(given, bool) == isinstance(wanted, bool)
