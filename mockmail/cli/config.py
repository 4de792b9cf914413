"""`mockmail config`: every setting, its value and where it came from."""

from __future__ import annotations

import argparse

from mockmail.cli.flags import add_settings, settings_of
from mockmail.server.settings import PREFIX, fields

NAME = "config"
HELP = "show every setting, its value and where it came from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of `serve`, to see what they would do."""
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each setting."""
    loaded = settings_of(parsed)
    for one in fields():
        shown = _shown(one.name, getattr(loaded.settings, one.name))
        print(f"{PREFIX}{one.name.upper()}={shown}  # {loaded.origins[one.name]}: {one.metadata['help']}")
    for vendor, options in loaded.options.items():
        for name, value in options.items():
            print(f"[options.{vendor}] {name} = {value!r}")
    return 0


def _shown(name: str, value: object) -> str:
    if name == "control_token" and value:
        return "***"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
