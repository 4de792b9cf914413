"""`/_mockmail/requests`: the request journal, with secrets masked."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, Timeout, TimeoutStatus, route
from mockmail.core.errors import Problem, UnmetExpectation, WaitEnded, WaitTimeout
from mockmail.core.journal import Exchange
from mockmail.core.registry import Registry
from mockmail.core.request_criteria import RequestCriteria
from mockmail.server import waiting
from mockmail.server.slices import in_slices
from mockmail.server.verifying import check_expectation
from mockmail.wire.masking import MaskedExchange, Masking

MOST_LISTED = 1000

ListLimit = Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many requests to list")]


class Verified(Fields, frozen=True, kw_only=True):
    """How many requests match."""

    total: int


class ListQuery(Fields, frozen=True, kw_only=True):
    """The number of requests to list."""

    limit: ListLimit = 100


class RequestSearch(Fields, frozen=True, kw_only=True):
    """The criteria for requests; a request must match every given field."""

    vendor: Annotated[str | None, Meta(description="a vendor's name")] = None
    operation: Annotated[str | None, Meta(description="an operation's name")] = None
    method: Annotated[str | None, Meta(description="an HTTP method")] = None
    path: Annotated[str | None, Meta(description="a part of the path")] = None
    status: Annotated[Annotated[int, Meta(ge=0, le=999)] | None, Meta(description="an HTTP status")] = None
    after: Annotated[int, Meta(ge=0, description="the id of a request; only later ones match")] = 0


class RequestQuery(RequestSearch, frozen=True, kw_only=True):
    """Which requests to list."""

    limit: ListLimit = 100
    state: Annotated[
        Literal["complete", "in_progress"],
        Meta(
            description="complete, or in_progress for requests without a response", extra_json_schema={"type": "string"}
        ),
    ] = "complete"


class RequestCriteriaBody(RequestSearch, frozen=True, kw_only=True):
    """The criteria for requests, with those for their parameters."""

    where: Annotated[
        dict[str, Any] | None, Meta(description="an object of parameters and the values that they must have")
    ] = None


class RequestWait(RequestCriteriaBody, frozen=True, kw_only=True):
    """Which requests to wait for, and for how long."""

    count: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="how many requests to wait for")] = 1
    timeout: Timeout = 5.0
    timeout_status: TimeoutStatus = 408


class Expectation(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests that must have come. Without `count`, at least one must match."""

    count: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="how many requests must match")] = None
    order: Annotated[
        list[str], Meta(description="operations that must have been called in this order; others may come in between")
    ] = field(default_factory=list)


@route(
    "GET",
    "requests",
    query=RequestQuery,
    responses={200: "The requests, and `total`: how many match.", 400: "There is no such vendor or operation."},
)
async def list_requests(request: ControlRequest) -> ControlResponse:
    """List requests, newest first."""
    query: RequestQuery = request.query
    return await _list(await _find(request, _criteria(request, query, state=query.state)), query.limit, request.vendors)


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
)
async def wait_for_requests(request: ControlRequest) -> ControlResponse:
    """Respond when enough requests match and have responses, or with `timeout_status` after the timeout."""
    body: RequestWait = request.body
    criteria, masking = _criteria(request, body, where=body.where), Masking(request.vendors)
    try:
        found = await waiting.wait_for_requests(
            request.world.journal, criteria, masking, count=body.count, timeout=body.timeout, waits=request.waits
        )
    except WaitTimeout as error:
        if body.timeout_status == 204:  # noqa: PLR2004  # it has no body
            return ControlResponse(status=204)
        raise Problem(408, str(error)) from error
    except WaitEnded as error:
        raise Problem(410, str(error)) from error
    return await _list(found[::-1], len(found), request.vendors)


@route(
    "POST",
    "requests/verify",
    body=Expectation,
    responses={
        200: "The expectation is met; `total` is how many requests match.",
        409: "It is not met; `error` lists the requests that came instead.",
    },
    returns=Verified,
)
async def verify_requests(request: ControlRequest) -> ControlResponse:
    """Check how many requests match, and their order."""
    body: Expectation = request.body
    criteria, masking = _criteria(request, body, where=body.where), Masking(request.vendors)
    for name in body.order:
        request.vendors.check_names(body.vendor, name)
    found = await _find(request, criteria)
    try:
        check_expectation(found, request.world.journal, criteria, masking, count=body.count, order=body.order)
    except UnmetExpectation as error:
        raise Problem(409, str(error)) from error
    return ControlResponse(Verified(total=len(found)))


@route(
    "GET",
    "requests.har",
    query=RequestSearch,
    responses={200: "The requests and their responses, oldest first.", 400: "There is no such vendor or operation."},
)
async def export_requests(request: ControlRequest) -> ControlResponse:
    """Export requests as an HTTP Archive (HAR 1.2), with secrets masked."""
    found = await _find(request, _criteria(request, request.query))
    return ControlResponse(stream=_har(found, Masking(request.vendors)))


@route("GET", "requests/unmatched", query=ListQuery)
async def list_unmatched(request: ControlRequest) -> ControlResponse:
    """List the requests that no operation serves, newest first, each with the nearest operations."""
    query: ListQuery = request.query
    return await _list(request.world.journal.unmatched(), query.limit, request.vendors)


@route("GET", "requests/{id}", responses={200: "The request.", 404: "There is no such request."})
async def show_request(request: ControlRequest) -> ControlResponse:
    """Show one request and its response, with headers and bodies."""
    number, journal = request.path["id"], request.world.journal
    exchange = journal.get(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if exchange is None:
        raise Problem(404, f"there is no request {number[:40]!r} in the journal of the sandbox {request.sandbox!r}")
    masked = Masking(request.vendors)(exchange)
    # In a thread, because `max_journal_body` may allow bodies that take seconds to mask.
    shown = await asyncio.to_thread(details, exchange, masked, journal.body_limit)
    return ControlResponse(summary(exchange, masked) | shown)


@route("DELETE", "requests", returns=Removed)
async def clear_requests(request: ControlRequest) -> ControlResponse:
    """Remove all requests of the sandbox from the journal."""
    removed = len(request.world.journal)
    request.world.journal.clear()
    return ControlResponse(Removed(removed=removed))


def summary(exchange: Exchange, masked: MaskedExchange) -> dict[str, Any]:
    """Return the fields that a list shows."""
    return {
        "id": exchange.id,
        "at": exchange.at.isoformat(),
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
        "refusal": masked.refusal,
        "stub": exchange.stub,
        "nearest": masked.nearest,
        "crashed": exchange.crash is not None,
    }


def details(exchange: Exchange, masked: MaskedExchange, body_limit: int) -> dict[str, Any]:
    """Return the fields that only `show_request` shows; `cut`: the journal may have a part of the body only."""
    return {
        "peer": exchange.peer,
        "caller": exchange.caller,
        "params": masked.params,
        "request": {
            "headers": masked.request_headers,
            "body": masked.request_body,
            "cut": len(exchange.request_body) >= body_limit,
        },
        "response": {
            "headers": masked.response_headers,
            "body": masked.response_body,
            "cut": len(exchange.response_body) >= body_limit,
        },
        "crash": masked.crash,
    }


def _criteria(request: ControlRequest, search: RequestSearch, **more: Any) -> RequestCriteria:
    request.vendors.check_names(search.vendor, search.operation)
    named = {name: getattr(search, name) for name in RequestSearch.__struct_fields__}
    return RequestCriteria(**named, **more)


async def _find(request: ControlRequest, criteria: RequestCriteria) -> list[Exchange]:
    searched = request.world.journal.searched(criteria)
    return [exchange async for exchange in in_slices(searched) if criteria.matches(exchange)]


async def _har(exchanges: list[Exchange], masking: Masking) -> AsyncIterator[bytes]:
    from mockmail.wire.har import har_entry, har_log

    head, _, tail = json.dumps(har_log([])).partition("[]")
    yield f"{head}[".encode()
    for number, exchange in enumerate(exchanges):
        # In a thread, because `max_journal_body` may allow bodies that take seconds to mask.
        entry = await asyncio.to_thread(har_entry, exchange, masking)
        yield f"{',' if number else ''}\n{json.dumps(entry, ensure_ascii=False)}".encode("utf-8", "replace")
    yield f"]{tail}\n".encode()


async def _list(exchanges: list[Exchange], limit: int, vendors: Registry) -> ControlResponse:
    masking, newest = Masking(vendors), exchanges[::-1][:limit]
    requests = [summary(exchange, masking(exchange)) async for exchange in in_slices(newest)]
    return ControlResponse({"total": len(exchanges), "requests": requests})


ROUTES = (
    export_requests,
    list_requests,
    clear_requests,
    wait_for_requests,
    verify_requests,
    list_unmatched,
    show_request,
)
