"""Define the operations that a compiled template calls; each is a filter of the jinja2 environment.

Each takes jinja2's context, which carries the `Run`. It also keeps jinja2 from computing constants at compile time.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from mockmail.vendors.spacedog.pebble.errors import TemplateError, illegal_argument, java_class, wrong_class
from mockmail.vendors.spacedog.pebble.filters import FILTERS, TESTS, map_key
from mockmail.vendors.spacedog.pebble.functions import (
    RANGE,
    by_name,
    call_macro,
    member,
    most,
    numbers_between,
    render_block,
    rounds,
)
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import Integer, Safe, compare, compute, equal, is_key, joined, same

RUN = "run"
"""The name that a rendering's `Run` has in jinja2's context."""

_ARITHMETIC = {"+": "ADD", "-": "SUBTRACT", "*": "MULTIPLICATION", "/": "DIVISION", "%": "MODULUS"}
_COMPARISON = {
    ">": ("GREATER_THAN", operator.gt),
    "<": ("LESS_THAN", operator.lt),
    ">=": ("GREATER_THAN_EQUALS", operator.ge),
    "<=": ("LESS_THAN_EQUALS", operator.le),
}


def _print(run: Run, value: Any) -> str:
    if value is None:
        return ""
    printed = run.text(value)
    run.budget.make(len(printed))
    return printed


def _escape(run: Run, value: Any, strategy: str) -> Any:
    return FILTERS["escape"].apply(run, value, {"strategy": strategy})


def _filter(  # noqa: PLR0917  # the nodes of a template call it
    run: Run, value: Any, name: str, positional: list[Any], named: Mapping[str, Any], line: int
) -> Any:
    found = FILTERS.get(name)
    if found is None:
        raise run.error(f"Filter [{name}] does not exist.", line)
    given = by_name(run, found.arguments, positional, named, line)
    if value is None and not found.takes_null:
        return None
    if isinstance(value, Safe) and name != "escape":
        value = value.text
    run.charge(value)
    return found.apply(run, value, given)


def _call(run: Run, name: str, positional: list[Any], named: Mapping[str, Any], line: int) -> Any:
    if name in ("max", "min"):
        return most(run, positional, smallest=name == "min")
    if name == "range":
        given = by_name(run, RANGE, positional, named, line)
        return numbers_between(run, given.get("start"), given.get("end"), given.get("increment"))
    if name == "block" and positional:
        return Safe(render_block(run, positional[0]))
    if name == "parent":
        raise run.error("Can not use parent function if template does not extend another template.", line)
    if name == "i18n":
        message = "Can't find bundle for base name, locale en_US: i18n is not emulated"
        raise TemplateError(message, "java.util.MissingResourceException")
    return call_macro(run, name, positional, named, line)


def _test(run: Run, value: Any, name: str, line: int) -> bool:
    if name not in TESTS:
        raise run.error(f"Test [{name}] does not exist.", line)
    run.charge(value)
    return TESTS[name](value)


def _binary(run: Run, left: Any, sign: str, right: Any) -> Any:
    if sign in ("==", "!="):
        run.charge(left, right)
        return equal(left, right, run.budget) == (sign == "==")
    if sign in _COMPARISON:
        return compare(left, right, *_COMPARISON[sign])
    if sign == "+" and (isinstance(left, str | Safe) or isinstance(right, str | Safe)):
        return _concatenate(run, left, right, null="null")
    if sign in "+-" and isinstance(left, list):
        return _list_operation(run, left, sign, right)
    return compute(left, right, _ARITHMETIC[sign])


def _list_operation(run: Run, left: list[Any], sign: str, right: Any) -> list[Any]:
    others = right if isinstance(right, list) else [right]
    run.budget.step(len(left) + len(others))
    if sign == "+":
        return left + others
    return [item for item in left if not any(same(item, other, run.budget) for other in others)]


def _concatenate(run: Run, *values: Any, null: str = "") -> str:
    return joined([null if value is None else run.text(value) for value in values], "", run.budget)


def _contains(run: Run, left: Any, right: Any) -> bool:
    if left is None:
        return False
    run.charge(left, right)
    if isinstance(left, list):
        wanted = right if isinstance(right, list) else [right]
        return all(any(same(item, element, run.budget) for item in left) for element in wanted)
    if isinstance(left, dict):
        return is_key(right) and right in left
    if isinstance(left, str):
        return run.text(right) in left
    kinds = "Contains operator can only be used on Collections, Maps and arrays."
    raise illegal_argument(f"{kinds} Actual type was: {java_class(left)}")


def _boolean(run: Run, value: Any) -> bool:
    if value is None:
        raise TemplateError("", "java.lang.NullPointerException")
    return _boolean_or_null(run, value)


def _boolean_or_null(run: Run, value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise wrong_class(value, "java.lang.Boolean")
    return bool(value)


def _condition(run: Run, value: Any, line: int) -> bool:
    try:
        return _boolean_or_null(run, value)
    except TemplateError as error:
        raise run.error('Expected a Boolean in "if" statement', line, error) from error


def _cache_name(run: Run, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise wrong_class(value, "java.lang.String")


def _signed(run: Run, value: Any, sign: str) -> Any:
    return compute(Integer(1 if sign == "+" else -1), value, "MULTIPLICATION")


def _map(run: Run, pairs: list[list[Any]]) -> dict[Any, Any]:
    run.charge(*(name for name, _ in pairs))
    return {map_key(name): value for name, value in pairs}


def _operation(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def apply(context: Context, *arguments: Any) -> Any:
        run: Run = context.parent[RUN]
        run.budget.step()
        return function(run, *arguments)

    return apply


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "attribute": member,
    "block": render_block,
    "boolean": _boolean,
    "boolean or null": _boolean_or_null,
    "cache name": _cache_name,
    "call": _call,
    "concatenate": _concatenate,
    "condition": _condition,
    "contains": _contains,
    "define block": lambda run, body, name, _: run.blocks.update({name: body}),
    "define macro": lambda run, body, name, defaults: run.macros.update({name: (body, defaults)}),
    "escape": _escape,
    "filter": _filter,
    "map": _map,
    "operator": _binary,
    "print": _print,
    "range": numbers_between,
    "rounds": rounds,
    "set": lambda run, value, name: run.scopes.set(name, value),
    "signed": _signed,
    "test": _test,
    "text": _print,
    "value": lambda _, value: value,
    "variable": lambda run, name: run.scopes.get(name),
    "was empty": lambda run, _: run.was_empty,
}

OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {name: _operation(function) for name, function in _FUNCTIONS.items()}
)
