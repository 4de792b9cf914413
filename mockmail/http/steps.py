"""The steps between a request's arrival and its answer, in the vendor's own terms.

Each takes the flow and returns nothing, or an answer that ends the way early; what it refuses it raises.
"""

from __future__ import annotations

import asyncio
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireAnswer
from mockmail.core.resemblance import nearest
from mockmail.core.routing import Match, Router, WrongMethod
from mockmail.core.rules import Fault
from mockmail.core.vendor import PREFLIGHT, Call
from mockmail.http.flow import Flow


def route(flow: Flow, router: Router) -> WireAnswer | None:
    """Find the operation; for a path that nobody serves, the vendor it most resembles answers that it is not there."""
    named = flow.target.vendor
    if flow.request.method == "OPTIONS":
        answer = _preflight(flow)
        if answer is not None:
            return answer
    found = router.resolve(named, flow.request.method, flow.request.segments)
    if isinstance(found, Match):
        flow.vendor, flow.operation, flow.path = found.vendor, found.operation, found.path
        flow.exchange.vendor, flow.exchange.operation = found.vendor.name, found.operation.name
        return None
    candidates = [flow.world.vendors.vendors[named]] if named else list(flow.world.vendors)
    near = nearest(candidates, flow.request.method, flow.request.segments)
    flow.exchange.nearest = [str(one) for one in near]
    if isinstance(found, WrongMethod):
        flow.vendor = found.vendor
        allow = ", ".join(found.allowed)
        problem = Problem(405, f"{flow.request.method} is not a method of this path: {allow}", {"Allow": allow})
    else:
        flow.vendor = near[0].vendor if near else None
        problem = Problem(404, "there is no such path")
    flow.exchange.vendor = flow.vendor.name if flow.vendor else None
    raise problem


def admit(refusal: Problem | None) -> None:
    """Refuse, now that it is known in whose words, what could not be read or has no sandbox."""
    if refusal is not None:
        raise refusal


def _preflight(flow: Flow) -> WireAnswer | None:
    candidates = [flow.world.vendors.vendors[flow.target.vendor]] if flow.target.vendor else flow.world.vendors
    for vendor in candidates:
        answer: WireAnswer | None = vendor.preflight(flow.request)
        if answer is not None:
            flow.vendor = vendor
            flow.exchange.vendor, flow.exchange.operation = vendor.name, PREFLIGHT
            return answer
    return None


def stub(flow: Flow) -> WireAnswer | None:
    """An answer that a test put in place of the operation's own."""
    vendor, operation = _reached(flow)
    return flow.world.rules.take_stub(vendor, operation) if flow.world.rules.stubs else None


def fault(flow: Flow) -> WireAnswer | None:
    """A failure that a test asked for. One of the transport's own waits until there is an answer to lose."""
    if not flow.world.rules.faults:
        return None
    flow.fault = flow.world.rules.take_fault(*_reached(flow))
    if flow.fault is None:
        return None
    flow.exchange.fault = str(flow.fault)
    if flow.fault.status is not None:
        message = flow.fault.message or f"injected fault, status {flow.fault.status}"
        raise Problem(flow.fault.status, message, flow.fault.headers)
    return None


def limit(flow: Flow) -> WireAnswer | None:
    """A rate limit, where one is set."""
    if not flow.world.rules.limits or flow.vendor is None:
        return None
    client = flow.vendor.client_of(flow.request)
    wait = flow.world.rules.over_limit(*_reached(flow), flow.request.method, client, flow.world.clock)
    if wait is not None:
        raise Problem(429, "too many requests", {"Retry-After": str(max(1, round(wait)))})
    return None


def authenticate(flow: Flow) -> WireAnswer | None:
    """Who is calling, by the vendor's own rules and state."""
    vendor, operation, world = flow.vendor, flow.operation, flow.world
    if vendor is None or operation is None:
        raise RuntimeError("a request is authenticated after it is routed")
    world.prepare(vendor)
    flow.call = Call(world, operation, flow.request, flow.path, world.options(vendor), None)
    flow.call.caller = vendor.authenticate(flow.call)
    return None


def decode(flow: Flow) -> WireAnswer | None:
    """The operation's parameters, as the vendor's dialect reads them."""
    vendor, call = _called(flow)
    flow.params = vendor.dialect.decode(call)
    return None


def handle(flow: Flow) -> WireAnswer | None:
    """The vendor's rules: all of what they write, or none of it."""
    vendor, call = _called(flow)
    with flow.world.store.transaction():
        vendor.authorize(call, flow.params)
        flow.result = call.operation.handler(call, flow.params)
    return None


def encode(flow: Flow) -> WireAnswer:
    """The answer, as the vendor's dialect writes it."""
    vendor, call = _called(flow)
    return vendor.dialect.encode(call, flow.result)  # type: ignore[no-any-return]


async def delay(fault: Fault) -> None:
    """Wait as long as a fault says."""
    if fault.delay:
        await asyncio.sleep(fault.delay)


def _reached(flow: Flow) -> tuple[str, str]:
    return flow.exchange.vendor or "", flow.exchange.operation or ""


def _called(flow: Flow) -> tuple[Any, Call[Any]]:
    if flow.vendor is None or flow.call is None:
        raise RuntimeError("a request is decoded, handled and encoded after it is authenticated")
    return flow.vendor, flow.call
