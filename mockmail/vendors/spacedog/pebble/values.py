"""Values as Java has them: what they are, how they print, compare and compute.

A `str`, `bool`, `float`, `list` and `dict` are String, Boolean, Double, List and Map; a plain `int` is a Long, which is
what a template's own numbers are; `Integer` and `BigInteger` come out of JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import DEEPEST_VALUE, Budget, TemplateError, too_deep

SMALLEST_PLAIN, LARGEST_PLAIN = 1e-3, 1e7
"""Between these a Double prints without an exponent."""

LONG_TEXT = 1000
"""Up to so many characters, going through a text is one step."""


class Integer(int):
    """A java.lang.Integer."""


class BigInteger(int):
    """A java.math.BigInteger."""


@dataclass(frozen=True, slots=True)
class Safe:
    """A text that is escaped already (Pebble's SafeString)."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a map, which is what a loop over one sees."""

    key: Any
    value: Any


def from_json(value: Any) -> Any:
    """A JSON value as Jackson reads it: the smallest kind of integer that holds a number."""
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
    """Whether a map of ours can file something under it."""
    return not isinstance(value, list | dict | Entry)


def is_number(value: object) -> bool:
    """Whether it is a java.lang.Number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def text_of(value: Any, budget: Budget, depth: int = 0) -> str:
    """A value as Java's `toString` gives it; null is the word."""
    if isinstance(value, str):
        return value
    budget.step()
    if isinstance(value, list | dict | Entry):
        if depth > DEEPEST_VALUE:
            raise too_deep("values")
        return joined(list(_parts(value, budget, depth + 1)), "", budget)
    text = _scalar_text(value)
    budget.make(len(text))
    return text


def joined(parts: list[str], glue: str, budget: Budget) -> str:
    """Texts one behind the other, paid for before they are: a list may hold a long one many times over."""
    budget.make(sum(map(len, parts)) + len(glue) * len(parts))
    return glue.join(parts)


def _parts(value: list[Any] | dict[Any, Any] | Entry, budget: Budget, depth: int) -> Iterator[str]:
    if isinstance(value, Entry):
        yield from (text_of(value.key, budget, depth), "=", text_of(value.value, budget, depth))
        return
    yield "[" if isinstance(value, list) else "{"
    children = value if isinstance(value, list) else [Entry(name, child) for name, child in value.items()]
    for number, child in enumerate(children):
        if number:
            yield ", "
        if isinstance(value, dict):
            yield from _parts(child, budget, depth)
        else:
            yield text_of(child, budget, depth)
    yield "]" if isinstance(value, list) else "}"


def _scalar_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value)
    return value.text if isinstance(value, Safe) else str(int(value))


def double_text(value: float) -> str:
    """A Double as Java prints it: 1.0, 0.001, 1.0E7, 1.5E-5."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("-Infinity" if value < 0 else "Infinity")
    if value == 0 or SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return repr(value)
    exponent = int(f"{value:.17e}".partition("e")[2])
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def same(left: Any, right: Any, budget: Budget, depth: int = 0) -> bool:
    """Java's `equals`: numbers of different kinds are different."""
    budget.step()
    if depth > DEEPEST_VALUE:
        raise too_deep("values")
    if type(left) is not type(right):
        return False
    if isinstance(left, str) and len(left) == len(right) > LONG_TEXT:
        budget.make(len(left))
    if isinstance(left, list):
        return len(left) == len(right) and all(
            same(one, other, budget, depth + 1) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            name in right and same(child, right[name], budget, depth + 1) for name, child in left.items()
        )
    return bool(left == right)


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Pebble's `==`: numbers are compared as Doubles, all else as Java does."""
    if is_number(left) and is_number(right):
        return as_double(left) == as_double(right)
    return same(left, right, budget)


def compare(left: Any, right: Any, name: str, holds: Callable[[float, float], bool]) -> bool:
    """Pebble's `<` and its like, which are about numbers; nothing is more or less than null."""
    if left is None or right is None:
        return False
    if not is_number(left) or not is_number(right):
        raise TemplateError(f"invalid operands for mathematical comparison [{name}]")
    return holds(as_double(left), as_double(right))


def compute(left: Any, right: Any, name: str) -> int | float:
    """Pebble's arithmetic: in Doubles where one is, else in 64 bits where one is a Long, else in 32."""
    if not is_number(left) or not is_number(right):
        raise TemplateError(f"invalid operands for mathematical operation [{name}]")
    if isinstance(left, float) or isinstance(right, float):
        return _double_result(as_double(left), as_double(right), name)
    long = type(left) is int or type(right) is int
    bits = 64 if long else 32
    result = _wrapped(_whole_result(_wrapped(int(left), bits), _wrapped(int(right), bits), name), bits)
    return result if long else Integer(result)


def as_double(value: float) -> float:
    """A number as a Double."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_long(value: float) -> int:
    """A number as a Long, as Java narrows it."""
    if isinstance(value, int):
        return _wrapped(value, 64)
    if math.isnan(value):
        return 0
    return int(max(-(2.0**63), min(value, 2.0**63 - 1024)))


def _double_result(left: float, right: float, name: str) -> float:
    if name in ("DIVISION", "MODULUS") and right == 0:
        zero_sign = math.copysign(1, left) * math.copysign(1, right)
        undefined = name == "MODULUS" or left == 0 or math.isnan(left)
        return math.nan if undefined else math.inf * zero_sign
    if name == "MODULUS":
        return math.nan if math.isinf(left) or math.isnan(left) else math.fmod(left, right)
    results = {"ADD": left + right, "SUBTRACT": left - right, "MULTIPLICATION": left * right}
    return results[name] if name in results else left / right


def _whole_result(left: int, right: int, name: str) -> int:
    if name in ("DIVISION", "MODULUS"):
        if right == 0:
            raise TemplateError("/ by zero", "java.lang.ArithmeticException")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if name == "DIVISION" else left - quotient * right
    results = {"ADD": left + right, "SUBTRACT": left - right}
    return results[name] if name in results else left * right


def _wrapped(value: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (value + half) % (half * 2) - half
