"""Hold the state of one rendering: variables, blocks, macros and budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import DEEPEST_CALLS, Budget, TemplateError, pebble_error, too_deep
from mockmail.vendors.spacedog.pebble.values import LONG_TEXT, text_of


class Scopes:
    """A stack of scopes (pebble v2.2.3, template/ScopeChain). A local scope hides outer ones; null means not set."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._stack: list[tuple[dict[str, Any], bool]] = [(dict(variables), False)]

    def get(self, name: str) -> Any:
        """Return a variable's value, or None."""
        for number, (scope, local) in enumerate(reversed(self._stack)):
            if scope.get(name) is not None:
                return scope[name]
            if local and number > 0:
                return None
        return None

    def put(self, name: str, value: Any) -> None:
        """Set a variable in the innermost scope."""
        self._stack[-1][0][name] = value

    def set(self, name: str, value: Any) -> None:
        """Set a variable in the scope that has it, or in the innermost one."""
        for scope, local in reversed(self._stack):
            if local or name in scope:
                scope[name] = value
                return
        self.put(name, value)

    def knows_here(self, name: str) -> bool:
        """Return whether the innermost scope has this variable."""
        return name in self._stack[-1][0]

    @contextmanager
    def inner(self, variables: Mapping[str, Any] | None = None, *, local: bool = False) -> Iterator[None]:
        """Enter an inner scope."""
        self._stack.append((dict(variables or {}), local))
        try:
            yield
        finally:
            self._stack.pop()


Body = Callable[[], str]


class Run:
    """One rendering of one template. was_empty: the last loop went over an empty list or map, not over null."""

    def __init__(self, template: str, variables: Mapping[str, Any], budget: Budget) -> None:
        self.template = template
        self.scopes = Scopes({"locale": "en_US", **variables})
        self.budget = budget
        self.blocks: dict[str, Body] = {}
        self.macros: dict[str, tuple[Body, Mapping[str, Any]]] = {}
        self.was_empty = False
        self._depth = 0

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
