"""Changes of a directory object's properties: what to set, add, take away or clear.

Sources: adaxes.com/sdk/REST_ModifyDirectoryObject and ADS_PROPERTY_OPERATION_ENUM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite
from typing import Any

from mockmail.vendors.adaxes.given import Given, PropertyValues

MEMBER = "properties"
PASSWORD = "unicodePwd"  # noqa: S105  # a property's name
_PREFIX = "ads_property_"


class PropertyOperation(IntEnum):
    """What becomes of a property's values."""

    NONE = 0
    CLEAR = 1
    UPDATE = 2
    APPEND = 3
    DELETE = 4


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A property by its LDAP name, the values that came, and what to do with them."""

    name: str
    values: tuple[Any, ...]
    operation: PropertyOperation = PropertyOperation.UPDATE


def changes_of(given: Given) -> tuple[PropertyChange, ...]:
    """The changes of a request; one that says nothing else replaces the values."""
    properties = _properties(given)
    documents = _member(given.members, MEMBER) if properties else []
    return tuple(
        PropertyChange(one.name, one.values, _operation(given, f"{MEMBER}[{number}].operation", document))
        for number, (one, document) in enumerate(zip(properties, documents, strict=True))
    )


def settings(given: Given) -> tuple[PropertyChange, ...]:
    """The properties of a new object, as changes of one that has none."""
    return tuple(PropertyChange(one.name, one.values) for one in _properties(given))


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


def _properties(given: Given) -> tuple[PropertyValues, ...]:
    """The properties of a request; a number beyond all numbers is none, and could not be written again."""
    properties = given.properties(MEMBER)
    for number, one in enumerate(properties):
        if any(isinstance(value, float) and not isfinite(value) for value in one.values):
            given.note(f"{MEMBER}[{number}].values", "Expected numbers that can be written.")
    return properties


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


def _operation(given: Given, where: str, document: Any) -> PropertyOperation:
    value = _member(document, "operation") if isinstance(document, Mapping) else None
    if value is None:
        return PropertyOperation.UPDATE
    for one in PropertyOperation:
        number = type(value) is int and value == one
        if number or (isinstance(value, str) and value.lower().removeprefix(_PREFIX) == one.name.lower()):
            return one
    names = ", ".join(one.name.capitalize() for one in PropertyOperation)
    given.note(where, f"Expected one of {names}.")
    return PropertyOperation.NONE


def _member(members: Mapping[str, Any], name: str) -> Any:
    """A member, whose name counts in any case, as `Given` finds it."""
    if name in members:
        return members[name]
    return next((value for known, value in members.items() if known.lower() == name), None)
