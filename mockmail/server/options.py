"""Vendors' options, made from the plain values of a settings file or a test."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from mockmail.core.errors import InvalidValue
from mockmail.core.registry import Registry
from mockmail.core.validation import convert
from mockmail.server.settings import SettingError


def vendor_options(vendors: Registry, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return each vendor's options. Raise SettingError for an unknown vendor or option, or a value of a wrong type."""
    options = {}
    for name, values in given.items():
        vendor = vendors.get(name)
        if vendor is None:
            raise SettingError(f"options: there is no vendor {name!r}; there are {', '.join(vendors.vendors)}")
        options[name] = _options(vendor.options_type, values, f"options.{name}")
    return options


def _options(model: Any, values: Mapping[str, Any], where: str) -> Any:
    known = [option.name for option in dataclasses.fields(model)]
    for name in values:
        if name not in known:
            raise SettingError(f"{where}: {name!r} is not an option; expected {', '.join(known) or 'none'}")
    try:
        return convert(values, model, where=where)
    except InvalidValue as error:
        raise SettingError(str(error)) from error
