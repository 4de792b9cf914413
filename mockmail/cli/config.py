"""`mockmail config`: show every setting, its value and where it came from."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.server.settings import Loaded, fields

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor

NAME = "config"
HELP = "show every setting, its value and where it came from, as a file for --config"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `serve`, to show their effect."""
    add_settings(parser, show_all=True)


def run(parsed: argparse.Namespace) -> int:
    """Print a TOML file with every setting and vendor option. Raise SettingError, VendorNotUsable."""
    loaded = settings_of(parsed)
    from mockmail.server.discovery import vendor_options

    vendors = vendors_of(loaded.settings)
    options = vendor_options(vendors, loaded.options)
    for spec in fields():
        value = getattr(loaded.settings, spec.name)
        hidden = spec.name == "control_token" and value
        print(_line(spec, "***" if hidden else value, loaded.origins[spec.name], commented=bool(hidden)))
    for vendor in sorted(vendors, key=lambda vendor: vendor.name):
        _show_options(vendor, options.get(vendor.name) or vendor.options_type(), loaded)
    return 0


def _show_options(vendor: Vendor, options: Any, loaded: Loaded) -> None:
    given, specs = loaded.options.get(vendor.name, {}), dataclasses.fields(options)
    if specs:
        print(f"\n[options.{vendor.name}]")
    for spec in specs:
        origin = str(loaded.file) if spec.name in given else "default"
        print(_line(spec, getattr(options, spec.name), origin))


def _line(spec: dataclasses.Field[Any], value: object, origin: str, *, commented: bool = False) -> str:
    # TOML has no null: a setting without a value is a comment, like a secret.
    shown = f"{spec.name} = " + ("" if value is None else _toml(value))
    comment = "".join(char if char.isprintable() else "\ufffd" for char in f"{origin}: {spec.metadata['help']}")
    return f"{'# ' if commented or value is None else ''}{shown}  # {comment}"


def _toml(value: object) -> str:
    # JSON's strings, numbers and arrays are TOML, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
