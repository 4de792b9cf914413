"""Define the operations that a compiled template calls; each is a filter of the jinja2 environment.

Each takes jinja2's context, which carries the `Run`. It also keeps jinja2 from computing constants at compile time.
"""

from __future__ import annotations

import operator
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from mockmail.vendors.spacedog.pebble.errors import TemplateError, cast, illegal_argument, java_class
from mockmail.vendors.spacedog.pebble.filters import FILTERS, TESTS, map_key
from mockmail.vendors.spacedog.pebble.members import entries, member
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import (
    Integer,
    Safe,
    as_long,
    compare,
    compute,
    equal,
    is_key,
    is_number,
    joined,
    same,
)

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


def _filter(  # noqa: PLR0917  # the nodes of a template call it
    run: Run, value: Any, name: str, positional: list[Any], named: Mapping[str, Any], line: int
) -> Any:
    found = FILTERS.get(name)
    if found is None:
        raise run.error(f"Filter [{name}] does not exist.", line)
    given = _by_name(run, found.arguments, positional, named, line)
    if value is None and not found.takes_null:
        return None
    if isinstance(value, Safe) and name != "escape":
        value = value.text
    run.charge(value)
    return found.apply(run, value, *map(given.get, found.arguments or ()))


def _call(run: Run, name: str, positional: list[Any], named: Mapping[str, Any], line: int) -> Any:
    if name in ("max", "min"):
        return _extreme(run, positional, smallest=name == "min")
    if name == "range":
        names = ("start", "end", "increment")
        return _numbers_between(run, *map(_by_name(run, names, positional, named, line).get, names))
    if name == "block" and positional:
        return Safe(_render_block(run, positional[0]))
    if name == "parent":
        raise run.error("Can not use parent function if template does not extend another template.", line)
    if name == "i18n":
        message = "Can't find bundle for base name, locale en_US: i18n is not emulated"
        raise TemplateError(message, "java.util.MissingResourceException")
    return _call_macro(run, name, positional, named, line)


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
    return bool(cast(value, bool | None, "java.lang.Boolean"))


def _condition(run: Run, value: Any, line: int) -> bool:
    try:
        return _boolean_or_null(run, value)
    except TemplateError as error:
        raise run.error('Expected a Boolean in "if" statement', line, error) from error


def _cache_name(run: Run, value: Any) -> None:
    cast(value, str | None, "java.lang.String")


def _signed(run: Run, value: Any, sign: str) -> Any:
    return compute(Integer(1 if sign == "+" else -1), value, "MULTIPLICATION")


def _map(run: Run, pairs: list[list[Any]]) -> dict[Any, Any]:
    run.charge(*(name for name, _ in pairs))
    return {map_key(name): value for name, value in pairs}


def _extreme(run: Run, values: Sequence[Any], *, smallest: bool) -> Any:
    best: Any = None
    for value in values:
        run.budget.step()
        if best is None or compare(value, best, *_COMPARISON["<" if smallest else ">"]):
            best = value
    return best


def _numbers_between(run: Run, start: Any, end: Any, increment: Any = None) -> list[Any]:
    step = 1 if increment is None else increment
    if not is_number(step):
        raise illegal_argument(f"The increment of the range function must be a number {run.text(step)}")
    step = as_long(step)
    if step == 0:
        raise illegal_argument("The increment of the range function must be different than 0")
    if is_number(start) and is_number(end):
        return list(_counted(run, as_long(start), as_long(end), step))
    if not isinstance(start, str) or not isinstance(end, str) or len(start) != 1 or len(end) != 1:
        kinds = "Arguments of range function must be of type Number or String"
        raise illegal_argument(f"{kinds} with a length of 1")
    return [chr(number) for number in _counted(run, ord(start), ord(end), step)]


def _counted(run: Run, start: int, end: int, step: int) -> range:
    found = range(start, end + (1 if step > 0 else -1), step)
    run.budget.step(max(0, (end - start) // step + 1))
    return found


def _iterate(run: Run, value: Any, name: str, line: int) -> Iterator[Any]:
    run.was_empty = False
    if value is None:
        return
    if not isinstance(value, list | dict):
        raise run.error(f"Not an iterable object. Value = [{run.text(value)}]", line)
    items = value if isinstance(value, list) else entries(run, value)
    run.was_empty = not items
    loop: dict[str, Any] = {"length": Integer(len(items))}
    innermost = run.scopes.maps[0]
    with run.within(run.scopes.new_child() if "loop" in innermost or name in innermost else run.scopes):
        for number, item in enumerate(items):
            run.budget.step()
            loop["first"], loop["last"] = number == 0, number == len(items) - 1
            loop["revindex"], loop["index"] = Integer(len(items) - number - 1), Integer(number)
            run.scopes["loop"] = loop
            run.scopes[name] = item
            yield item


def _render_block(run: Run, name: Any) -> str:
    if cast(name, str, "java.lang.String") not in run.blocks:
        return ""
    with run.nested_call():
        return run.blocks[name]()


def _call_macro(run: Run, name: str, positional: list[Any], named: Mapping[str, Any], line: int) -> Any:
    if name not in run.macros:
        raise run.error(f"Function or Macro [{name}] does not exist.", None)
    body, defaults = run.macros[name]
    given = _by_name(run, tuple(defaults), positional, named, line)
    with run.nested_call(), run.within(ChainMap(given, dict(defaults))):
        return Safe(body())


def _by_name(
    run: Run, names: tuple[str, ...] | None, positional: list[Any], named: Mapping[str, Any], line: int
) -> dict[str, Any]:
    if names is None:
        return {}
    if len(positional) > len(names):
        message = f"The argument at position {len(names) + 1} is not allowed."
        raise run.error(f"{message} Only {len(names)} argument(s) are allowed.", line)
    unknown = [name for name in named if name not in names]
    if unknown:
        raise run.error(f"The following named argument does not exist: {unknown[0]}", line)
    return {**dict(zip(names, positional, strict=False)), **named}


def _operation(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def apply(context: Context, *arguments: Any) -> Any:
        run: Run = context.parent[RUN]
        run.budget.step()
        return function(run, *arguments)

    return apply


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "attribute": member,
    "block": _render_block,
    "boolean": _boolean,
    "boolean or null": _boolean_or_null,
    "cache name": _cache_name,
    "call": _call,
    "concatenate": _concatenate,
    "condition": _condition,
    "contains": _contains,
    "define block": lambda run, body, name, _: run.blocks.update({name: body}),
    "define macro": lambda run, body, name, defaults: run.macros.update({name: (body, defaults)}),
    "escape": FILTERS["escape"].apply,
    "filter": _filter,
    "map": _map,
    "operator": _binary,
    "print": _print,
    "range": _numbers_between,
    "iterate": _iterate,
    "set": lambda run, value, name: run.set(name, value),
    "signed": _signed,
    "test": _test,
    "text": _print,
    "value": lambda _, value: value,
    "variable": lambda run, name: run.get(name),
    "was empty": lambda run, _: run.was_empty,
}

OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {name: _operation(function) for name, function in _FUNCTIONS.items()}
)
