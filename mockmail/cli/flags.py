"""The shared parts of the verbs: a flag for each setting, and the vendors of these settings."""

from __future__ import annotations

import argparse
from dataclasses import Field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.server.settings import Loaded, Settings, fields, kind_of, load

if TYPE_CHECKING:
    from mockmail.core.registry import Registry


HEADINGS = {
    "where it listens": ("host", "*_port", "smtp_sandboxes", "ready_file"),
    "TLS and proxy": ("*tls*", "proxy_*"),
    "vendors, state and mail": ("vendors*", "data_dir", "seed", "init_dir", "id_seed", "reload", "remove_*"),
    "who may do what": ("control_token", "allowed_hosts", "relay_allow", "reject_*", "webhook*"),
    "the log": ("log_*", "quiet"),
    "bounds": ("max_*", "*_idle", "*_seconds"),
    "other settings": ("*",),
}
"""The groups of settings in the help, by patterns of their names; a setting is in the first one that matches."""


SHOWN_TO_CLIENTS = frozenset({"host", "http_port", "smtp_port", "control_token"})
"""The settings in the help of a verb that does not start a server."""


def add_settings(
    parser: argparse.ArgumentParser, usage: str = "%(prog)s [OPTION]...", *, show_all: bool = False
) -> None:
    """Add a flag for each setting, and `--config`. show_all: whether the help lists all of them."""
    parser.usage = usage
    others = "" if show_all else "; every flag of `mockmail serve` is accepted, too"
    parser.add_argument("--config", type=Path, metavar="FILE", help=f"a TOML file of settings{others}")
    settings = list(fields())
    for heading, patterns in HEADINGS.items():
        found = [spec for spec in settings if any(fnmatchcase(spec.name, pattern) for pattern in patterns)]
        settings = [spec for spec in settings if spec not in found]
        if found:
            _add_flags(parser.add_argument_group(heading), found, show_all=show_all)


def _add_flags(group: argparse._ArgumentGroup, found: list[Field[Any]], *, show_all: bool) -> None:
    for spec in found:
        flag = f"--{spec.name.replace('_', '-')}"
        kind, words = kind_of(spec), spec.metadata["help"]
        hidden = None if show_all or spec.name in SHOWN_TO_CLIENTS else argparse.SUPPRESS
        if kind is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=hidden or words)
        elif kind is tuple:
            repeated = f"{words}; may be repeated"
            group.add_argument(flag, action="append", metavar=spec.metadata["value"], help=hidden or repeated)
        else:
            shown = f" ({spec.default})" if spec.default not in ("", None) else ""
            value = spec.metadata["value"] or "NUMBER"
            group.add_argument(flag, type=kind, metavar=value, help=hidden or f"{words}{shown}")


def settings_of(parsed: argparse.Namespace) -> Loaded:
    """Return the settings from flags, environment and file. Raise SettingError."""
    return load(vars(parsed), file=parsed.config)


def vendors_of(settings: Settings) -> Registry:
    """Return the vendors that a server with these settings has. Raise VendorNotUsable."""
    from mockmail.server.discovery import discover  # `healthcheck` must start fast

    return discover([Path(folder) for folder in settings.vendors_dir], settings.vendors)
