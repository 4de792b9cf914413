"""The shared parts of the verbs: a flag for each setting, and the vendors of these settings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mockmail.server.settings import Loaded, Settings, fields, kind_of, load

if TYPE_CHECKING:
    from mockmail.core.registry import Registry


def add_settings(parser: argparse.ArgumentParser, usage: str = "%(prog)s [OPTION]...") -> None:
    """Add a flag for each setting, and `--config`."""
    parser.usage = usage
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file of settings")
    for spec in fields():
        flag = f"--{spec.name.replace('_', '-')}"
        kind, words = kind_of(spec), spec.metadata["help"]
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=words)
        elif kind is tuple:
            parser.add_argument(flag, action="append", metavar=spec.metadata["value"], help=f"{words}; may be repeated")
        else:
            shown = f" ({spec.default})" if spec.default != "" else ""
            parser.add_argument(flag, type=kind, metavar=spec.metadata["value"] or "NUMBER", help=f"{words}{shown}")


def settings_of(parsed: argparse.Namespace) -> Loaded:
    """Return the settings from flags, environment and file. Raise SettingError."""
    return load(vars(parsed), file=parsed.config)


def vendors_of(settings: Settings) -> Registry:
    """Return the vendors that a server with these settings has. Raise VendorNotUsable."""
    from mockmail.server.discovery import discover  # `healthcheck` must start fast

    return discover([Path(folder) for folder in settings.vendors_dir], settings.vendors)
