"""The documents of requests: in a list, and whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockmail.control.route import Fields
from mockmail.core.journal import Exchange, State
from mockmail.wire.masking import MaskedExchange


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
