"""Render Pebble 2.2.3, the template language of SpaceDog's mails, on jinja2's sandbox; see README.md.

Importing this package imports jinja2, so import it only when a template is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockmail.vendors.spacedog.pebble.errors import COMPILING_BODY, Budget, OverBudget, TemplateError, java_class
from mockmail.vendors.spacedog.pebble.operations import OPERATIONS, RUN
from mockmail.vendors.spacedog.pebble.parser import parse
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import from_json

__all__ = ["Budget", "Engine", "OverBudget", "TemplateError", "from_json", "java_class"]

LONGEST_CACHED = 50_000  # characters of a template that stays compiled in the cache


class Engine:
    """Renders the templates of one mail, which share a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._max_steps = budget.steps

    def render(self, template: str, variables: Mapping[str, Any]) -> str:
        """Return the text that a template makes of the variables. Raise TemplateError."""
        if "{" not in template:
            self._budget.make(len(template))
            return template
        run = Run(template, variables, self._budget)
        compile_template = _compile_cached if len(template) <= LONGEST_CACHED else _compile
        try:
            compiled, steps = compile_template(template, self._max_steps)
            self._budget.step(steps)  # a cached template costs as much as a new one
            parts = list(compiled.generate({RUN: run}))
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise OverBudget(f"the template is more than can be compiled ({type(error).__name__})") from error
        return "".join(parts).encode("utf-8", "replace").decode("utf-8")


def _compile(template: str, max_steps: int) -> tuple[Template, int]:
    budget = Budget(max_steps, 0)
    budget.step(COMPILING_BODY)
    sandbox = ImmutableSandboxedEnvironment(optimized=False, autoescape=False, cache_size=0)
    sandbox.filters = dict(OPERATIONS)
    sandbox.tests = {}
    sandbox.globals = {}
    tree: Any = parse(template, budget).set_environment(sandbox)
    return sandbox.from_string(tree), max_steps - budget.steps


_compile_cached = lru_cache(maxsize=64)(_compile)
