"""The members of values that a template may read."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import TemplateError
from mockmail.vendors.spacedog.pebble.filters import FILTERS
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import Entry, Integer, is_key

LONGEST_MEMBER = 20
_INDEX = re.compile(r"[+-]?[0-9]{1,9}")


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


def entries(run: Run, value: Mapping[Any, Any]) -> list[Entry]:
    """Return the entries of a map."""
    run.budget.step(len(value) // 10)
    return [Entry(name, item) for name, item in value.items()]


def _element(run: Run, value: list[Any], index: Any) -> Any:
    if not isinstance(index, int) or not 0 <= index < len(value):
        raise TemplateError(f"Index: {run.text(index)}, Size: {len(value)}", "java.lang.IndexOutOfBoundsException")
    return value[index]


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
            ("trim", 0): FILTERS["trim"].apply,
            ("touppercase", 0): FILTERS["upper"].apply,
            ("tolowercase", 0): FILTERS["lower"].apply,
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
            ("entryset", 0): entries,
        },
        Entry: {
            ("getkey", 0): _plain(lambda value: value.key),
            ("getvalue", 0): _plain(lambda value: value.value),
        },
    }
)
