"""`/_mockmail/requests`: the request journal, with secrets masked."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from mockmail.control.listing import list_response
from mockmail.control.route import (
    ControlRequest,
    ControlResponse,
    Fields,
    Removed,
    Timeout,
    TimeoutStatus,
    answer_timeouts,
    route,
)
from mockmail.core.errors import Problem, UnmetExpectation, is_mistake
from mockmail.core.journal import Exchange, Journal, State
from mockmail.core.registry import Registry
from mockmail.core.request_criteria import RequestCriteria
from mockmail.core.rules import MOST_CONDITIONS
from mockmail.core.world import World
from mockmail.server import waiting
from mockmail.server.slices import in_slices
from mockmail.server.verifying import check_expectation
from mockmail.wire.masking import MaskedExchange, Masking

__tracebackhide__ = is_mistake

MOST_LISTED = 1000

LONGEST_LIST = 64 << 20
"""The bytes of a list up to which it is sent at once: in pieces, it would keep requests that the journal removes."""

MOST_ORDERED = 100
"""The most operations of an expected order."""

Completeness = Annotated[
    State,
    Meta(description="complete, or in_progress for requests without a response", extra_json_schema={"type": "string"}),
]
Direction = Annotated[
    Literal["incoming", "outgoing"],
    Meta(description="incoming to vendors, or outgoing to webhooks", extra_json_schema={"type": "string"}),
]
ListLimit = Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many requests to list")]


class Verified(Fields, frozen=True, kw_only=True):
    """The number of requests that match."""

    total: int


class ListQuery(Fields, frozen=True, kw_only=True):
    """The number of requests to list."""

    limit: ListLimit = 100


class RequestDirection(Fields, frozen=True, kw_only=True):
    """The direction of a request; each has ids of its own."""

    direction: Direction = "incoming"


class RequestSearch(RequestDirection, frozen=True, kw_only=True):
    """The criteria for requests; a request must match every given field."""

    vendor: Annotated[str | None, Meta(description="a vendor's name")] = None
    operation: Annotated[str | None, Meta(description="an operation's name")] = None
    method: Annotated[str | None, Meta(description="an HTTP method")] = None
    path: Annotated[str | None, Meta(description="a part of the path")] = None
    status: Annotated[int, Meta(ge=0, le=999, description="an HTTP status")] | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, description="the id of a request; only later ones match")] = 0


class RequestQuery(RequestSearch, frozen=True, kw_only=True):
    """The requests to list."""

    limit: ListLimit = 100
    state: Completeness = "complete"


class RequestCriteriaBody(RequestSearch, frozen=True, kw_only=True):
    """The criteria for requests, with those for their parameters."""

    where: Annotated[
        Annotated[dict[str, Any], Meta(max_length=MOST_CONDITIONS)] | None,
        Meta(description="an object of parameters and the values that they must have"),
    ] = None


class RequestFilter(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests to find in Python."""

    state: Completeness = "complete"


class RequestWait(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests to wait for, and the timeout."""

    count: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="how many requests to wait for")] = 1
    timeout: Timeout = 5.0
    timeout_status: TimeoutStatus = 408


class Expectation(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests that must have come. Without `count`, at least one must match."""

    count: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="how many requests must match")] = None
    order: Annotated[
        list[str],
        Meta(
            max_length=MOST_ORDERED,
            description="operations that must have been called in this order; others may come in between",
        ),
    ] = field(default_factory=list)


class RequestStart(Fields, frozen=True, kw_only=True):
    """The fields that every document of a request has. Secrets are masked.

    nearest: for a request that no operation serves, the most similar operations. messages: the ids of those it sent.
    """

    id: int
    at: datetime
    vendor: str | None
    operation: str | None
    method: str
    path: str
    query: str
    state: State
    status: int | None
    seconds: float
    messages: list[str]
    fault: str | None
    stub: str | None
    refusal: str | None
    nearest: list[str]
    crashed: bool


class RequestSummary(RequestStart, frozen=True, kw_only=True):
    """A request in a list."""


class Content(Fields, frozen=True, kw_only=True):
    """The headers, pairs of a name and a value, and the body of a request or response.

    cut: whether the journal may have only a part of the body.
    """

    headers: list[list[str]]
    body: str
    cut: bool


class RequestDetails(RequestStart, frozen=True, kw_only=True):
    """A request and its response. scheme: `http` or `https`. tls: protocol and cipher, empty without TLS."""

    peer: str
    scheme: str
    tls: str
    caller: str | None
    params: dict[str, Any]
    request: Content
    response: Content
    crash: str | None


class RequestList(Fields, frozen=True, kw_only=True):
    """Requests, newest first. total: how many match."""

    total: int
    requests: list[RequestSummary]


class FoundRequests(Fields, frozen=True, kw_only=True):
    """The requests that were waited for, oldest first. total: how many there are."""

    total: int
    requests: list[RequestSummary]


@route(
    "GET",
    "requests",
    query=RequestQuery,
    responses={200: "The requests, and `total`: how many match.", 400: "There is no such vendor or operation."},
    returns=RequestList,
)
async def list_requests(request: ControlRequest) -> ControlResponse:
    """List requests, newest first."""
    query: RequestQuery = request.query
    journal = journal_of(request.world, query)
    return await _list(request, await _find(request, criteria_of(request.vendors, query), journal), query.limit)


@route(
    "POST",
    "requests/wait",
    body=RequestWait,
    responses={
        200: "The requests, oldest first.",
        204: "Too few requests matched in time, and `timeout_status` is 204.",
        408: "Too few requests matched in time.",
        410: "The sandbox was deleted, or the server stopped.",
    },
    returns=FoundRequests,
    example={"method": "GET", "path": "/v1/", "count": 1, "timeout": 10},
)
@answer_timeouts
async def wait_for_requests(request: ControlRequest) -> ControlResponse:
    """Respond when enough requests match and have responses, or with `timeout_status` after the timeout."""
    body: RequestWait = request.body
    criteria, masking = criteria_of(request.vendors, body), Masking(request.vendors)
    found = await waiting.wait_for_requests(
        journal_of(request.world, body),
        criteria,
        masking,
        request.turns,
        count=body.count,
        timeout=body.timeout,
        waits=request.waits,
    )
    return await _list(request, found[::-1], len(found))


@route(
    "POST",
    "requests/verify",
    body=Expectation,
    responses={
        200: "The expectation is met; `total` is how many requests match.",
        409: "It is not met; `error` lists the requests that came instead.",
    },
    returns=Verified,
    example={"method": "GET", "path": "/v1/", "count": 1},
)
async def verify_requests(request: ControlRequest) -> ControlResponse:
    """Check how many requests match, and their order."""
    body: Expectation = request.body
    criteria, masking = criteria_of(request.vendors, body), Masking(request.vendors)
    for name in body.order:
        request.vendors.check_names(body.vendor, name)
    journal = journal_of(request.world, body)
    found = await _find(request, criteria, journal)
    try:
        # In a thread, because a description of many requests may take long.
        came = list(journal)
        await asyncio.to_thread(check_expectation, found, came, criteria, masking, count=body.count, order=body.order)
    except UnmetExpectation as error:
        raise Problem(409, str(error)) from error
    return ControlResponse(Verified(total=len(found)))


@route(
    "GET",
    "requests.har",
    query=RequestSearch,
    responses={200: "The requests and their responses, oldest first.", 400: "There is no such vendor or operation."},
    returns=dict[str, Any],
)
async def export_requests(request: ControlRequest) -> ControlResponse:
    """Export requests as an HTTP Archive (HAR 1.2), with secrets masked."""
    from mockmail.server.har import har_stream

    journal = journal_of(request.world, request.query)
    found = await _find(request, criteria_of(request.vendors, request.query), journal)
    numbers = [exchange.id for exchange in found]
    return ControlResponse(stream=har_stream(numbers, journal, Masking(request.vendors)))


@route("GET", "requests/unmatched", query=ListQuery, returns=RequestList)
async def list_unmatched(request: ControlRequest) -> ControlResponse:
    """List the requests that no operation serves, newest first, each with the nearest operations."""
    query: ListQuery = request.query
    return await _list(request, request.world.journal.unmatched(), query.limit)


@route(
    "GET",
    "requests/{id}",
    query=RequestDirection,
    responses={200: "The request.", 404: "There is no such request."},
    returns=RequestDetails,
)
async def show_request(request: ControlRequest) -> ControlResponse:
    """Show one request and its response, with headers and bodies."""
    number, journal = request.path["id"], journal_of(request.world, request.query)
    exchange = journal.get(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if exchange is None:
        raise Problem(404, f"there is no request {number[:40]!r} in the journal of the sandbox {request.sandbox!r}")
    masked = Masking(request.vendors)(exchange)
    # In a thread, because `max_journal_body` may allow bodies that take seconds to mask.
    return ControlResponse(await asyncio.to_thread(details, exchange, masked, journal.body_limit))


@route("DELETE", "requests", returns=Removed)
async def clear_requests(request: ControlRequest) -> ControlResponse:
    """Remove all requests of the sandbox from the journal, those to webhooks too."""
    removed = len(request.world.journal)
    request.world.journal.clear()
    request.world.outgoing.clear()
    return ControlResponse(Removed(removed=removed))


def details(exchange: Exchange, masked: MaskedExchange, body_limit: int) -> RequestDetails:
    """Return everything about a request and its response."""
    return RequestDetails(
        **_start(exchange, masked),
        peer=exchange.peer,
        scheme=exchange.scheme,
        tls=exchange.tls,
        caller=exchange.caller,
        params=masked.params,
        request=Content(
            headers=masked.request_headers,
            body=masked.request_body,
            cut=len(exchange.request_body) >= body_limit,
        ),
        response=Content(
            headers=masked.response_headers,
            body=masked.response_body,
            cut=len(exchange.response_body) >= body_limit,
        ),
        crash=masked.crash,
    )


def summary(exchange: Exchange, masked: MaskedExchange) -> RequestSummary:
    """Return what a list shows of a request."""
    return RequestSummary(**_start(exchange, masked))


def _start(exchange: Exchange, masked: MaskedExchange) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "at": exchange.at,
        "vendor": exchange.vendor,
        "operation": exchange.operation,
        "method": exchange.method,
        "path": masked.path,
        "query": masked.query,
        "state": exchange.state,
        "status": exchange.status or None,
        "seconds": round(exchange.seconds, 6),
        "messages": list(exchange.messages),
        "fault": exchange.fault,
        "stub": exchange.stub,
        "refusal": masked.refusal,
        "nearest": masked.nearest,
        "crashed": exchange.crash is not None,
    }


def criteria_of(vendors: Registry, given: RequestSearch, **more: Any) -> RequestCriteria:
    """Return the criteria that are described, and more. Raise UnknownName."""
    vendors.check_names(given.vendor, given.operation)
    names = [field.name for field in dataclasses.fields(RequestCriteria)]
    named = {name: value for name in names if (value := getattr(given, name, UNSET)) is not UNSET}
    return RequestCriteria(**named | more)


def journal_of(world: World, given: RequestDirection) -> Journal:
    """Return the journal to search: that of the requests to vendors, or of those to webhooks."""
    return world.outgoing if given.direction == "outgoing" else world.journal


async def _find(request: ControlRequest, criteria: RequestCriteria, journal: Journal) -> list[Exchange]:
    searched = journal.searched(criteria)
    return [exchange async for exchange in in_slices(searched, request.turns) if criteria.matches(exchange)]


async def _list(request: ControlRequest, exchanges: list[Exchange], limit: int) -> ControlResponse:
    masking, newest = Masking(request.vendors), exchanges[::-1][:limit]
    requests = (summary(exchange, masking(exchange)) async for exchange in in_slices(newest, request.turns))
    return await list_response(len(exchanges), "requests", requests, at_once=LONGEST_LIST)


ROUTES = (
    export_requests,
    list_requests,
    clear_requests,
    wait_for_requests,
    verify_requests,
    list_unmatched,
    show_request,
)
