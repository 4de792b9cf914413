"""`?fields=`: what a client wants to see of an answer (DocSpace-server, DynamicIgnoreResolver.cs)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

MOST_FIELDS = 1000


def only_fields(query: str, response: Any) -> Any:
    """An object, or each of a list, with the members that are named; whatever is none is not touched.

    `fields=host,port` names two, as `fields=host&fields=port` does and `fields[]=host&fields[]=port`; `createBy.id`
    names a member's member. Their case counts, that of `fields` does not.
    """
    names = _names(query)
    return response if names is None else _trimmed(response, names, "")


def _names(query: str) -> Sequence[str] | None:
    if "fields" not in query.lower():
        return None
    given = _parameters(query)
    several = [value for name, value in given if name.lower() == "fields[]"]
    values = several or [value for name, value in given if name.lower() == "fields"]
    if not several and len(values) == 1:
        return values[0].split(",")
    return values or None


def _trimmed(value: Any, names: Sequence[str], within: str) -> Any:
    if isinstance(value, list | tuple):
        return [_trimmed(one, names, within) for one in value]
    if not isinstance(value, Mapping):
        return value
    shown = {}
    for name, inner in value.items():
        path = f"{within}.{name}" if within else name
        if any(path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in names):
            shown[name] = _trimmed(inner, names, path)
    return shown


def _parameters(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:  # too many of them
        return []
