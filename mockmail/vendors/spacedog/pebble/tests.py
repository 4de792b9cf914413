"""Pebble's tests, which stand behind `is` (pebble v2.2.3, extension/core/)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import illegal_argument, wrong_class
from mockmail.vendors.spacedog.pebble.values import BigInteger


def is_empty(value: Any) -> bool:
    """Whether it is null, blank, or holds nothing."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def _is_even(value: Any, name: str = "even") -> bool:
    if value is None:
        raise illegal_argument(f'Can not pass null value to "{name}" test.')
    if not isinstance(value, int) or isinstance(value, bool | BigInteger):
        raise wrong_class(value, "java.lang.Long")
    return value % 2 == 0


TESTS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "empty": is_empty,
        "even": _is_even,
        "odd": lambda value: not _is_even(value, "odd"),
        "iterable": lambda value: isinstance(value, list),
        "map": lambda value: isinstance(value, dict),
        "null": lambda value: value is None,
        "defined": lambda value: value is not None,
    }
)
