"""The steps between a request and its response, each in the vendor's own terms.

A step takes the context and either updates it, returns a response that ends the request early, or raises a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.faults import Fault
from mockmail.core.journal import Exchange, is_from_browser
from mockmail.core.operation import Operation
from mockmail.core.routing import Match, Router, WrongMethod
from mockmail.core.rules import Parameters
from mockmail.core.suggestions import suggest
from mockmail.core.vendor import PREFLIGHT, Call, CommittedRefusal, Vendor
from mockmail.core.world import World
from mockmail.http.target import Target


class NoResponse(Exception):
    """Raised when an injected fault breaks the connection before the handler, so that there is no response."""


@dataclass(slots=True)
class RequestContext:
    """One request on its way through the pipeline.

    vendor: the vendor that answers; for an unknown path, the one whose operations are most similar.
    fault: the injected fault that this request met.
    parameters: the parameters for the conditions of faults and stubs; None until a condition needs them.
    """

    request: WireRequest
    target: Target
    world: World
    exchange: Exchange
    started: float
    vendor: Vendor | None = None
    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    call: Call[Any, Any] | None = None
    params: Any = None
    result: Any = None
    fault: Fault | None = None
    parameters: Parameters | None = None


def route(context: RequestContext, router: Router) -> WireResponse | None:
    """Find the operation, or answer a CORS preflight. Raise Problem (404, 405), worded by the most similar vendor."""
    world, request, vendor_name = context.world, context.request, context.target.vendor
    if vendor_name:
        context.vendor, context.exchange.vendor = world.vendors.named(vendor_name), vendor_name
    if request.method == "OPTIONS":
        response = _preflight(context, router)
        if response is not None:
            return response
    found = router.resolve(vendor_name, request.method, request.segments, request.headers)
    if isinstance(found, Match):
        if found.operation.dispatch is not None:
            found = router.named_by_body(found, request)
        context.vendor, context.operation, context.path = found.vendor, found.operation, found.path
        exchange = context.exchange
        exchange.vendor, exchange.operation, exchange.path_values = found.vendor.name, found.operation.name, found.path
        return None
    if is_from_browser(request.method, request.raw_path) and not vendor_name:
        raise Problem(404, "there is no such path")
    if context.vendor:
        suggested: Iterable[Vendor] = [context.vendor]
    else:
        suggested = world.vendors.claiming(request.headers) or world.vendors
    suggestions = suggest(suggested, request.method, request.segments)
    context.exchange.nearest = [str(suggestion) for suggestion in suggestions]
    if isinstance(found, WrongMethod):
        context.vendor = found.vendor
        allow = ", ".join(found.allowed)
        problem = Problem(405, f"{request.method} is not a method of this path: {allow}", {"Allow": allow})
    else:
        context.vendor = suggestions[0].vendor if suggestions else None
        problem = Problem(404, "there is no such path")
    context.exchange.vendor = context.vendor.name if context.vendor else None
    raise problem


def raise_deferred(refusal: Problem | None) -> None:
    """Raise a refusal that was found before routing, now that the vendor that words it is known."""
    if refusal is not None:
        raise refusal


def limit(context: RequestContext) -> None:
    """Count the request. Raise Problem (429) over a rate limit."""
    if not context.world.limits or context.vendor is None:
        return
    client = context.vendor.client_of(context.request)
    wait = context.world.limits.seconds_to_wait(*_names(context), context.request.method, client, context.world.clock)
    if wait is not None:
        raise Problem(429, "too many requests", {"Retry-After": str(max(1, round(wait)))})


def authenticate(context: RequestContext) -> None:
    """Set the caller, whom the vendor authenticates by its own rules and state."""
    vendor, operation, world = context.vendor, context.operation, context.world
    if vendor is None or operation is None:
        raise RuntimeError("route comes before authenticate")
    world.ensure_seeded(vendor)
    call: Call[Any, Any] = Call(world, vendor, operation, context.request, context.path, world.options(vendor), None)
    context.call = call
    call.caller = vendor.authenticate(call)
    if call.caller is not None:
        context.exchange.caller = str(call.caller)


def decode(context: RequestContext) -> None:
    """Read the operation's parameters as the vendor's dialect does."""
    call = _call(context)
    context.params = call.vendor.dialect.decode(call)


def handle(context: RequestContext) -> None:
    """Run the handler in one transaction. Raise the refusal that a handler returned to keep its writes."""
    call = _call(context)
    with context.world.store.transaction():
        call.vendor.authorize(call)
        context.result = call.operation.handler(call, context.params)
    if isinstance(context.result, CommittedRefusal):
        raise context.result.error


def encode(context: RequestContext) -> WireResponse:
    """Return the response as the vendor's dialect writes it."""
    call = _call(context)
    return call.vendor.dialect.encode(call, context.result)


def _preflight(context: RequestContext, router: Router) -> WireResponse | None:
    for vendor in [context.vendor] if context.vendor else router.candidates(context.request.segments):
        response = vendor.preflight(context.request)
        if response is not None:
            context.vendor = vendor
            context.exchange.vendor, context.exchange.operation = vendor.name, PREFLIGHT
            return response
    return None


def _names(context: RequestContext) -> tuple[str, str]:
    return context.exchange.vendor or "", context.exchange.operation or ""


def _call(context: RequestContext) -> Call[Any, Any]:
    if context.call is None:
        raise RuntimeError("authenticate comes before decode, handle and encode")
    return context.call
