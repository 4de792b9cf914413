"""One rendering under way: what its operations share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockmail.vendors.spacedog.pebble.budget import DEEPEST_CALLS, Budget, too_deep
from mockmail.vendors.spacedog.pebble.errors import TemplateError, pebble_error
from mockmail.vendors.spacedog.pebble.scopes import Scopes
from mockmail.vendors.spacedog.pebble.values import LONG_TEXT, text_of

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
