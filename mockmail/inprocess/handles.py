"""What a MockMail has besides its inbox: vendors, requests and faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockmail.core.faults import Fault, TransportFault, check_operation, make_fault
from mockmail.core.journal import Exchange
from mockmail.core.limits import Limit
from mockmail.core.names import check_names
from mockmail.core.registry import Registry
from mockmail.core.vendor import Vendor
from mockmail.inprocess.bridge import LoopBridge


class VendorHandle:
    """One vendor of a MockMail.

    url: what a client takes for the vendor's base URL. credentials: those of the default seed.
    environment: variables for a client of this vendor, as `mockmail env` prints them.
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
        """The vendor's state: `{table: [records]}`."""
        return self._bridge.call(self._dump)

    def seed(self, **tables: Any) -> None:
        """Add records: `seed(domains=[{...}])`. Raises SeedError, and adds nothing, where one does not fit."""
        self._bridge.call(lambda world: world.seed(self._vendor, tables))

    def _dump(self, world: Any) -> dict[str, Any]:
        world.ensure_seeded(self._vendor)
        return world.store.dump(self._vendor)  # type: ignore[no-any-return]


class Requests:
    """The journal of a MockMail: what was asked and answered, oldest first."""

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
        """The exchanges that fit all that is given; `path` may be a part of one. Raises UnknownName."""
        check_names(self._vendors, vendor, operation)
        return self._bridge.call(
            lambda world: world.journal.find(
                vendor=vendor, operation=operation, method=method, path=path, status=status
            )
        )

    def unmatched(self) -> list[Exchange]:
        """The requests that nobody serves; `nearest` says what they may have meant."""
        return self._bridge.call(lambda world: world.journal.unmatched())

    def crashes(self) -> list[Exchange]:
        """The calls whose handler failed; `crash` is the traceback."""
        return self._bridge.call(lambda world: world.journal.crashes())

    def clear(self) -> None:
        """Forget all exchanges."""
        self._bridge.call(lambda world: world.journal.clear())


class Faults:
    """The failures that a MockMail was told to make."""

    def __init__(self, bridge: LoopBridge, vendors: Registry) -> None:
        self._bridge = bridge
        self._vendors = vendors

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._bridge.call(lambda world: list(world.faults)))

    def add(
        self,
        vendor: str,
        *,
        operation: str = "*",
        status: int | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        after: int = 0,
        delay: float = 0.0,
        transport: str | TransportFault | None = None,
    ) -> Fault:
        """Let calls of an operation (a name, or a pattern such as `mailbox.*`) fail.

        status: answered as the vendor words it. delay: seconds before the answer. transport: `reset`, `empty`,
        `garbage` or `truncated`. times: how many calls, None for all; after: how many are let by first.
        Raises UnknownName for an operation that nobody serves, InvalidFault for a fault that changes nothing.
        """
        fault = make_fault(
            self._vendors,
            vendor,
            operation=operation,
            status=status,
            message=message,
            headers=headers,
            times=times,
            after=after,
            delay=delay,
            transport=transport,
        )
        self._bridge.call(lambda world: world.faults.add(fault))
        return fault

    def limit(
        self, vendor: str, calls: int, *, window: float = 60.0, operation: str = "*", methods: tuple[str, ...] = ()
    ) -> Limit:
        """Allow each client only so many calls in a window of seconds. Raises UnknownName."""
        check_operation(self._vendors, vendor, operation)
        limit = Limit(vendor=vendor, calls=calls, window=window, operation=operation, methods=methods)
        self._bridge.call(lambda world: world.limits.add(limit))
        return limit

    def clear(self) -> None:
        """No more failures."""
        self._bridge.call(lambda world: world.clear_faults())

    def unused(self) -> list[Fault]:
        """The faults that no call has met."""
        return self._bridge.call(lambda world: world.faults.unused())
