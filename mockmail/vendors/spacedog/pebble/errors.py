"""Errors of a template, as Pebble's exceptions, and the bounds of a rendering.

TemplateError        stops a rendering; `java_type` is the class of the Java exception
└── OverBudget       the template exceeds a bound
"""

from __future__ import annotations

from dataclasses import dataclass

PEBBLE = "com.mitchellbosecke.pebble.error"


class TemplateError(Exception):
    """A rendering that cannot go on. cause: the exception behind it."""

    def __init__(
        self, message: str, java_type: str = "java.lang.RuntimeException", cause: TemplateError | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.java_type = java_type
        self.cause = cause


class OverBudget(TemplateError):
    """The template takes more than its bounds allow; the message names the option that raises the bound."""


def pebble_error(message: str, template: str, line: int | None, cause: TemplateError | None = None) -> TemplateError:
    """A PebbleException: behind its message stand the template's name, which is its text, and the line."""
    where = f"({template}:{'?' if line is None else line})"
    return TemplateError(f"{message} {where}", f"{PEBBLE}.PebbleException", cause)


def parser_error(message: str, template: str, line: int) -> TemplateError:
    """A ParserException, worded likewise."""
    return TemplateError(f"{message} ({template}:{line})", f"{PEBBLE}.ParserException")


def illegal_argument(message: str) -> TemplateError:
    """A value that an operation does not take."""
    return TemplateError(message, "java.lang.IllegalArgumentException")


def wrong_class(value: object, wanted: str) -> TemplateError:
    """A cast that Java refuses."""
    return TemplateError(f"{java_class(value)} cannot be cast to {wanted}", "java.lang.ClassCastException")


def java_class(value: object) -> str:
    """The class that Java knows a value by."""
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
