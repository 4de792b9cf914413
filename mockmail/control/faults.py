"""`/_mockmail/faults`: injected faults, which fail as the vendor fails."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.faults import MAX_DELAY, Fault, TransportFault, check_fault, transport_fault

Status = Annotated[int, Meta(ge=100, le=599)]
Times = Annotated[int, Meta(ge=1)]
Transport = Annotated[str, Meta(extra_json_schema={"enum": [kind.value for kind in TransportFault]})]


class NewFault(Fields, frozen=True, kw_only=True):
    """A fault to add. `times: null` lets it fail every call."""

    vendor: Annotated[str, Meta(description="a vendor's name")]
    operation: Annotated[str, Meta(description="an operation's name, or a pattern such as `mailbox.*`")] = "*"
    status: Annotated[Status | None, Meta(description="the HTTP status; the vendor's dialect words the body")] = None
    message: Annotated[str, Meta(description="the text of the vendor's error")] = ""
    headers: Annotated[dict[str, str], Meta(description="headers of the response")] = field(default_factory=dict)
    times: Annotated[Times | None, Meta(description="how many calls fail; null for all")] = 1
    after: Annotated[int, Meta(ge=0, description="how many calls succeed first")] = 0
    delay: Annotated[float, Meta(ge=0, le=MAX_DELAY, description="seconds before the response")] = 0.0
    transport: Annotated[Transport | None, Meta(description="how the connection fails")] = None


class FaultState(NewFault, frozen=True, kw_only=True):
    """A fault, and how many calls it has failed."""

    used: int


class FaultList(Fields, frozen=True, kw_only=True):
    """The faults of the sandbox."""

    faults: list[FaultState]


@route("GET", "faults", returns=FaultList)
async def list_faults(request: ControlRequest) -> ControlResponse:
    """List every fault, with how many calls it has failed."""
    return ControlResponse(FaultList(faults=[_describe(fault) for fault in request.world.faults]))


@route(
    "POST",
    "faults",
    body=NewFault,
    responses={201: "The fault.", 400: "No call could meet this fault; `error` says why."},
    returns=FaultState,
    example={"vendor": "{vendor}", "operation": "*", "status": 503, "times": 2},
)
async def add_fault(request: ControlRequest) -> ControlResponse:
    """Add a fault; refuse one that no call could meet."""
    body: NewFault = request.body
    fault = Fault(**msgspec.structs.asdict(body) | {"transport": transport_fault(body.transport)})
    check_fault(request.vendors, fault)
    request.world.faults.add(fault)
    return ControlResponse(_describe(fault), status=201)


@route("DELETE", "faults", returns=Removed)
async def clear_faults(request: ControlRequest) -> ControlResponse:
    """Remove all faults."""
    return ControlResponse(Removed(removed=request.world.faults.clear()))


def _describe(fault: Fault) -> FaultState:
    return FaultState.of(fault, transport=fault.transport.value if fault.transport else None)


ROUTES = (list_faults, add_fault, clear_faults)
