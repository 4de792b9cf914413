"""`/_mockmail/requests`: the journal, with its secrets masked."""

from __future__ import annotations

import re
from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route
from mockmail.core import masking
from mockmail.core.errors import Problem
from mockmail.core.journal import Exchange
from mockmail.core.names import check_names

MOST_LISTED = 1000

_FILTERS = (
    Parameter(name="vendor", help="a vendor's name"),
    Parameter(name="operation", help="an operation's name"),
    Parameter(name="method", help="an HTTP method"),
    Parameter(name="path", help="a part of the path"),
    Parameter(name="status", help="an HTTP status", kind="integer"),
)
_LIMIT = Parameter(name="limit", help="how many to list, at most 1000", kind="integer", default=100)


async def list_requests(ask: ControlRequest) -> ControlResponse:
    """Newest first."""
    given: dict[str, Any] = {name: ask.query.get(name) for name in ("vendor", "operation", "method", "path")}
    check_names(ask.vendors, given["vendor"], given["operation"])
    status = ask.whole("status", 0, 0, 999) or None
    return _listed(ask, ask.world.journal.find(**given, status=status))


async def list_unmatched(ask: ControlRequest) -> ControlResponse:
    """The requests that nobody serves, newest first, each with what it was nearest to."""
    return _listed(ask, ask.world.journal.unmatched())


async def show_request(ask: ControlRequest) -> ControlResponse:
    """One exchange, with headers and bodies."""
    number = ask.path["id"]
    exchange = ask.world.journal.get(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
    if exchange is None:
        raise Problem(404, f"there is no request {number[:40]!r} in the journal of the sandbox {ask.sandbox!r}")
    return ControlResponse(summary(exchange) | details(exchange, ask.world.journal.body_limit))


async def clear_requests(ask: ControlRequest) -> ControlResponse:
    """Forget all exchanges of the sandbox."""
    gone = len(ask.world.journal)
    ask.world.journal.clear()
    return ControlResponse({"removed": gone})


def summary(exchange: Exchange) -> dict[str, Any]:
    """What a list shows of an exchange."""
    return {
        "id": exchange.id,
        "at": exchange.at.isoformat(),
        "vendor": exchange.vendor,
        "operation": exchange.operation,
        "method": exchange.method,
        "path": masking.path(exchange.path),
        "query": masking.query(exchange.query),
        "status": exchange.status,
        "seconds": round(exchange.seconds, 6),
        "messages": exchange.messages,
        "fault": exchange.fault,
        "nearest": list(exchange.nearest),
        "crashed": exchange.crash is not None,
    }


def details(exchange: Exchange, body_limit: int) -> dict[str, Any]:
    """What is shown of one exchange besides; `cut` says that the journal may not have kept the whole body."""
    return {
        "peer": exchange.peer,
        "request": {
            "headers": masking.headers(exchange.request_headers.items()),
            "body": _text(exchange.request_body),
            "cut": len(exchange.request_body) >= body_limit,
        },
        "answer": {
            "headers": masking.headers(exchange.response_headers),
            "body": _text(exchange.response_body),
            "cut": len(exchange.response_body) >= body_limit,
        },
        "crash": exchange.crash,
    }


def _listed(ask: ControlRequest, exchanges: list[Exchange]) -> ControlResponse:
    limit = ask.whole("limit", 100, 0, MOST_LISTED)
    newest = exchanges[::-1][:limit]
    return ControlResponse({"total": len(exchanges), "requests": [summary(exchange) for exchange in newest]})


def _text(body: bytes) -> str:
    return masking.body(body).decode("utf-8", "replace")


ROUTES = (
    Route(
        method="GET",
        path="requests",
        handler=list_requests,
        summary="List what was asked and answered, newest first.",
        query=(*_FILTERS, _LIMIT),
        answers={200: "`total` of what fits, and the exchanges.", 400: "There is no such vendor or operation."},
    ),
    Route(method="DELETE", path="requests", handler=clear_requests, summary="Forget all exchanges."),
    Route(
        method="GET",
        path="requests/unmatched",
        handler=list_unmatched,
        summary="List the requests that nobody serves, with what each was nearest to.",
        query=(_LIMIT,),
    ),
    Route(
        method="GET",
        path="requests/{id}",
        handler=show_request,
        summary="Show one exchange, headers and bodies with secrets masked.",
        answers={200: "The exchange.", 404: "There is no such exchange."},
    ),
)
