"""`/_mockmail/requests`: the request journal, with secrets masked."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import Problem
from mockmail.core.journal import Exchange
from mockmail.core.registry import Registry
from mockmail.server.slices import in_slices
from mockmail.wire.masking import MaskedExchange, Masking

MOST_LISTED = 1000


class ListQuery(Fields, frozen=True, kw_only=True):
    """The number of requests to list."""

    limit: Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many requests to list")] = 100


class RequestQuery(ListQuery, frozen=True, kw_only=True):
    """Which requests to list."""

    vendor: Annotated[str | None, Meta(description="a vendor's name")] = None
    operation: Annotated[str | None, Meta(description="an operation's name")] = None
    method: Annotated[str | None, Meta(description="an HTTP method")] = None
    path: Annotated[str | None, Meta(description="a part of the path")] = None
    status: Annotated[int, Meta(ge=0, le=999, description="an HTTP status")] | UnsetType = UNSET


class RequestStart(Fields, frozen=True, kw_only=True):
    """What the documents of a request begin with, secrets masked.

    nearest: for a request that no operation serves, the most similar operations. messages: the ids of those it sent.
    """

    id: int
    at: datetime
    vendor: str | None
    operation: str | None
    method: str
    path: str
    query: str
    status: int
    seconds: float
    messages: list[str]
    fault: str | None
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
    """A request and its response."""

    peer: str
    caller: str | None
    request: Content
    response: Content
    crash: str | None


class RequestList(Fields, frozen=True, kw_only=True):
    """Requests, newest first. total: how many match."""

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
    request.vendors.check_names(query.vendor, query.operation)
    found = request.world.journal.find(
        vendor=query.vendor,
        operation=query.operation,
        method=query.method,
        path=query.path,
        status=None if query.status is UNSET else query.status,
    )
    return await _list(found, query.limit, request.vendors)


@route("GET", "requests/unmatched", query=ListQuery, returns=RequestList)
async def list_unmatched(request: ControlRequest) -> ControlResponse:
    """List the requests that no operation serves, newest first, each with the nearest operations."""
    query: ListQuery = request.query
    return await _list(request.world.journal.unmatched(), query.limit, request.vendors)


@route(
    "GET",
    "requests/{id}",
    responses={200: "The request.", 404: "There is no such request."},
    returns=RequestDetails,
)
async def show_request(request: ControlRequest) -> ControlResponse:
    """Show one request and its response, with headers and bodies."""
    number, journal = request.path["id"], request.world.journal
    exchange = journal.get(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if exchange is None:
        raise Problem(404, f"there is no request {number[:40]!r} in the journal of the sandbox {request.sandbox!r}")
    masked = Masking(request.vendors)(exchange)
    # In a thread, because `max_journal_body` may allow bodies that take seconds to mask.
    return ControlResponse(await asyncio.to_thread(details, exchange, masked, journal.body_limit))


@route("DELETE", "requests", returns=Removed)
async def clear_requests(request: ControlRequest) -> ControlResponse:
    """Remove all requests of the sandbox from the journal."""
    removed = len(request.world.journal)
    request.world.journal.clear()
    return ControlResponse(Removed(removed=removed))


def details(exchange: Exchange, masked: MaskedExchange, body_limit: int) -> RequestDetails:
    """Return everything about a request and its response."""
    return RequestDetails(
        **_start(exchange, masked),
        peer=exchange.peer,
        caller=exchange.caller,
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
        "status": exchange.status,
        "seconds": round(exchange.seconds, 6),
        "messages": exchange.messages,
        "fault": exchange.fault,
        "nearest": masked.nearest,
        "crashed": exchange.crash is not None,
    }


async def _list(exchanges: list[Exchange], limit: int, vendors: Registry) -> ControlResponse:
    masking, newest = Masking(vendors), exchanges[::-1][:limit]
    requests = [summary(exchange, masking(exchange)) async for exchange in in_slices(newest)]
    return ControlResponse(RequestList(total=len(exchanges), requests=requests))


ROUTES = (list_requests, clear_requests, list_unmatched, show_request)
