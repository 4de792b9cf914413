"""The steps between a request's arrival and its answer, in the vendor's own terms.

Each takes the context and returns nothing, or an answer that ends the way early; what it refuses it raises.
"""

from __future__ import annotations

import asyncio
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireResponse
from mockmail.core.faults import Fault
from mockmail.core.routing import Match, Router, WrongMethod
from mockmail.core.suggestions import suggest
from mockmail.core.vendor import PREFLIGHT, Call
from mockmail.http.context import RequestContext


def route(context: RequestContext, router: Router) -> WireResponse | None:
    """Find the operation; for a path that nobody serves, the vendor it most resembles answers that it is not there."""
    named = context.target.vendor
    if context.request.method == "OPTIONS":
        answer = _preflight(context)
        if answer is not None:
            return answer
    found = router.resolve(named, context.request.method, context.request.segments)
    if isinstance(found, Match):
        context.vendor, context.operation, context.path = found.vendor, found.operation, found.path
        context.exchange.vendor, context.exchange.operation = found.vendor.name, found.operation.name
        return None
    candidates = [context.world.vendors.vendors[named]] if named else list(context.world.vendors)
    near = suggest(candidates, context.request.method, context.request.segments)
    context.exchange.nearest = [str(one) for one in near]
    if isinstance(found, WrongMethod):
        context.vendor = found.vendor
        allow = ", ".join(found.allowed)
        problem = Problem(405, f"{context.request.method} is not a method of this path: {allow}", {"Allow": allow})
    else:
        context.vendor = near[0].vendor if near else None
        problem = Problem(404, "there is no such path")
    context.exchange.vendor = context.vendor.name if context.vendor else None
    raise problem


def raise_deferred(refusal: Problem | None) -> None:
    """Refuse, now that it is known in whose words, what could not be read or has no sandbox."""
    if refusal is not None:
        raise refusal


def _preflight(context: RequestContext) -> WireResponse | None:
    candidates = (
        [context.world.vendors.vendors[context.target.vendor]] if context.target.vendor else context.world.vendors
    )
    for vendor in candidates:
        answer: WireResponse | None = vendor.preflight(context.request)
        if answer is not None:
            context.vendor = vendor
            context.exchange.vendor, context.exchange.operation = vendor.name, PREFLIGHT
            return answer
    return None


def fault(context: RequestContext) -> WireResponse | None:
    """A failure that a test asked for. One of the transport's own waits until there is an answer to lose."""
    if not context.world.faults:
        return None
    context.fault = context.world.faults.take(*_reached(context))
    if context.fault is None:
        return None
    context.exchange.fault = str(context.fault)
    if context.fault.status is not None:
        message = context.fault.message or f"injected fault, status {context.fault.status}"
        raise Problem(context.fault.status, message, context.fault.headers)
    return None


def limit(context: RequestContext) -> WireResponse | None:
    """A rate limit, where one is set."""
    if not context.world.limits or context.vendor is None:
        return None
    client = context.vendor.client_of(context.request)
    wait = context.world.limits.seconds_to_wait(*_reached(context), context.request.method, client, context.world.clock)
    if wait is not None:
        raise Problem(429, "too many requests", {"Retry-After": str(max(1, round(wait)))})
    return None


def authenticate(context: RequestContext) -> WireResponse | None:
    """Who is calling, by the vendor's own rules and state."""
    vendor, operation, world = context.vendor, context.operation, context.world
    if vendor is None or operation is None:
        raise RuntimeError("a request is authenticated after it is routed")
    world.ensure_seeded(vendor)
    context.call = Call(world, operation, context.request, context.path, world.options(vendor), None)
    context.call.caller = vendor.authenticate(context.call)
    return None


def decode(context: RequestContext) -> WireResponse | None:
    """The operation's parameters, as the vendor's dialect reads them."""
    vendor, call = _called(context)
    context.params = vendor.dialect.decode(call)
    return None


def handle(context: RequestContext) -> WireResponse | None:
    """The vendor's rules: all of what they write, or none of it."""
    vendor, call = _called(context)
    with context.world.store.transaction():
        vendor.authorize(call, context.params)
        context.result = call.operation.handler(call, context.params)
    return None


def encode(context: RequestContext) -> WireResponse:
    """The answer, as the vendor's dialect writes it."""
    vendor, call = _called(context)
    return vendor.dialect.encode(call, context.result)  # type: ignore[no-any-return]


async def delay(fault: Fault) -> None:
    """Wait as long as a fault says."""
    if fault.delay:
        await asyncio.sleep(fault.delay)


def _reached(context: RequestContext) -> tuple[str, str]:
    return context.exchange.vendor or "", context.exchange.operation or ""


def _called(context: RequestContext) -> tuple[Any, Call[Any]]:
    if context.vendor is None or context.call is None:
        raise RuntimeError("a request is decoded, handled and encoded after it is authenticated")
    return context.vendor, context.call
