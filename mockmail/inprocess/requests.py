"""The requests of a MockMail: find them, wait for them, verify them, export them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from mockmail.core.errors import is_mistake
from mockmail.core.journal import Exchange, State
from mockmail.core.registry import Registry
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.core.request_criteria import RequestCriteria, Where
    from mockmail.core.world import World
    from mockmail.wire.masking import Masking

__tracebackhide__ = is_mistake


class RequestSearch(TypedDict, total=False):
    """The arguments of a search for requests.

    vendor, operation: their names. path: a part of the path.
    where: the values that parameters must have, `{"name": "jane"}`, or a function of a request.
    after: a request; only later ones match.
    """

    vendor: str | None
    operation: str | None
    method: str | None
    path: str | None
    status: int | None
    where: Where | None
    after: Exchange | None


class Requests:
    """The requests to a MockMail with their responses, oldest first.

    See `RequestSearch` for the arguments of a search; a request must match each of them. Unknown names of vendors and
    operations raise UnknownName.
    """

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

    def find(self, *, state: State = "complete", **search: Unpack[RequestSearch]) -> list[Exchange]:
        """Return the requests that match every argument. state: `in_progress` for those without a response."""
        criteria = self._criteria(state=state, **search)
        return self._bridge.call(lambda world: world.journal.find(criteria))

    def wait_for(self, *, timeout: float = 5.0, **search: Unpack[RequestSearch]) -> Exchange:
        """Return the first request that matches and has a response; wait for it if needed.

        Raise WaitTimeout after `timeout` seconds, with a list of the requests that came. This blocks an event loop:
        await `wait_for_async` there.
        """
        return self.wait_for_count(1, timeout=timeout, **search)[0]

    def wait_for_count(self, count: int, *, timeout: float = 5.0, **search: Unpack[RequestSearch]) -> list[Exchange]:
        """Return the first `count` requests that match; wait for them if needed. Raise WaitTimeout."""
        criteria = self._criteria(**search)
        return self._bridge.run(lambda world: self._wait(world, criteria, count, timeout))

    async def wait_for_async(
        self,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the requests that came
        **search: Unpack[RequestSearch],
    ) -> Exchange:
        """Return the first request that matches, without blocking the event loop. Raise WaitTimeout."""
        return (await self.wait_for_count_async(1, timeout=timeout, **search))[0]

    async def wait_for_count_async(
        self,
        count: int,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # as in `wait_for_async`
        **search: Unpack[RequestSearch],
    ) -> list[Exchange]:
        """Return the first `count` requests that match, without blocking the event loop. Raise WaitTimeout."""
        criteria = self._criteria(**search)
        return await self._bridge.run_async(lambda world: self._wait(world, criteria, count, timeout))

    def verify(
        self, *, count: int | None = None, order: Sequence[str] = (), **search: Unpack[RequestSearch]
    ) -> list[Exchange]:
        """Return the requests that match, or raise UnmetExpectation, an AssertionError that shows what came instead.

        count: how many must match; at least one if it is None.
        order: the names of operations whose requests must have come in this order; others may come in between.
        """
        from mockmail.server.verifying import check_expectation

        criteria, masking = self._criteria(**search), self._masking()
        for name in order:
            self._vendors.check_names(search.get("vendor"), name)

        def verify(world: World) -> list[Exchange]:
            found = world.journal.find(criteria)
            check_expectation(found, world.journal, criteria, masking, count=count, order=order)
            return found

        return self._bridge.call(verify)

    def har(self, **search: Unpack[RequestSearch]) -> dict[str, Any]:
        """Return the requests that match as an HTTP Archive (HAR 1.2), with secrets masked."""
        from mockmail.wire.har import har_entry, har_log

        masking = self._masking()
        return har_log([har_entry(exchange, masking) for exchange in self.find(**search)])

    def unmatched(self) -> list[Exchange]:
        """Return the requests that no operation serves; `nearest` lists similar operations."""
        return self._bridge.call(lambda world: world.journal.unmatched())

    def crashes(self) -> list[Exchange]:
        """Return the requests whose handler crashed; `crash` is the traceback."""
        return self._bridge.call(lambda world: world.journal.crashes())

    def clear(self) -> None:
        """Remove all requests."""
        self._bridge.call(lambda world: world.journal.clear())

    async def _wait(self, world: World, criteria: RequestCriteria, count: int, timeout: float) -> list[Exchange]:  # noqa: ASYNC109
        from mockmail.server.waiting import wait_for_requests

        return await wait_for_requests(world.journal, criteria, self._masking(), count=count, timeout=timeout)

    def _criteria(self, *, after: Exchange | None = None, **search: Any) -> RequestCriteria:
        from mockmail.core.request_criteria import RequestCriteria

        self._vendors.check_names(search.get("vendor"), search.get("operation"))
        return RequestCriteria(after=after.id if after is not None else 0, **search)

    def _masking(self) -> Masking:
        from mockmail.wire.masking import Masking

        return Masking(self._vendors)
