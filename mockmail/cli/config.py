"""`mockmail config`: every setting, its value and where it came from."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.server.settings import PREFIX, Loaded, fields

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor

NAME = "config"
HELP = "show every setting, its value and where it came from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of `serve`, to see what they would do."""
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each setting, and for each option of a vendor. Raises SettingError, VendorNotUsable."""
    loaded = settings_of(parsed)
    from mockmail.server.options import vendor_options

    vendors = vendors_of(loaded.settings)
    made = vendor_options(vendors, loaded.options)
    for one in fields():
        shown = _shown(one.name, getattr(loaded.settings, one.name))
        print(f"{PREFIX}{one.name.upper()}={shown}  # {loaded.origins[one.name]}: {one.metadata['help']}")
    for vendor in sorted(vendors, key=lambda vendor: vendor.name):
        _show_options(vendor, made.get(vendor.name) or vendor.options_type(), loaded)
    return 0


def _show_options(vendor: Vendor, options: Any, loaded: Loaded) -> None:
    """An option as the file has it; there is no other place for one."""
    given = loaded.options.get(vendor.name, {})
    for one in dataclasses.fields(options):
        value = json.dumps(getattr(options, one.name), ensure_ascii=False)
        origin = loaded.file if one.name in given else "default"
        print(f"[options.{vendor.name}] {one.name} = {value}  # {origin}: {one.metadata['help']}")


def _shown(name: str, value: object) -> str:
    if name == "control_token" and value:
        return "***"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
