"""Rendering: Pebble's templates through jinja2's sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockmail.vendors.spacedog.pebble.budget import COMPILING_BODY, Budget
from mockmail.vendors.spacedog.pebble.errors import OverBudget
from mockmail.vendors.spacedog.pebble.operations import OPERATIONS, RUN
from mockmail.vendors.spacedog.pebble.parser import parse
from mockmail.vendors.spacedog.pebble.run import Run


class Engine:
    """Renders the templates of one mail, which share a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sandbox = ImmutableSandboxedEnvironment(optimized=False, autoescape=False, cache_size=0)
        self._sandbox.filters = dict(OPERATIONS)
        self._sandbox.tests = {}
        self._sandbox.globals = {}

    def render(self, template: str, variables: Mapping[str, Any]) -> str:
        """The text that a template makes of some variables. Raises TemplateError."""
        if "{" not in template:
            self._budget.make(len(template))
            return template
        self._budget.step(COMPILING_BODY)
        run = Run(template, variables, self._budget)
        tree = parse(template, self._budget).set_environment(self._sandbox)
        try:
            parts = list(self._sandbox.from_string(tree).generate({RUN: run}))  # type: ignore[arg-type]
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise OverBudget(f"the template is more than can be compiled ({type(error).__name__})") from error
        return "".join(parts).encode("utf-8", "replace").decode("utf-8")
