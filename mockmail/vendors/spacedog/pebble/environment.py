"""Compile and render Pebble templates in jinja2's sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockmail.vendors.spacedog.pebble.errors import COMPILING_BODY, Budget, OverBudget
from mockmail.vendors.spacedog.pebble.operations import OPERATIONS, RUN
from mockmail.vendors.spacedog.pebble.parser import parse
from mockmail.vendors.spacedog.pebble.run import Run

LONGEST_KEPT = 50_000  # characters of a template that stays compiled in the cache


class Engine:
    """Renders the templates of one mail, which share a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._most = budget.steps

    def render(self, template: str, variables: Mapping[str, Any]) -> str:
        """Return the text that a template makes of the variables. Raise TemplateError."""
        if "{" not in template:
            self._budget.make(len(template))
            return template
        run = Run(template, variables, self._budget)
        try:
            compiled = (_kept if len(template) <= LONGEST_KEPT else _compiled)(template, self._most)
            self._budget.step(compiled.steps)
            parts = list(compiled.template.generate({RUN: run}))
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise OverBudget(f"the template is more than can be compiled ({type(error).__name__})") from error
        return "".join(parts).encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A compiled template. steps: the cost of compiling, charged to every rendering, cached or not."""

    template: Template
    steps: int


def _compiled(template: str, most: int) -> _Compiled:
    budget = Budget(most, 0)
    budget.step(COMPILING_BODY)
    tree: Any = parse(template, budget).set_environment(_sandbox())
    return _Compiled(_sandbox().from_string(tree), most - budget.steps)


_kept = lru_cache(maxsize=64)(_compiled)


@lru_cache(maxsize=1)
def _sandbox() -> ImmutableSandboxedEnvironment:
    sandbox = ImmutableSandboxedEnvironment(optimized=False, autoescape=False, cache_size=0)
    sandbox.filters = dict(OPERATIONS)
    sandbox.tests = {}
    sandbox.globals = {}
    return sandbox
