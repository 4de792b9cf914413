"""The vendors and requests of a MockMail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockmail.core.journal import Exchange
from mockmail.core.registry import Registry
from mockmail.core.vendor import Vendor
from mockmail.inprocess.bridge import LoopBridge


class VendorHandle:
    """One vendor of a MockMail.

    url: the vendor's base URL. credentials: those of the default seed.
    environment: the variables that `mockmail env` prints for a client of this vendor.
    """

    def __init__(self, vendor: Vendor, base_url: str, bridge: LoopBridge) -> None:
        self._vendor = vendor
        self._bridge = bridge
        self.url = f"{base_url}/{vendor.name}"
        self.credentials: Mapping[str, str] = vendor.credentials
        self.environment: Mapping[str, str] = vendor.environment_at(self.url)

    def __repr__(self) -> str:
        return f"<{self._vendor.name} at {self.url}>"

    def state(self) -> dict[str, Any]:
        """Return the vendor's state: `{table: [records]}`."""
        return self._bridge.call(self._dump)

    def seed(self, **tables: Any) -> None:
        """Add records: `seed(domains=[{...}])`. Raise SeedError, and add nothing, if one is invalid."""
        self._bridge.call(lambda world: world.seed(self._vendor, tables))

    def _dump(self, world: Any) -> dict[str, Any]:
        world.ensure_seeded(self._vendor)
        return world.store.dump(self._vendor)  # type: ignore[no-any-return]


class Requests:
    """The requests to a MockMail with their responses, oldest first."""

    def __init__(self, bridge: LoopBridge, vendors: Registry) -> None:
        self._bridge = bridge
        self._vendors = vendors

    def __repr__(self) -> str:
        return f"<Requests: {len(self)}>"

    def __len__(self) -> int:
        return self._bridge.call(lambda world: len(world.journal))

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.find())

    def __getitem__(self, index: int) -> Exchange:
        return self.find()[index]

    def find(
        self,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
    ) -> list[Exchange]:
        """Return the requests that match every argument; `path` matches a part of the path. Raise UnknownName."""
        self._vendors.check_names(vendor, operation)
        return self._bridge.call(
            lambda world: world.journal.find(
                vendor=vendor, operation=operation, method=method, path=path, status=status
            )
        )

    def unmatched(self) -> list[Exchange]:
        """Return the requests that no operation serves; `nearest` lists similar operations."""
        return self._bridge.call(lambda world: world.journal.unmatched())

    def crashes(self) -> list[Exchange]:
        """Return the requests whose handler crashed; `crash` is the traceback."""
        return self._bridge.call(lambda world: world.journal.crashes())

    def clear(self) -> None:
        """Remove all requests."""
        self._bridge.call(lambda world: world.journal.clear())
