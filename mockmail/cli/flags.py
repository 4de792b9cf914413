"""The settings as flags."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mockmail.server.settings import Loaded, Settings, fields, kind_of, load

if TYPE_CHECKING:
    from mockmail.core.registry import Registry


def add_settings(parser: argparse.ArgumentParser, usage: str = "%(prog)s [OPTION]...") -> None:
    """A flag for each setting, and `--config`."""
    parser.usage = usage
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file of settings")
    for one in fields():
        flag = f"--{one.name.replace('_', '-')}"
        kind, words = kind_of(one), one.metadata["help"]
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=words)
        elif kind is tuple:
            parser.add_argument(flag, action="append", metavar=one.metadata["value"], help=f"{words}; may be repeated")
        else:
            shown = f" ({one.default})" if one.default != "" else ""
            parser.add_argument(flag, type=kind, metavar=one.metadata["value"] or "NUMBER", help=f"{words}{shown}")


def settings_of(parsed: argparse.Namespace) -> Loaded:
    """The settings that flags, environment and file make. Raises SettingError."""
    return load(vars(parsed), file=parsed.config)


def vendors_of(settings: Settings) -> Registry:
    """The vendors that a server with these settings has. Raises VendorNotUsable."""
    from mockmail.server.discovery import discover  # which most verbs can do without, and a health check should

    return discover([Path(folder) for folder in settings.vendors_dir], settings.vendors)
