"""Hold the state of one rendering: variables, blocks, macros and budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import DEEPEST_CALLS, Budget, TemplateError, pebble_error, too_deep
from mockmail.vendors.spacedog.pebble.values import LONG_TEXT, text_of


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


Body = Callable[[], str]


class Run:
    """A rendering of one template. was_empty: whether the loop that just ended had a list, and nothing in it."""

    def __init__(self, template: str, variables: Mapping[str, Any], budget: Budget) -> None:
        self.template = template
        self.scopes = Scopes({"locale": "en_US", **variables})
        self.budget = budget
        self.blocks: dict[str, Body] = {}
        self.macros: dict[str, tuple[Body, Mapping[str, Any]]] = {}
        self.was_empty = False
        self._depth = 0

    def text(self, value: Any) -> str:
        """A value as it prints."""
        return text_of(value, self.budget)

    def look(self, *values: Any) -> None:
        """Pay for an operation that goes through long values: Python is quick at it, but not at any length."""
        for value in values:
            if isinstance(value, str) and len(value) > LONG_TEXT:
                self.budget.make(len(value))
            elif isinstance(value, list | dict):
                self.budget.step(len(value) // 100)

    def error(self, message: str, line: int | None, cause: TemplateError | None = None) -> TemplateError:
        """A PebbleException of this template."""
        return pebble_error(message, self.template, line, cause)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """A macro or a block is being called."""
        self._depth += 1
        if self._depth > DEEPEST_CALLS:
            raise too_deep("macros and blocks")
        yield
        self._depth -= 1
