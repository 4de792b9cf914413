"""The requests of a MockMail: find them, wait for them, verify them, export them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack

from mockmail.core.errors import is_mistake
from mockmail.core.journal import Exchange, State
from mockmail.core.registry import Registry
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.control.request_criteria import RequestCriteriaBody
    from mockmail.core.request_criteria import RequestCriteria, Where
    from mockmail.core.world import World
    from mockmail.server.turns import Turns
    from mockmail.wire.masking import Masking

__tracebackhide__ = is_mistake

M = TypeVar("M", bound="RequestCriteriaBody")


class RequestSearch(TypedDict, total=False):
    """The arguments of a search for requests.

    vendor, operation: their names. method, status: of HTTP. path: a part of the path.
    where: the values that parameters must have, `{"name": "jane"}`, or a function of a request.
    after: a request or its id; only later ones match.
    direction: `outgoing` for the requests that vendors made to webhooks.
    A wrong argument raises InvalidValue, with the error of the control API.
    """

    vendor: str | None
    operation: str | None
    method: str | None
    path: str | None
    status: int | None
    where: Where | None
    after: Exchange | int | None
    direction: Literal["incoming", "outgoing"]


class Requests:
    """The requests to a MockMail with their responses, oldest first.

    See `RequestSearch` for the arguments of a search; a request must match each of them. Unknown names of vendors and
    operations raise UnknownName.
    """

    def __init__(self, bridge: LoopBridge, vendors: Registry, turns: Turns) -> None:
        self._bridge = bridge
        self._vendors = vendors
        self._turns = turns

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
        from mockmail.control.request_criteria import RequestFilter, journal_of

        given, criteria = self._checked(RequestFilter, search, state=state)
        return self._bridge.call(lambda world: journal_of(world, given).find(criteria))

    def wait_for(self, *, timeout: float = 5.0, **search: Unpack[RequestSearch]) -> Exchange:
        """Return the first request that matches and has a response; wait for it if needed.

        Raise WaitTimeout after `timeout` seconds, with a list of the requests that arrived. This blocks an event loop:
        await `wait_for_async` there.
        """
        return self._wait("wait_for", search, 1, timeout)[0]

    def wait_for_count(self, count: int, *, timeout: float = 5.0, **search: Unpack[RequestSearch]) -> list[Exchange]:
        """Return the first `count` requests that match; wait for them if needed. Raise WaitTimeout."""
        return self._wait("wait_for_count", search, count, timeout)

    async def wait_for_async(
        self,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the requests that arrived
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
        return await self._bridge.run_async(self._waiting(search, count, timeout))

    def verify(
        self, *, count: int | None = None, order: Sequence[str] = (), **search: Unpack[RequestSearch]
    ) -> list[Exchange]:
        """Return the requests that match, or raise UnmetExpectation (an AssertionError) that lists those received.

        count: how many must match; at least one if it is None.
        order: the names of operations whose requests must have arrived in this order; others may arrive in between.
        """
        from mockmail.control.request_criteria import Expectation, journal_of
        from mockmail.server.verifying import check_expectation

        expected, criteria = self._checked(Expectation, search, count=count, order=order)
        masking = self._masking()
        for name in expected.order:
            self._vendors.check_names(expected.vendor, name)

        def verify(world: World) -> list[Exchange]:
            journal = journal_of(world, expected)
            found = journal.find(criteria)
            arrived = list(journal)
            check_expectation(found, arrived, criteria, masking, count=expected.count, order=expected.order)
            return found

        return self._bridge.call(verify)

    def har(self, **search: Unpack[RequestSearch]) -> dict[str, Any]:
        """Return the requests that match as an HTTP Archive (HAR 1.2), with secrets masked."""
        from mockmail.server.har import har_entry, har_log

        masking = self._masking()
        return har_log([har_entry(exchange, masking) for exchange in self.find(**search)])

    def unmatched(self) -> list[Exchange]:
        """Return the requests that no operation serves; `nearest` lists similar operations."""
        return self._bridge.call(lambda world: world.journal.unmatched())

    def crashes(self) -> list[Exchange]:
        """Return the requests whose handler crashed; `crash` is the traceback."""
        return self._bridge.call(lambda world: world.journal.crashes())

    def clear(self) -> None:
        """Remove all requests, those to webhooks too."""

        def clear(world: World) -> None:
            world.journal.clear()
            world.outgoing.clear()

        self._bridge.call(clear)

    def _wait(self, called: str, search: RequestSearch, count: int, timeout: float) -> list[Exchange]:
        work = self._waiting(search, count, timeout)
        return self._bridge.run(work, called=f"requests.{called}", instead=f"await requests.{called}_async")

    def _waiting(
        self, search: RequestSearch, count: int, timeout: float
    ) -> Callable[[World], Coroutine[Any, Any, list[Exchange]]]:
        from mockmail.control.request_criteria import RequestWait, journal_of
        from mockmail.server.waiting import wait_for_requests

        given, criteria = self._checked(RequestWait, search, count=count, timeout=timeout)
        masking = self._masking()
        return lambda world: wait_for_requests(
            journal_of(world, given), criteria, masking, self._turns, count=given.count, timeout=given.timeout
        )

    def _checked(self, model: type[M], search: RequestSearch, **more: Any) -> tuple[M, RequestCriteria]:
        """Return the arguments as a control call reads them, and their criteria. Raise InvalidValue, UnknownName."""
        from mockmail.control.request_criteria import criteria_of
        from mockmail.core.validation import convert

        given = {name: value for name, value in {**search, **more}.items() if value is not None}
        after, where = given.get("after"), given.get("where")
        if isinstance(after, Exchange):
            given["after"] = after.id
        if callable(where):
            del given["where"]
        checked = convert(given, model)
        own = {"where": where} if callable(where) else {}  # a function has no form in JSON
        return checked, criteria_of(self._vendors, checked, **own)

    def _masking(self) -> Masking:
        from mockmail.wire.masking import Masking

        return Masking(self._vendors)
