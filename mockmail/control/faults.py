"""`/_mockmail/faults`: injected faults, which fail as the vendor fails."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import Problem, is_mistake
from mockmail.core.faults import DRIBBLE, Fault, TransportFault, check_fault, transport_fault
from mockmail.core.registry import Registry
from mockmail.core.rules import MAX_DELAY, MOST_CONDITIONS, LogNormalDelay, Rules, UniformDelay

__tracebackhide__ = is_mistake

Status = Annotated[int, Meta(ge=100, le=599)]
Times = Annotated[int, Meta(ge=1)]
Transport = Annotated[str, Meta(extra_json_schema={"enum": [kind.value for kind in TransportFault]})]
Probability = Annotated[float, Meta(gt=0, le=1, description="how likely each of these calls is to fail; seeded")]
Seconds = Annotated[float, Meta(ge=0, le=MAX_DELAY)]
Delay = Annotated[
    Seconds | UniformDelay | LogNormalDelay,
    Meta(
        description="seconds to wait, or an object: the distribution `uniform` with low and high, or `lognormal` with"
        " median and sigma"
    ),
]
Throttle = Annotated[int, Meta(ge=1)]


Where = Annotated[
    dict[str, str],
    Meta(
        max_length=MOST_CONDITIONS,
        description="an object: for each parameter of the request (path, query, form, JSON) a pattern of its value",
    ),
]
Caller = Annotated[str | None, Meta(description="a pattern of the authenticated caller")]


class NewFault(Fields, frozen=True, kw_only=True):
    """A fault to add. `times: null` lets it fail every call."""

    vendor: Annotated[str, Meta(description="a vendor's name")]
    operation: Annotated[str, Meta(description="an operation's name, or a pattern such as `mailbox.*`")] = "*"
    status: Annotated[Status | None, Meta(description="the HTTP status; the vendor's dialect words the body")] = None
    error: Annotated[str | None, Meta(description="the name of one of the vendor's own errors")] = None
    message: Annotated[str, Meta(description="the text of the vendor's error")] = ""
    headers: Annotated[dict[str, str], Meta(description="headers of the error")] = field(default_factory=dict)
    where: Where = field(default_factory=dict)
    caller: Caller = None
    times: Annotated[Times | None, Meta(description="how many calls fail; null for all")] = 1
    after: Annotated[int, Meta(ge=0, description="how many calls succeed first")] = 0
    probability: Probability = 1.0
    delay: Delay = 0.0
    transport: Annotated[Transport | None, Meta(description="how the connection fails")] = None
    throttle: Annotated[
        Throttle | None, Meta(description=f"bytes a second of the transport `dribble`; {DRIBBLE} by default")
    ] = None
    when: Annotated[
        Literal["before", "after"] | None,
        Meta(description="`before` the handler, which is not called, or `after` it, whose response is lost"),
    ] = None


class FaultState(NewFault, frozen=True, kw_only=True):
    """A fault, and how many calls it has failed."""

    id: int
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
    fault = request.world.faults.add(make_fault(request.vendors, request.body))
    return ControlResponse(_describe(fault), status=201)


@route("DELETE", "faults", returns=Removed)
async def clear_faults(request: ControlRequest) -> ControlResponse:
    """Remove all faults."""
    return ControlResponse(Removed(removed=request.world.faults.clear()))


@route("DELETE", "faults/{id}", responses={200: "Done.", 404: "There is no such fault."}, returns=Removed)
async def remove_fault(request: ControlRequest) -> ControlResponse:
    """Remove one fault."""
    return remove_rule(request, request.world.faults, "fault")


def make_fault(vendors: Registry, given: NewFault) -> Fault:
    """Return the fault that is described. Raise UnknownName or InvalidFault for one that no call could meet."""
    fault = Fault(**msgspec.structs.asdict(given) | {"transport": transport_fault(given.transport)})
    check_fault(vendors, fault)
    return fault


def remove_rule(request: ControlRequest, rules: Rules[Any], noun: str) -> ControlResponse:
    """Remove the rule that the path names. Raise Problem (404)."""
    number = request.path["id"]
    if not re.fullmatch(r"[0-9]{1,18}", number) or not rules.remove(int(number)):
        known = ", ".join(str(rule.id) for rule in rules) or "none"
        raise Problem(
            404, f"there is no {noun} {number[:40]!r} in the sandbox {request.sandbox!r}; its ids: {known:.200}"
        )
    return ControlResponse(Removed(removed=1))


def _describe(fault: Fault) -> FaultState:
    return FaultState.of(fault, transport=fault.transport.value if fault.transport else None)


ROUTES = (list_faults, add_fault, clear_faults, remove_fault)
