"""Print, compare and compute values as Java does.

A `str`, `bool`, `float`, `list` and `dict` are String, Boolean, Double, List and Map; a plain `int` is a Long, as the
numbers in a template are; `Integer` and `BigInteger` come from JSON.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import DEEPEST_VALUE, Budget, TemplateError, too_deep

SMALLEST_PLAIN, LARGEST_PLAIN = 1e-3, 1e7  # a Double between these prints without an exponent

_EXACT = {"ADD": operator.add, "SUBTRACT": operator.sub, "MULTIPLICATION": operator.mul}

LONG_TEXT = 1000  # characters; comparing or searching a text up to this length costs none


class Integer(int):
    """A java.lang.Integer."""


class BigInteger(int):
    """A java.math.BigInteger."""


@dataclass(frozen=True, slots=True)
class Safe:
    """An escaped text (Pebble's SafeString)."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a map, as a loop over the map sees it."""

    key: Any
    value: Any


def from_json(value: Any) -> Any:
    """Return a JSON value with the integer classes that Jackson chooses: the smallest that fits."""
    if isinstance(value, dict):
        return {name: from_json(child) for name, child in value.items()}
    if isinstance(value, list):
        return [from_json(child) for child in value]
    if isinstance(value, int) and not isinstance(value, bool):
        if -(1 << 31) <= value < 1 << 31:
            return Integer(value)
        return value if -(1 << 63) <= value < 1 << 63 else BigInteger(value)
    return value


def is_key(value: object) -> bool:
    """Return whether a value can be a key of a map; lists and maps cannot."""
    return not isinstance(value, list | dict | Entry)


def is_number(value: object) -> bool:
    """Return whether a value is a java.lang.Number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def text_of(value: Any, budget: Budget, depth: int = 0) -> str:
    """Return a value as Java's `toString` prints it, "null" for None. Raise OverBudget."""
    if isinstance(value, str):
        return value
    budget.step()
    if isinstance(value, list | dict | Entry):
        if depth > DEEPEST_VALUE:
            raise too_deep("values")
        return _container_text(value, budget, depth + 1)
    text = _scalar_text(value)
    budget.make(len(text))
    return text


def joined(parts: list[str], glue: str, budget: Budget) -> str:
    """Join texts. Charge the budget first: a list may hold one long text many times. Raise OverBudget."""
    budget.make(sum(map(len, parts)) + len(glue) * len(parts))
    return glue.join(parts)


def _container_text(value: list[Any] | dict[Any, Any] | Entry, budget: Budget, depth: int) -> str:
    if isinstance(value, list):
        return f"[{joined([text_of(item, budget, depth) for item in value], ', ', budget)}]"
    pairs = [(value.key, value.value)] if isinstance(value, Entry) else value.items()
    texts = [joined([text_of(part, budget, depth) for part in pair], "=", budget) for pair in pairs]
    text = joined(texts, ", ", budget)
    return text if isinstance(value, Entry) else f"{{{text}}}"


def _scalar_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _double_text(value)
    return value.text if isinstance(value, Safe) else str(int(value))


def _double_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("-Infinity" if value < 0 else "Infinity")
    if value == 0 or SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return repr(value)
    exponent = int(f"{value:.17e}".partition("e")[2])
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def same(left: Any, right: Any, budget: Budget, depth: int = 0) -> bool:
    """Compare as Java's `equals` does: numbers of different classes differ. Raise OverBudget."""
    budget.step()
    if depth > DEEPEST_VALUE:
        raise too_deep("values")
    if type(left) is not type(right):
        return False
    if isinstance(left, str) and len(left) == len(right) > LONG_TEXT:
        budget.make(len(left))
    if isinstance(left, list):
        return len(left) == len(right) and all(
            same(mine, other, budget, depth + 1) for mine, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            name in right and same(child, right[name], budget, depth + 1) for name, child in left.items()
        )
    return bool(left == right)


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Compare as Pebble's `==` does: numbers as Doubles, other values by Java's `equals`."""
    if is_number(left) and is_number(right):
        return as_double(left) == as_double(right)
    return same(left, right, budget)


def compare(left: Any, right: Any, name: str, holds: Callable[[float, float], bool]) -> bool:
    """Order two numbers; a comparison with null is false. Raise TemplateError for other values."""
    if left is None or right is None:
        return False
    if not is_number(left) or not is_number(right):
        raise TemplateError(f"invalid operands for mathematical comparison [{name}]")
    return holds(as_double(left), as_double(right))


def compute(left: Any, right: Any, name: str) -> int | float:
    """Compute in Doubles if an operand is a Double, in 64 bits if one is a Long, else in 32 bits."""
    if not is_number(left) or not is_number(right):
        raise TemplateError(f"invalid operands for mathematical operation [{name}]")
    if isinstance(left, float) or isinstance(right, float):
        return _double_result(as_double(left), as_double(right), name)
    long = type(left) is int or type(right) is int
    bits = 64 if long else 32
    result = _wrapped(_whole_result(_wrapped(int(left), bits), _wrapped(int(right), bits), name), bits)
    return result if long else Integer(result)


def as_double(value: float) -> float:
    """Return a number as a Double."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_long(value: float) -> int:
    """Narrow a number to a Long as Java does."""
    if isinstance(value, int):
        return _wrapped(value, 64)
    if math.isnan(value):
        return 0
    return int(max(-(2.0**63), min(value, 2.0**63 - 1024)))


def _double_result(left: float, right: float, name: str) -> float:
    if name in _EXACT:
        return float(_EXACT[name](left, right))
    if name == "MODULUS":
        return math.fmod(left, right) if right != 0 and math.isfinite(left) else math.nan
    if right != 0:
        return left / right
    return left * math.copysign(math.inf, right)  # not a number if left is 0


def _whole_result(left: int, right: int, name: str) -> int:
    if name in _EXACT:
        return int(_EXACT[name](left, right))
    if right == 0:
        raise TemplateError("/ by zero", "java.lang.ArithmeticException")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if name == "DIVISION" else left - quotient * right


def _wrapped(value: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (value + half) % (half * 2) - half
