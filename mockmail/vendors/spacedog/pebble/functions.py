"""Pebble's functions, macros, blocks, and the members of values that a template may read."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from types import MappingProxyType
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import TemplateError, illegal_argument, wrong_class
from mockmail.vendors.spacedog.pebble.filters import FILTERS
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import Entry, Integer, Safe, as_long, compare, is_key, is_number

RANGE = ("start", "end", "increment")
LONGEST_MEMBER = 20
_INDEX = re.compile(r"[+-]?[0-9]{1,9}")
_WANTED = "Arguments of range function must be of type Number or String with a length of 1"


def most(run: Run, values: Sequence[Any], *, smallest: bool) -> Any:
    """Return the largest or smallest value, skipping leading nulls. Raise TemplateError."""
    best: Any = None
    for value in values:
        run.budget.step()
        name, holds = ("LESS_THAN", operator.lt) if smallest else ("GREATER_THAN", operator.gt)
        if best is None or compare(value, best, name, holds):
            best = value
    return best


def numbers_between(run: Run, start: Any, end: Any, increment: Any = None) -> list[Any]:
    """Return the numbers or letters from start to end, both included. Raise TemplateError."""
    step = 1 if increment is None else increment
    if not is_number(step):
        raise illegal_argument(f"The increment of the range function must be a number {run.text(step)}")
    step = as_long(step)
    if step == 0:
        raise illegal_argument("The increment of the range function must be different than 0")
    if is_number(start) and is_number(end):
        return list(_counted(run, as_long(start), as_long(end), step))
    if not isinstance(start, str) or not isinstance(end, str) or len(start) != 1 or len(end) != 1:
        raise illegal_argument(_WANTED)
    return [chr(number) for number in _counted(run, ord(start), ord(end), step)]


def _counted(run: Run, start: int, end: int, step: int) -> range:
    found = range(start, end + (1 if step > 0 else -1), step)
    run.budget.step(max(0, (end - start) // step + 1))
    return found


def member(run: Run, value: Any, name: Any, given: Sequence[Any] | None) -> Any:
    """Return `value.name`, `value[name]` or `value.name(…)`, or None if there is no such member.

    Pebble reads any Java member by reflection; here only elements and the members listed below can be read.
    """
    if value is None:
        return None
    run.charge(name, *(given or ()))
    if given is None and isinstance(value, dict) and is_key(name) and name in value:
        return value[name]
    if given is None and isinstance(value, list):
        index = run.text(name)
        if _INDEX.fullmatch(index):
            return value[int(index)] if 0 <= int(index) < len(value) else None
    if not isinstance(name, str) or len(name) > LONGEST_MEMBER:
        return None
    run.charge(value)
    members = next((table for kind, table in _MEMBERS.items() if isinstance(value, kind)), {})
    for prefix in ("", "get", "is"):
        found = members.get((f"{prefix}{name}".lower(), len(given or ())))
        if found is not None:
            run.budget.step()
            return found(run, value, *(given or ()))
    return None


def _entries(run: Run, value: Mapping[Any, Any]) -> list[Entry]:
    run.budget.step(len(value) // 10)
    return [Entry(name, item) for name, item in value.items()]


def _element(run: Run, value: list[Any], index: Any) -> Any:
    if not isinstance(index, int) or not 0 <= index < len(value):
        raise TemplateError(f"Index: {run.text(index)}, Size: {len(value)}", "java.lang.IndexOutOfBoundsException")
    return value[index]


def _text_filter(name: str) -> Callable[..., Any]:
    return lambda run, value: FILTERS[name].apply(run, value, {})


def _plain(ask: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _, *arguments: ask(*arguments)


Members = Mapping[tuple[str, int], Callable[..., Any]]
_size = _plain(lambda value: Integer(len(value)))
_is_empty = _plain(operator.not_)
_MEMBERS: Mapping[type, Members] = MappingProxyType(
    {
        str: {
            ("length", 0): _size,
            ("isempty", 0): _is_empty,
            ("trim", 0): _text_filter("trim"),
            ("touppercase", 0): _text_filter("upper"),
            ("tolowercase", 0): _text_filter("lower"),
            ("startswith", 1): _plain(lambda value, part: isinstance(part, str) and value.startswith(part)),
            ("endswith", 1): _plain(lambda value, part: isinstance(part, str) and value.endswith(part)),
        },
        list: {("size", 0): _size, ("isempty", 0): _is_empty, ("get", 1): _element},
        dict: {
            ("size", 0): _size,
            ("isempty", 0): _is_empty,
            ("get", 1): _plain(lambda value, name: value.get(name) if is_key(name) else None),
            ("containskey", 1): _plain(lambda value, name: is_key(name) and name in value),
            ("keyset", 0): _plain(list),
            ("values", 0): _plain(lambda value: list(value.values())),
            ("entryset", 0): _entries,
        },
        Entry: {
            ("getkey", 0): _plain(lambda value: value.key),
            ("getvalue", 0): _plain(lambda value: value.value),
        },
    }
)


def rounds(run: Run, value: Any, name: str, line: int) -> Iterator[Any]:
    """Yield the items of a loop, with the loop's variables set. Raise TemplateError."""
    run.was_empty = False
    if value is None:
        return
    if not isinstance(value, list | dict):
        raise run.error(f"Not an iterable object. Value = [{run.text(value)}]", line)
    items = value if isinstance(value, list) else _entries(run, value)
    run.was_empty = not items
    loop: dict[str, Any] = {"length": Integer(len(items))}
    shadows = run.scopes.knows_here("loop") or run.scopes.knows_here(name)
    with run.scopes.inner() if shadows else nullcontext():
        for number, item in enumerate(items):
            run.budget.step()
            loop["first"], loop["last"] = number == 0, number == len(items) - 1
            loop["revindex"], loop["index"] = Integer(len(items) - number - 1), Integer(number)
            run.scopes.put("loop", loop)
            run.scopes.put(name, item)
            yield item


def render_block(run: Run, name: Any) -> str:
    """Return the rendered block, or an empty text if there is no such block. Raise TemplateError."""
    if not isinstance(name, str):
        raise wrong_class(name, "java.lang.String")
    if name not in run.blocks:
        return ""
    with run.nested_call():
        return run.blocks[name]()


def call_macro(run: Run, name: str, positional: list[Any], named: Mapping[str, Any], line: int) -> Any:
    """Return the output of a macro, as escaped text. Raise TemplateError."""
    if name not in run.macros:
        raise run.error(f"Function or Macro [{name}] does not exist.", None)
    body, defaults = run.macros[name]
    given = by_name(run, tuple(defaults), positional, named, line)
    with run.nested_call(), run.scopes.inner(defaults, local=True), run.scopes.inner(given):
        return Safe(body())


def by_name(
    run: Run, names: tuple[str, ...] | None, positional: list[Any], named: Mapping[str, Any], line: int
) -> dict[str, Any]:
    """Return the arguments by name; none if `names` is None. Raise TemplateError for an unknown one."""
    if names is None:
        return {}
    if len(positional) > len(names):
        message = f"The argument at position {len(names) + 1} is not allowed."
        raise run.error(f"{message} Only {len(names)} argument(s) are allowed.", line)
    unknown = [name for name in named if name not in names]
    if unknown:
        raise run.error(f"The following named argument does not exist: {unknown[0]}", line)
    return {**dict(zip(names, positional, strict=False)), **named}
