"""Pebble's variables (pebble v2.2.3, template/ScopeChain)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Scopes:
    """A stack of scopes. Nothing outside a local one is seen from it, and null counts as not set."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._stack: list[tuple[dict[str, Any], bool]] = [(dict(variables), False)]

    def get(self, name: str) -> Any:
        """A variable's value; None where there is none."""
        for number, (scope, local) in enumerate(reversed(self._stack)):
            if scope.get(name) is not None:
                return scope[name]
            if local and number > 0:
                return None
        return None

    def put(self, name: str, value: Any) -> None:
        """Give a variable of the innermost scope a value."""
        self._stack[-1][0][name] = value

    def set(self, name: str, value: Any) -> None:
        """Give a variable a value in the scope that knows it, or else in the innermost."""
        for scope, local in reversed(self._stack):
            if local or name in scope:
                scope[name] = value
                return
        self.put(name, value)

    def knows_here(self, name: str) -> bool:
        """Whether the innermost scope has this variable."""
        return name in self._stack[-1][0]

    @contextmanager
    def inner(self, variables: Mapping[str, Any] | None = None, *, local: bool = False) -> Iterator[None]:
        """A scope within."""
        self._stack.append((dict(variables or {}), local))
        try:
            yield
        finally:
            self._stack.pop()
