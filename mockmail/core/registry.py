"""The vendors of a server, by name and by path. None is imported before a request, a seed or a message concerns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockmail.core.routing import Router
from mockmail.core.vendor import Vendor


class Registry:
    """The vendors of a server. Made once, never changed.

    vendors: by name, in the order in which they are asked for a path that several of them could serve.
    """

    def __init__(self, vendors: Mapping[str, Vendor] | None = None) -> None:
        self.vendors: Mapping[str, Vendor] = dict(vendors or {})
        self.router = Router(self.vendors)

    def __repr__(self) -> str:
        return f"<Registry: {', '.join(self.vendors) or 'no vendors'}>"

    def __iter__(self) -> Iterator[Vendor]:
        return iter(self.vendors.values())

    def get(self, name: str) -> Vendor | None:
        """Return the vendor with this name, or None."""
        return self.vendors.get(name)
