"""The pipeline: every vendor request goes through the same named steps, and every response is in a vendor's dialect.

sandbox -> body -> route -> fault -> limit -> stub -> authenticate -> decode -> handle -> send -> encode -> fault
-> journal -> transport fault

A stub of a path comes before the route, and a fault or stub for one caller after authentication.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime

from aiohttp import web

from mockmail.core.clock import monotonic
from mockmail.core.errors import LimitReached, MockMailError, Problem, VendorError
from mockmail.core.exchange import NO_HEADERS, WireRequest, WireResponse
from mockmail.core.faults import Fault
from mockmail.core.journal import LONGEST_REFUSAL, Exchange
from mockmail.core.mail.outgoing import Continue, Later, Send
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.suggestions import suggest
from mockmail.core.vendor import Vendor
from mockmail.core.world import World
from mockmail.http import steps
from mockmail.http.protocol import read_body
from mockmail.http.response import DirectResponse
from mockmail.http.sending import Sending
from mockmail.http.steps import RequestContext
from mockmail.http.target import Target
from mockmail.tls.connection import tls_facts
from mockmail.wire.masking import Masking

log = logging.getLogger("mockmail.http")

PLAIN_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
NO_RESPONSE = WireResponse(0)
"""Stands in the journal for a connection that failed before the handler was called."""
INTERNAL_ERROR = WireResponse(500, b"internal error\n", PLAIN_TEXT)


class Pipeline:
    """Answers the requests for all vendors of a server."""

    def __init__(self, vendors: Registry, sandboxes: Sandboxes, sending: Sending) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self.sending = sending

    async def respond(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """Return the response to any request."""
        started = monotonic()
        refusal: Problem | None = None
        try:
            world = self._sandbox_of(request, target)
        except Problem as problem:
            world, refusal = self._sandboxes.stand_in(), problem
        wire = _wire_request(request, target, world)
        context = RequestContext(wire, target, world, _open_exchange(world, target, wire), started)
        if wire.scheme == "https":
            context.exchange.scheme, context.exchange.tls = wire.scheme, tls_facts(request.transport)
        world.journal.begin(context.exchange)
        try:
            return await self._answer(request, context, refusal)
        finally:
            world.journal.abandon(context.exchange)

    async def _answer(
        self, request: web.BaseRequest, context: RequestContext, refusal: Problem | None
    ) -> web.StreamResponse:
        wire, world = context.request, context.world
        try:
            if request.body_exists:
                wire.body = await read_body(request)
                context.exchange.request_body = wire.body[: world.journal.body_limit]
        except Problem as problem:
            # A new exception: the traceback of this one would keep a partly read body alive.
            refusal = refusal or Problem(problem.status, problem.detail, problem.headers, reason=problem.reason)
        response = await self._run_steps(context, refusal)
        fault = context.fault
        if fault is not None:
            response = await _after_fault(context, fault, response)
        _close_exchange(context, response)
        direct = response_of(response, context.vendor, wire.at)
        if fault is not None and fault.transport is not None:
            from mockmail.http.transport_faults import fail_transport

            return await fail_transport(request, direct, fault)
        return direct

    def refuse(self, target: Target, path: str, problem: Problem) -> web.StreamResponse:
        """Return the response to bytes that are not HTTP, in the dialect of the vendor whose paths are most similar."""
        named = self._vendors.get(target.vendor) if target.vendor else None
        suggestions = suggest([named] if named else self._vendors, "", target.segments, most=1)
        vendor = suggestions[0].vendor if suggestions else None
        try:
            world = self._sandboxes.get(target.sandbox_name(NO_HEADERS))
        except (Problem, LimitReached):
            world = self._sandboxes.stand_in()
        now = world.clock.now()
        exchange = Exchange(id=world.journal.next_id(), at=now, method="", path=path)
        if vendor is None:
            response = WireResponse(problem.status, problem.detail.encode(), PLAIN_TEXT)
        else:
            wire = WireRequest("GET", target.raw_path, target.segments, at=now)
            exchange.vendor = vendor.name
            response = vendor.dialect.problem(wire, None, problem, world.options(vendor))
        exchange.status, exchange.nearest = response.status, [f"not HTTP: {problem.reason}"]
        world.journal.add(exchange)
        return response_of(response, vendor, exchange.at)

    def _sandbox_of(self, request: web.BaseRequest, target: Target) -> World:
        try:
            return self._sandboxes.get(target.sandbox_name(request.headers))
        except LimitReached as error:
            raise Problem(503, str(error), {"Retry-After": "60"}) from error

    async def _run_steps(self, context: RequestContext, refusal: Problem | None) -> WireResponse:
        has_rules = bool(context.world.faults or context.world.stubs)
        try:
            response = _stubbed_path(context) if has_rules and refusal is None else None
            if response is None:
                response = steps.route(context, self._vendors.router)
            steps.raise_deferred(refusal)
            if response is not None:
                return response
            if has_rules:
                response = await _inject(context)
                if response is not None:
                    return response
            else:
                steps.limit(context)
                steps.authenticate(context)
            steps.decode(context)
            steps.handle(context)
            if isinstance(context.result, Send | Later | Continue):
                await self.sending.settle(context)
            return steps.encode(context)
        except steps.NoResponse:
            return NO_RESPONSE
        except Exception as error:  # noqa: BLE001  # any error becomes a response in the vendor's words
            response = _error_response(context, error)
            # A cycle of error, traceback and frame would keep an unread body alive until garbage is collected.
            error.__traceback__ = None
            return response


def _stubbed_path(context: RequestContext) -> WireResponse | None:
    from mockmail.http.injection import stubbed_path

    return stubbed_path(context)


async def _inject(context: RequestContext) -> WireResponse | None:
    """Run the steps up to authentication with faults and stubs. Return the response of a stub, or None."""
    from mockmail.http.injection import apply_fault, stub_response

    await apply_fault(context)
    steps.limit(context)
    response = stub_response(context)
    if response is None:
        steps.authenticate(context)
        caller = context.exchange.caller or ""
        await apply_fault(context, caller)
        response = stub_response(context, caller)
    return response


async def _after_fault(context: RequestContext, fault: Fault, response: WireResponse) -> WireResponse:
    """Return a response after a fault has acted on it: delayed, replaced by an error, or with the fault's headers."""
    from mockmail.http.injection import delay, error_of

    if fault.when == "after":
        await delay(context, fault)
        if fault.is_error:
            response = _error_response(context, error_of(context, fault))
    return response.with_headers(fault.headers) if fault.is_error else response


def _error_response(context: RequestContext, error: Exception) -> WireResponse:
    vendor = context.vendor
    if vendor is None:
        return _error_response_without_vendor(context, error)
    try:
        options = context.world.options(vendor)
        if isinstance(error, VendorError):
            _note_refusal(context, error.reason or str(error))
            return vendor.dialect.refuse(context.request, context.operation, error, options)
        if isinstance(error, LimitReached):
            error = Problem(503, str(error), {"Retry-After": "10"})
        if isinstance(error, Problem):
            _note_refusal(context, error.reason)
            return vendor.dialect.problem(context.request, context.operation, error, options)
        _log_crash(context, error)
        detail = f"{type(error).__name__}: {error}" if isinstance(error, MockMailError) else type(error).__name__
        return vendor.dialect.problem(context.request, context.operation, Problem(500, detail), options)
    except Exception as dialect_error:  # noqa: BLE001  # a dialect that fails still gets a response
        _log_crash(context, dialect_error)
        return INTERNAL_ERROR


def _note_refusal(context: RequestContext, why: str) -> None:
    context.exchange.refusal = why[:LONGEST_REFUSAL]


def _error_response_without_vendor(context: RequestContext, error: Exception) -> WireResponse:
    if isinstance(error, Problem):
        return WireResponse(404, b"not found\n", PLAIN_TEXT)
    if isinstance(error, LimitReached):
        return WireResponse(503, f"{error}\n".encode(), (*PLAIN_TEXT, ("Retry-After", "10")))
    _log_crash(context, error)
    return INTERNAL_ERROR


def _log_crash(context: RequestContext, error: Exception) -> None:
    exchange = context.exchange
    exchange.crash = "".join(traceback.format_exception(error))
    masked = Masking(context.world.vendors)(exchange)
    log.error("%s %s failed\n%s", exchange.method, masked.path, masked.crash)


def _wire_request(request: web.BaseRequest, target: Target, world: World) -> WireRequest:
    return WireRequest(
        method=request.method,
        raw_path=target.raw_path,
        segments=target.segments,
        query=target.query,
        headers=request.headers,
        scheme=request.scheme,
        prefix=target.prefix,
        peer=request.remote or "",
        at=world.clock.now(),
    )


def _open_exchange(world: World, target: Target, wire: WireRequest) -> Exchange:
    return Exchange(
        id=world.journal.next_id(),
        at=wire.at,
        method=wire.method,
        path=target.prefix + target.raw_path,
        query=wire.query,
        peer=wire.peer,
        request_headers=wire.headers,
    )


def _close_exchange(context: RequestContext, response: WireResponse) -> None:
    exchange, journal = context.exchange, context.world.journal
    exchange.status = response.status
    exchange.response_headers = response.headers
    exchange.response_body = response.body[: journal.body_limit]
    exchange.seconds = monotonic() - context.started
    journal.add(exchange)


def response_of(response: WireResponse, vendor: Vendor | None, at: datetime) -> DirectResponse:
    """Return a response ready to be sent, with the vendor's `Server` header unless it has its own."""
    return DirectResponse(response, at=at, server="" if vendor is None else vendor.server_header)
