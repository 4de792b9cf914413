"""How much a rendering may take."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.vendors.spacedog.pebble.errors import OverBudget

COMPILING = 5
"""How many steps it takes to compile an operation, which is much more work than to perform it once."""
COMPILING_BODY = 60
"""How many steps it takes to compile a macro, a block, or a template itself."""
DEEPEST_EXPRESSION = 40
"""How deep an expression may nest, operators counted."""
DEEPEST_TAGS = 12
"""How deep tags may nest; Python takes no more than 20 loops in one another."""
DEEPEST_CALLS = 20
"""How deep macros and blocks may call one another."""
DEEPEST_VALUE = 50
"""How deep lists and maps may nest to be printed or compared."""


@dataclass(slots=True)
class Budget:
    """What is left for the templates of one mail.

    steps: tokens, operations, rounds of loops. characters: those of all texts that are made on the way.
    """

    steps: int
    characters: int

    def step(self, count: int = 1) -> None:
        """Take steps. Raises OverBudget."""
        self.steps -= count
        if self.steps < 0:
            raise OverBudget("the template takes too many steps (option template_steps)")

    def make(self, length: int) -> None:
        """Take the characters of a text, before it is made. Raises OverBudget."""
        self.characters -= length
        if self.characters < 0:
            raise OverBudget("the template makes too long a text (option template_characters)")


def too_deep(what: str) -> OverBudget:
    """Something nests deeper than its bound."""
    return OverBudget(f"{what} nest too deep in the template")
