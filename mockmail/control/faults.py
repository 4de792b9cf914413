"""`/_mockmail/faults`: failures on demand, as the vendor fails."""

from __future__ import annotations

from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.core.errors import Problem
from mockmail.core.faults import Fault, make_fault

_FAULT = (
    Parameter(name="vendor", help="a vendor's name"),
    Parameter(name="operation", help="an operation's name, or a pattern such as `mailbox.*`", default="*"),
    Parameter(name="status", help="the HTTP status, answered as the vendor words it", kind="integer"),
    Parameter(name="message", help="what the vendor says", default=""),
    Parameter(name="headers", help="headers of the answer", kind="object"),
    Parameter(name="times", help="how many calls it takes; null for all", kind="integer", default=1),
    Parameter(name="after", help="how many calls it lets by first", kind="integer", default=0),
    Parameter(name="delay", help="seconds before the answer", kind="number", default=0.0),
    Parameter(name="transport", help="reset, empty, garbage or truncated: how the connection fails"),
)


async def list_faults(ask: ControlRequest) -> ControlResponse:
    """Every fault, with how often it was met."""
    return ControlResponse({"faults": [describe(fault) for fault in ask.world.faults]})


async def add_fault(ask: ControlRequest) -> ControlResponse:
    """Arrange a failure. One that could never be met is refused."""
    body = checked_body(ask.json(), _FAULT)
    if body["vendor"] is None:
        raise Problem(400, f"vendor is missing; there are {', '.join(ask.vendors.vendors)}")
    body |= {one.name: one.default for one in _FAULT if body[one.name] is None and one.name != "times"}
    fault = make_fault(ask.vendors, **body)
    ask.world.faults.add(fault)
    return ControlResponse(describe(fault), status=201)


async def clear_faults(ask: ControlRequest) -> ControlResponse:
    """No more failures."""
    return ControlResponse({"removed": ask.world.faults.clear()})


def describe(fault: Fault) -> dict[str, Any]:
    """A fault as JSON."""
    return {
        "vendor": fault.vendor,
        "operation": fault.operation,
        "status": fault.status,
        "message": fault.message,
        "headers": dict(fault.headers),
        "times": fault.times,
        "after": fault.after,
        "delay": fault.delay,
        "transport": fault.transport.value if fault.transport else None,
        "used": fault.used,
    }


ROUTES = (
    Route(method="GET", path="faults", handler=list_faults, summary="List the faults that were arranged."),
    Route(
        method="POST",
        path="faults",
        handler=add_fault,
        summary="Arrange a failure of some calls.",
        body=_FAULT,
        answers={201: "The fault.", 400: "It could never be met: the error says why."},
    ),
    Route(method="DELETE", path="faults", handler=clear_faults, summary="Forget all faults."),
)
