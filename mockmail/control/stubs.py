"""`/_mockmail/stubs`: responses that are given in place of a vendor's own."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from mockmail.control.faults import Caller, Times, Where, remove_rule
from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import InvalidValue, is_mistake
from mockmail.core.exchange import WireResponse
from mockmail.core.registry import Registry
from mockmail.core.rules import MOST_CALLS, CountedRules
from mockmail.core.stubs import Stub, add_stub, response_of

__tracebackhide__ = is_mistake

MOST_RESPONSES = 1000


class StubResponse(Fields, frozen=True, kw_only=True):
    """A response. It has one of the bodies `json`, `xml`, `text` and `base64`, or none."""

    status: Annotated[int, Meta(ge=200, le=599, description="the HTTP status, from 200 to 599")] = 200
    headers: Annotated[dict[str, str], Meta(description="headers; a body has a Content-Type without one here")] = field(
        default_factory=dict
    )
    json: Annotated[Any, Meta(description="a body as JSON")] = None
    xml: Annotated[str | None, Meta(description="a body as XML text")] = None
    text: Annotated[str | None, Meta(description="a body as plain text")] = None
    base64: Annotated[str | None, Meta(description="a body as bytes in base64")] = None


class NewStub(StubResponse, frozen=True, kw_only=True):
    """A stub to add: for an operation, or for a method and path. It has one response, or a sequence of `responses`."""

    vendor: Annotated[str | None, Meta(description="a vendor's name")] = None
    operation: Annotated[str | None, Meta(description="an operation's name, or a pattern such as `mailbox.*`")] = None
    method: Annotated[str | None, Meta(description="the HTTP method of the path; any by default")] = None
    path: Annotated[
        str | None, Meta(description="a path such as `/v9/things/{id}`, without the prefixes of sandbox and vendor")
    ] = None
    where: Where = field(default_factory=dict)
    caller: Caller = None
    times: Annotated[
        Times | UnsetType | None,
        Meta(description="how many calls it responds to; null for all, by default all, or one for each of `responses`"),
    ] = UNSET
    after: Annotated[int, Meta(ge=0, le=MOST_CALLS, description="how many calls the vendor responds to first")] = 0
    responses: Annotated[
        list[StubResponse],
        Meta(max_length=MOST_RESPONSES, description="responses to send one after the other; the last one is repeated"),
    ] = field(default_factory=list)


class GivenResponse(Fields, frozen=True, kw_only=True):
    """A response of a stub. bytes: the length of its body."""

    status: int
    headers: dict[str, str]
    bytes: int


class StubState(Fields, frozen=True, kw_only=True):
    """A stub, and how many calls it has responded to."""

    id: int
    vendor: str | None
    operation: str | None
    method: str | None
    path: str | None
    where: dict[str, str]
    caller: str | None
    times: int | None
    after: int
    used: int
    responses: list[GivenResponse]


class StubList(Fields, frozen=True, kw_only=True):
    """The stubs of the sandbox."""

    stubs: list[StubState]


@route("GET", "stubs", returns=StubList)
async def list_stubs(request: ControlRequest) -> ControlResponse:
    """List every stub, with how many calls it has responded to."""
    return ControlResponse(StubList(stubs=[_describe(stub) for stub in request.world.stubs]))


@route(
    "POST",
    "stubs",
    body=NewStub,
    responses={201: "The stub.", 400: "No request could get this stub; `error` says why."},
    returns=StubState,
    example={"vendor": "{vendor}", "operation": "*", "status": 200, "json": {"ok": True}, "times": 2},
)
async def create_stub(request: ControlRequest) -> ControlResponse:
    """Add a stub; refuse one that no request could get."""
    world = request.world
    stub = make_stub(request.vendors, world.stubs, request.body, world.settings.stub_bytes)
    return ControlResponse(_describe(stub), status=201)


@route("DELETE", "stubs", returns=Removed)
async def clear_stubs(request: ControlRequest) -> ControlResponse:
    """Remove all stubs."""
    return ControlResponse(Removed(removed=request.world.stubs.clear()))


@route("DELETE", "stubs/{id}", responses={200: "Done.", 404: "There is no such stub."}, returns=Removed)
async def remove_stub(request: ControlRequest) -> ControlResponse:
    """Remove one stub."""
    return remove_rule(request, request.world.stubs, "stub")


def make_stub(vendors: Registry, stubs: CountedRules[Stub], given: NewStub, most_bytes: int) -> Stub:
    """Add the stub that is described, and return it. Raise UnknownName, InvalidValue or LimitReached."""
    stub = Stub(
        vendor=given.vendor,
        operation=given.operation,
        method=given.method.upper() if given.method else None,
        path=given.path,
        where=given.where,
        caller=given.caller,
        times=(len(given.responses) or None) if given.times is UNSET else given.times,
        after=given.after,
        responses=_responses(given),
    )
    return add_stub(vendors, stubs, stub, most_bytes)


def _responses(given: NewStub) -> tuple[WireResponse, ...]:
    own = {name: getattr(given, name) for name in StubResponse.__struct_fields__}
    if not given.responses:
        return (response_of(own),)
    if own != msgspec.structs.asdict(StubResponse()):
        raise InvalidValue(f"give responses, or one response ({', '.join(own)}), not both")
    return tuple(
        response_of(msgspec.structs.asdict(response), f"responses[{number}]: ")
        for number, response in enumerate(given.responses)
    )


def _describe(stub: Stub) -> StubState:
    responses = [
        GivenResponse(status=response.status, headers=dict(response.headers), bytes=len(response.body))
        for response in stub.responses
    ]
    return StubState.of(stub, responses=responses)


ROUTES = (list_stubs, create_stub, clear_stubs, remove_stub)
