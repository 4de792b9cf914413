"""The settings of a server, and the options of the vendors."""

from __future__ import annotations

import dataclasses
from fnmatch import fnmatchcase
from typing import Any

from docs.site.reference.markdown import code, plain, table
from mockmail.cli.flags import HEADINGS
from mockmail.server.discovery import discover
from mockmail.server.settings import PREFIX, fields, kind_of

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}


def page() -> str:
    """Return the page."""
    parts = [
        "# Settings\n",
        (
            "A setting is a flag of `mockmail serve`, an environment variable, or a key of a TOML file (`--config"
            f" FILE`, or the variable `{PREFIX}CONFIG`). A flag overrides a variable, and a variable overrides the"
            f" file. The flag of `http_port` is `--http-port`, its variable `{PREFIX}HTTP_PORT`. In a variable, commas"
            " separate the items of a list; a flag is repeated. `mockmail config` prints every setting, its value and"
            " where it came from.\n"
        ),
    ]
    settings = list(fields())
    for heading, patterns in HEADINGS.items():
        found = [spec for spec in settings if any(fnmatchcase(spec.name, pattern) for pattern in patterns)]
        settings = [spec for spec in settings if spec not in found]
        if found:
            parts.append(f"## {heading[0].upper()}{heading[1:]}\n\n{_rows(found)}")
    return "\n".join([*parts, _options()])


def _rows(found: list[dataclasses.Field[Any]]) -> str:
    rows = [
        (code(spec.name), plain(spec.metadata["help"]), _KINDS[kind_of(spec)], code(_default(spec))) for spec in found
    ]
    return table(("setting", "effect", "type", "default"), rows)


def _default(spec: dataclasses.Field[Any]) -> str:
    if isinstance(spec.default, bool):
        return str(spec.default).lower()
    return "" if spec.default in (None, dataclasses.MISSING) else str(spec.default)


def _options() -> str:
    parts = [
        (
            "## Options of vendors\n\nOptions are for differences between a vendor's versions. They are tables of the"
            " TOML file (`[options.VENDOR]`), or the keyword `options` of the marker in pytest.\n"
        )
    ]
    for vendor in sorted(discover(), key=lambda vendor: vendor.name):
        rows = [
            (code(spec.name), plain(spec.metadata.get("help", "")), code(spec.default))
            for spec in dataclasses.fields(vendor.options_type)
        ]
        if rows:
            parts.append(f"### {vendor.name}\n\n{table(('option', 'effect', 'default'), rows)}")
    return "\n".join(parts)
