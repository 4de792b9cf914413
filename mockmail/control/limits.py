"""`/_mockmail/limits`: so many calls and no more, as the vendor says it."""

from __future__ import annotations

import math
from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.core.errors import Problem
from mockmail.core.faults import check_operation
from mockmail.core.limits import Limit

_LIMIT = (
    Parameter(name="vendor", help="a vendor's name"),
    Parameter(name="calls", help="how many calls each client has in a window", kind="integer"),
    Parameter(name="window", help="how many seconds a window has", kind="number", default=60.0),
    Parameter(name="operation", help="an operation's name, or a pattern such as `mailbox.*`", default="*"),
    Parameter(name="methods", help="the HTTP methods that count; all where there are none", kind="array"),
)


async def list_limits(ask: ControlRequest) -> ControlResponse:
    """Every limit."""
    return ControlResponse({"limits": [describe(limit) for limit in ask.world.limits]})


async def add_limit(ask: ControlRequest) -> ControlResponse:
    """Allow each client only so many calls. A limit that no call could meet is refused."""
    body = checked_body(ask.json(), _LIMIT)
    if body["vendor"] is None:
        raise Problem(400, f"vendor is missing; there are {', '.join(ask.vendors.vendors)}")
    if body["calls"] is None or body["calls"] < 0:
        raise Problem(400, f"calls must be 0 or more, not {body['calls']}")
    if body["window"] is None or not 0 < body["window"] < math.inf:
        raise Problem(400, f"window must be more than 0 seconds, not {body['window']}")
    methods = body["methods"] or []
    if not all(isinstance(method, str) for method in methods):
        raise Problem(400, "methods must be an array of strings")
    check_operation(ask.vendors, body["vendor"], body["operation"] or "*")
    limit = Limit(
        vendor=body["vendor"],
        calls=body["calls"],
        window=float(body["window"]),
        operation=body["operation"] or "*",
        methods=tuple(method.upper() for method in methods),
    )
    ask.world.limits.add(limit)
    return ControlResponse(describe(limit), status=201)


async def clear_limits(ask: ControlRequest) -> ControlResponse:
    """No more limits."""
    return ControlResponse({"removed": ask.world.limits.clear()})


def describe(limit: Limit) -> dict[str, Any]:
    """A limit as JSON."""
    return {
        "vendor": limit.vendor,
        "operation": limit.operation,
        "calls": limit.calls,
        "window": limit.window,
        "methods": list(limit.methods),
    }


ROUTES = (
    Route(method="GET", path="limits", handler=list_limits, summary="List the limits that were arranged."),
    Route(
        method="POST",
        path="limits",
        handler=add_limit,
        summary="Allow each client only so many calls; over it, the vendor's own answer to too many.",
        body=_LIMIT,
        answers={201: "The limit.", 400: "It does not fit: the error says why."},
    ),
    Route(method="DELETE", path="limits", handler=clear_limits, summary="Forget all limits."),
)
