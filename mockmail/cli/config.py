"""`mockmail config`: show every setting, its value and where it came from."""

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
    """Add the flags of `serve`, to show their effect."""
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each setting and each vendor option. Raise SettingError, VendorNotUsable."""
    loaded = settings_of(parsed)
    from mockmail.server.discovery import vendor_options

    vendors = vendors_of(loaded.settings)
    options = vendor_options(vendors, loaded.options)
    for spec in fields():
        shown = _shown(spec.name, getattr(loaded.settings, spec.name))
        print(f"{PREFIX}{spec.name.upper()}={shown}  # {loaded.origins[spec.name]}: {spec.metadata['help']}")
    for vendor in sorted(vendors, key=lambda vendor: vendor.name):
        _show_options(vendor, options.get(vendor.name) or vendor.options_type(), loaded)
    return 0


def _show_options(vendor: Vendor, options: Any, loaded: Loaded) -> None:
    given = loaded.options.get(vendor.name, {})
    for spec in dataclasses.fields(options):
        value = json.dumps(getattr(options, spec.name), ensure_ascii=False)
        origin = loaded.file if spec.name in given else "default"
        print(f"[options.{vendor.name}] {spec.name} = {value}  # {origin}: {spec.metadata['help']}")


def _shown(name: str, value: object) -> str:
    if name == "control_token" and value:
        return "***"
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
