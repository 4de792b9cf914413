"""`/_mockmail/requests`: the request journal, with secrets masked."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from mockmail.control.listing import list_response
from mockmail.control.request_criteria import (
    Expectation,
    ListQuery,
    RequestDirection,
    RequestQuery,
    RequestSearch,
    RequestWait,
    criteria_of,
    journal_of,
)
from mockmail.control.request_documents import (
    FoundRequests,
    RequestDetails,
    RequestList,
    details,
    summary,
)
from mockmail.control.route import (
    ControlRequest,
    ControlResponse,
    Fields,
    Removed,
    answer_timeouts,
    route,
)
from mockmail.core.errors import Problem, UnmetExpectation
from mockmail.core.journal import Exchange, Journal
from mockmail.core.request_criteria import RequestCriteria
from mockmail.server import waiting
from mockmail.server.slices import in_slices
from mockmail.server.verifying import check_expectation
from mockmail.wire.masking import Masking

LONGEST_LIST = 64 << 20
"""The bytes of a list up to which it is sent at once: in pieces, it would keep requests that the journal removes."""


class Verified(Fields, frozen=True, kw_only=True):
    """The number of requests that match."""

    total: int


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
