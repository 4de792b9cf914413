"""Errors of a template, as Pebble's exceptions, and the bounds of a rendering.

TemplateError        stops a rendering; `java_type` is the class of the Java exception
└── OverBudget       the template exceeds a bound
"""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Any


class TemplateError(Exception):
    """The rendering failed. cause: the exception that Java would report as its cause."""

    def __init__(
        self, message: str, java_type: str = "java.lang.RuntimeException", cause: TemplateError | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.java_type = java_type
        self.cause = cause


class OverBudget(TemplateError):
    """The template takes more than its bounds allow; the message names the option that raises the bound."""


def pebble_error(
    message: str, template: str, line: int | None, cause: TemplateError | None = None, kind: str = "PebbleException"
) -> TemplateError:
    """Return an error of Pebble's own. Pebble appends the template's name, which here is its text, and the line."""
    where = f"({template}:{'?' if line is None else line})"
    return TemplateError(f"{message} {where}", f"com.mitchellbosecke.pebble.error.{kind}", cause)


def illegal_argument(message: str) -> TemplateError:
    """Return an IllegalArgumentException."""
    return TemplateError(message, "java.lang.IllegalArgumentException")


def wrong_class(value: object, wanted: str) -> TemplateError:
    """Return the ClassCastException of a refused cast."""
    return TemplateError(f"{java_class(value)} cannot be cast to {wanted}", "java.lang.ClassCastException")


def cast(value: Any, kinds: type | UnionType, wanted: str) -> Any:
    """Return the value if it is of one of these kinds. Raise TemplateError, as Java's cast does."""
    if not isinstance(value, kinds):
        raise wrong_class(value, wanted)
    return value


def java_class(value: object) -> str:
    """Return the name of a value's Java class."""
    names = {
        "str": "java.lang.String",
        "bool": "java.lang.Boolean",
        "int": "java.lang.Long",
        "Integer": "java.lang.Integer",
        "BigInteger": "java.math.BigInteger",
        "float": "java.lang.Double",
        "list": "java.util.ArrayList",
        "dict": "java.util.LinkedHashMap",
        "NoneType": "null",
        "Safe": "com.mitchellbosecke.pebble.extension.escaper.SafeString",
        "Entry": "java.util.LinkedHashMap$Entry",
    }
    return names[type(value).__name__]


COMPILING = 5  # steps to compile an operation, which costs much more than performing it
COMPILING_BODY = 60  # steps to compile a macro, a block or a template
DEEPEST_EXPRESSION = 40  # nesting of an expression, operators included
DEEPEST_TAGS = 12  # nesting of tags; Python compiles at most 20 nested loops
DEEPEST_CALLS = 20  # nesting of calls of macros and blocks
DEEPEST_VALUE = 50  # nesting of lists and maps to print or compare


@dataclass(slots=True)
class Budget:
    """The remaining budget for all templates of one mail.

    steps: tokens, operations, loop iterations. characters: of all texts made, intermediate ones included.
    """

    steps: int
    characters: int

    def step(self, count: int = 1) -> None:
        """Spend steps. Raise OverBudget."""
        self.steps -= count
        if self.steps < 0:
            raise OverBudget("the template takes too many steps (option template_steps)")

    def make(self, length: int) -> None:
        """Spend the characters of a text, before it is made. Raise OverBudget."""
        self.characters -= length
        if self.characters < 0:
            raise OverBudget("the template makes too long a text (option template_characters)")


def too_deep(what: str) -> OverBudget:
    """Return the error for nesting deeper than its bound."""
    return OverBudget(f"{what} nest too deep in the template")
