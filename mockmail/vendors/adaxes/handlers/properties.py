"""Changes of a directory object's properties: what to set, add, take away or clear.

Sources: adaxes.com/sdk/REST_ModifyDirectoryObject and ADS_PROPERTY_OPERATION_ENUM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockmail.vendors.adaxes.parameters import PropertyChange, PropertyOperation

PASSWORD = "unicodePwd"  # noqa: S105  # a property's name


def changed(properties: Mapping[str, Any], changes: Iterable[PropertyChange]) -> dict[str, Any]:
    """The properties after the changes, without those that are left without values; a password is none of them."""
    after = dict(properties)
    spelled = {name.lower(): name for name in after}
    for change in changes:
        if change.name.lower() == PASSWORD.lower():
            continue
        name = spelled.setdefault(change.name.lower(), change.name)
        values = _values(_listed(after.pop(name, None)), change)
        if values:
            after[name] = values
    return after


def password(changes: Iterable[PropertyChange]) -> str | None:
    """The password that the changes set; None where they set none."""
    given = [one.values[0] for one in changes if one.name.lower() == PASSWORD.lower() and one.values and _sets(one)]
    return str(given[-1]) if given else None


def _sets(change: PropertyChange) -> bool:
    return change.operation in (PropertyOperation.UPDATE, PropertyOperation.APPEND)


def _values(before: list[Any], change: PropertyChange) -> list[Any]:
    """Values are the same in any case, as in a directory."""
    if change.operation is PropertyOperation.NONE:
        return before
    if change.operation is PropertyOperation.CLEAR:
        return []
    if change.operation is PropertyOperation.UPDATE:
        return list(change.values)
    if change.operation is PropertyOperation.APPEND:
        known = {_folded(value) for value in before}
        return [*before, *(value for value in change.values if _folded(value) not in known)]
    gone = {_folded(value) for value in change.values}
    return [value for value in before if _folded(value) not in gone]


def _folded(value: Any) -> str:
    return str(value).casefold()


def _listed(values: Any) -> list[Any]:
    if values is None:
        return []
    return list(values) if isinstance(values, list | tuple) else [values]
