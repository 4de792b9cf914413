"""Hold the state of one rendering: variables, blocks, macros and budget."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import DEEPEST_CALLS, Budget, TemplateError, pebble_error, too_deep
from mockmail.vendors.spacedog.pebble.values import LONG_TEXT, text_of

Body = Callable[[], str]
Scopes = ChainMap[str, Any]


class Run:
    """One rendering of one template.

    scopes: the variables, the innermost scope first (pebble v2.2.3, template/ScopeChain).
    was_empty: the last loop went over an empty list or map, not over null.
    """

    def __init__(self, template: str, variables: Mapping[str, Any], budget: Budget) -> None:
        self.template = template
        self.scopes: Scopes = ChainMap({"locale": "en_US", **variables})
        self._outermost = self.scopes.maps[0]
        self.budget = budget
        self.blocks: dict[str, Body] = {}
        self.macros: dict[str, tuple[Body, Mapping[str, Any]]] = {}
        self.was_empty = False
        self._depth = 0

    def get(self, name: str) -> Any:
        """Return a variable's value, or None; null in an inner scope means not set."""
        return next((scope[name] for scope in self.scopes.maps if scope.get(name) is not None), None)

    def set(self, name: str, value: Any) -> None:
        """Set a variable in the scope that has it; a new one in the innermost scope, or in that of the macro."""
        scopes = self.scopes.maps
        target = scopes[0] if scopes[-1] is self._outermost else scopes[-1]
        for scope in scopes:
            if name in scope:
                target = scope
                break
        target[name] = value

    @contextmanager
    def within(self, scopes: Scopes) -> Iterator[None]:
        """Return a context in which other scopes are used."""
        outer, self.scopes = self.scopes, scopes
        try:
            yield
        finally:
            self.scopes = outer

    def text(self, value: Any) -> str:
        """Return a value as text. Raise TemplateError."""
        return text_of(value, self.budget)

    def charge(self, *values: Any) -> None:
        """Charge the budget for reading long values. Raise OverBudget."""
        for value in values:
            if isinstance(value, str) and len(value) > LONG_TEXT:
                self.budget.make(len(value))
            elif isinstance(value, list | dict):
                self.budget.step(len(value) // 100)

    def error(self, message: str, line: int | None, cause: TemplateError | None = None) -> TemplateError:
        """Return a PebbleException for this template."""
        return pebble_error(message, self.template, line, cause)

    @contextmanager
    def nested_call(self) -> Iterator[None]:
        """Enter a call of a macro or a block. Raise OverBudget if calls nest too deep."""
        self._depth += 1
        if self._depth > DEEPEST_CALLS:
            raise too_deep("macros and blocks")
        yield
        self._depth -= 1
