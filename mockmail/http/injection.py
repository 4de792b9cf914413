"""The steps of faults and stubs. They are imported by the first request to a sandbox that has some."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireResponse
from mockmail.core.faults import Fault, vendor_error
from mockmail.core.rules import Parameters, seconds_of
from mockmail.core.stubs import Stub, take_for_operation, take_for_path
from mockmail.http.steps import NoResponse, RequestContext
from mockmail.wire.request_parameters import parameters_of


async def apply_fault(context: RequestContext, caller: str | None = None) -> None:
    """Take the fault that this request meets, and apply it if it acts before the handler.

    caller: None before authentication; see `CallRule.covers`.
    Raise Problem or VendorError for an error, NoResponse for a connection that fails.
    """
    if context.fault is not None:
        return
    exchange = context.exchange
    fault = context.world.faults.take(exchange.vendor or "", exchange.operation or "", _parameters(context), caller)
    if fault is None:
        return
    context.fault = fault
    exchange.fault = str(fault)
    if fault.when == "before":
        await delay(context, fault)
        if fault.is_error:
            raise error_of(context, fault)
        if fault.transport is not None:
            raise NoResponse


async def delay(context: RequestContext, fault: Fault) -> None:
    """Wait for the delay of a fault."""
    if fault.delay:
        await asyncio.sleep(seconds_of(fault.delay, context.world.chance))


def error_of(context: RequestContext, fault: Fault) -> Problem | VendorError:
    """Return the error of a fault that has one."""
    named = vendor_error(context.world.vendors, fault)
    if named is not None:
        return named
    status = fault.status or 500
    detail = fault.message or f"injected fault, status {status}"
    return Problem(status, detail, fault.headers, is_arranged=bool(fault.message))


def stub_response(context: RequestContext, caller: str | None = None) -> WireResponse | None:
    """Return the response of the stub that stands for the operation, or None. caller: as for `apply_fault`."""
    exchange = context.exchange
    stub = take_for_operation(
        context.world.stubs,
        exchange.vendor or "",
        exchange.operation or "",
        _parameters(context),
        caller,
    )
    return None if stub is None else _response_of(context, stub)


def stubbed_path(context: RequestContext) -> WireResponse | None:
    """Return the response of the stub that serves the path, or None."""
    request, vendor_name = context.request, context.target.vendor
    stub = take_for_path(
        context.world.stubs,
        vendor_name,
        request.method,
        request.segments,
        lambda path: parameters_of(request, path),
    )
    if stub is None:
        return None
    if vendor_name:
        context.vendor, context.exchange.vendor = context.world.vendors.named(vendor_name), vendor_name
    return _response_of(context, stub)


def _response_of(context: RequestContext, stub: Stub) -> WireResponse:
    context.exchange.stub = str(stub)
    return stub.respond()


def _parameters(context: RequestContext) -> Callable[[], Parameters]:
    """Return a function that reads the parameters of the request once, when a rule needs them."""

    def read() -> Parameters:
        if context.parameters is None:
            context.parameters = parameters_of(context.request, context.path)
        return context.parameters

    return read
