"""Validate vendor and operation names, so that a typo does not silently match nothing."""

from __future__ import annotations

from fnmatch import fnmatchcase

from mockmail.core.errors import UnknownName
from mockmail.core.registry import Registry
from mockmail.core.vendor import PREFLIGHT, Vendor

LONGEST = 80
"""The number of characters of a wrong name that an error shows."""


def vendor_named(vendors: Registry, name: str) -> Vendor:
    """Return the vendor with this name. Raise UnknownName."""
    found = vendors.get(name)
    if found is None:
        raise UnknownName(f"there is no vendor {name[:LONGEST]!r}; there are {', '.join(vendors.vendors)}")
    return found


def check_names(vendors: Registry, vendor: str | None, operation: str | None) -> None:
    """Raise UnknownName unless the vendor exists and it (without one, any vendor) has the operation."""
    searched = vendors if vendor is None else [vendor_named(vendors, vendor)]
    known = [PREFLIGHT, *(known.name for each in searched for known in each.operations)]
    if operation is not None and operation not in known:
        from difflib import get_close_matches  # only a wrong name needs it

        similar = get_close_matches(operation[:LONGEST], known, n=3)
        advice = f"did you mean {', '.join(similar)}?" if similar else "`mockmail operations` lists them"
        raise UnknownName(f"there is no operation {operation[:LONGEST]!r}; {advice}")


def check_operation(vendors: Registry, vendor: str, pattern: str) -> None:
    """Raise UnknownName unless the pattern matches an operation of the vendor."""
    names = [operation.name for operation in vendor_named(vendors, vendor).operations]
    if not any(fnmatchcase(name, pattern) for name in names):
        raise UnknownName(f"{vendor} has no operation {pattern[:LONGEST]!r}; it has {', '.join(names)}")
