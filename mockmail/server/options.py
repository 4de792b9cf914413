"""A vendor's options from plain names and values, as a file or a test gives them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any

from mockmail.core.registry import Registry
from mockmail.server.settings import SettingError


def vendor_options(vendors: Registry, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Each vendor's options. Raises SettingError for one that is not there, or that has another type."""
    made = {}
    for name, values in given.items():
        vendor = vendors.get(name)
        if vendor is None:
            raise SettingError(f"options: there is no vendor {name!r}; there are {', '.join(vendors.vendors)}")
        made[name] = _options(name, vendor.options_type, values)
    return made


def _options(vendor: str, model: Any, values: Mapping[str, Any]) -> Any:
    known = {one.name: one for one in dataclasses.fields(model)}
    hints = typing.get_type_hints(model)
    taken = {}
    for name, value in values.items():
        if name not in known:
            raise SettingError(f"options.{vendor}: {name!r} is no option; it has {', '.join(known) or 'none'}")
        taken[name] = _fitted(hints[name], value, f"options.{vendor}.{name}")
    try:
        return model(**taken)
    except ValueError as error:
        raise SettingError(f"options.{vendor}: {error}") from error


def _fitted(hint: Any, value: Any, where: str) -> Any:
    if typing.get_origin(hint) is typing.Literal:
        if value not in typing.get_args(hint):
            raise SettingError(f"{where} must be one of {', '.join(map(repr, typing.get_args(hint)))}, not {value!r}")
        return value
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise SettingError(f"{where} must be an array, not {value!r}")
        kind = typing.get_args(hint)[0]
        return tuple(_fitted(kind, one, f"{where}[{number}]") for number, one in enumerate(value))
    if isinstance(hint, type) and not isinstance(value, hint) and not (hint is float and type(value) is int):
        raise SettingError(f"{where} must be of type {hint.__name__}, not {value!r}")
    if isinstance(hint, type) and isinstance(value, bool) and hint is not bool:
        raise SettingError(f"{where} must be of type {hint.__name__}, not {value!r}")
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        kinds = tuple(one for one in typing.get_args(hint) if isinstance(one, type))
        if not isinstance(value, kinds):
            raise SettingError(f"{where} must not be {value!r}")
    return value
