"""What can go wrong with a template, as Pebble's exceptions.

TemplateError        anything that stops a rendering; `java_type` is the exception's class
└── OverBudget       the template takes more than its bounds allow
"""

from __future__ import annotations

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
