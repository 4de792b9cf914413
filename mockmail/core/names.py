"""Names of vendors and operations that somebody asks for: who asks for what nobody has would count none for ever."""

from __future__ import annotations

from difflib import get_close_matches

from mockmail.core.errors import MockMailError
from mockmail.core.registry import Registry
from mockmail.core.vendor import PREFLIGHT, Vendor

LONGEST = 80
"""Characters of a wrong name that a message shows."""


class UnknownName(MockMailError, ValueError):
    """A vendor or an operation that does not exist: the message lists those that do."""


def vendor_named(vendors: Registry, name: str) -> Vendor:
    """The vendor of a name. Raises UnknownName."""
    found = vendors.get(name)
    if found is None:
        raise UnknownName(f"there is no vendor {name[:LONGEST]!r}; there are {', '.join(vendors.vendors)}")
    return found


def check_names(vendors: Registry, vendor: str | None, operation: str | None) -> None:
    """Raise UnknownName for a vendor that is not there, or an operation that neither it nor, without it, any has."""
    asked = vendors if vendor is None else [vendor_named(vendors, vendor)]
    known = [PREFLIGHT, *(one.name for each in asked for one in each.operations)]
    if operation is not None and operation not in known:
        near = get_close_matches(operation[:LONGEST], known, n=3)
        words = f"perhaps {', '.join(near)}" if near else "`mockmail operations` lists them"
        raise UnknownName(f"there is no operation {operation[:LONGEST]!r}; {words}")
