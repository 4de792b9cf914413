"""The vendors of a server, by name and by path. None is imported before a request, a seed or a message concerns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from multidict import CIMultiDictProxy

from mockmail.core.errors import UnknownName, is_mistake
from mockmail.core.routing import Router
from mockmail.core.suggestions import did_you_mean
from mockmail.core.vendor import PREFLIGHT, Vendor

if TYPE_CHECKING:
    from mockmail.core.world import World
__tracebackhide__ = is_mistake

SHOWN_CHARACTERS = 80
"""The characters of a wrong name that an error shows."""


class Registry:
    """The vendors of a server. Made once, never changed.

    vendors: by name; of several that serve a path, the first wins.
    """

    def __init__(self, vendors: Mapping[str, Vendor] | None = None) -> None:
        self.vendors: Mapping[str, Vendor] = dict(vendors or {})
        self.router = Router(self.vendors)

    def __iter__(self) -> Iterator[Vendor]:
        return iter(self.vendors.values())

    def get(self, name: str) -> Vendor | None:
        """Return the vendor with this name, or None."""
        return self.vendors.get(name)

    def of_host(self, host: str, world: World) -> Vendor | None:
        """Return the vendor that serves `/` at this `Host`, or None."""
        return next((vendor for vendor in self if vendor.serves_host(host, world)), None)

    def claiming(self, headers: CIMultiDictProxy[str]) -> list[Vendor]:
        """Return the vendors that claim a request with these headers."""
        return [vendor for vendor in self if vendor.claims(headers)]

    def named(self, name: str) -> Vendor:
        """Return the vendor with this name. Raise UnknownName."""
        found = self.vendors.get(name)
        if found is None:
            raise UnknownName(f"there is no vendor {name[:SHOWN_CHARACTERS]!r}; there are {', '.join(self.vendors)}")
        return found

    def check_names(self, vendor: str | None, operation: str | None) -> None:
        """Raise UnknownName unless the vendor exists and it (without one, any vendor) has the operation."""
        searched = self if vendor is None else [self.named(vendor)]
        served = [known for each in searched if each.is_usable for known in each.operations]
        names = [PREFLIGHT, *(known.name for known in served)]
        if operation is not None and operation not in names:
            advice = did_you_mean(operation, {name: name for name in names}) or "`mockmail operations` lists them"
            raise UnknownName(f"there is no operation {operation[:SHOWN_CHARACTERS]!r}; {advice}")

    def check_operation(self, vendor: str, pattern: str) -> None:
        """Raise UnknownName unless the pattern matches an operation of the vendor, so that a typo is noticed."""
        names = [operation.name for operation in self.named(vendor).operations]
        if not any(fnmatchcase(name, pattern) for name in names):
            advice = did_you_mean(pattern, {name: name for name in names}) or f"it has {', '.join(names)}"
            raise UnknownName(f"{vendor} has no operation {pattern[:SHOWN_CHARACTERS]!r}; {advice}")
