"""The pipeline: every request goes through the same named steps, and every answer leaves in a vendor's dialect.

guard -> journal -> sandbox -> route -> fault -> rate limit -> authenticate -> decode -> handle -> encode
-> transport fault -> journal
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime

from aiohttp import web

from mockmail.core.clock import monotonic
from mockmail.core.errors import LimitReached, MockMailError, Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.journal import Exchange
from mockmail.core.mail.outgoing import Later, Send
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.core.vendor import Registry, Vendor
from mockmail.core.world import World
from mockmail.http import steps, transport
from mockmail.http.context import RequestContext
from mockmail.http.reading import read_body
from mockmail.http.response import DirectResponse
from mockmail.http.sending import Sending
from mockmail.http.target import Target

log = logging.getLogger("mockmail.http")

SANDBOX_HEADER = "X-Mockmail-Sandbox"


class Pipeline:
    """Answers the vendors' requests of a server."""

    def __init__(self, vendors: Registry, sandboxes: Sandboxes, sending: Sending) -> None:
        self.vendors = vendors
        self._sending = sending
        self.sandboxes = sandboxes
        self._router = vendors.router

    async def answer(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """The answer to a request, whatever it is."""
        started = monotonic()
        refusal: Problem | None = None
        try:
            world = self.choose_sandbox(request, target)
        except Problem as problem:
            world, refusal = self.sandboxes.stand_in(), problem
        wire = _wire_request(request, target, world)
        context = RequestContext(wire, target, world, _open_exchange(world, target, wire), started)
        try:
            if request.body_exists:
                wire.body = await read_body(request)
                context.exchange.request_body = wire.body[: world.journal.body_limit]
        except Problem as problem:
            # What is raised again must not hold on to the frames that it came from, and so to half a body.
            refusal = refusal or Problem(problem.status, problem.detail, problem.headers)
        answer = await self._answer(context, refusal)
        if context.fault is not None:
            await steps.delay(context.fault)
        _close_exchange(context, answer)
        if context.fault is not None and context.fault.transport is not None:
            return await transport.fail(request, answer, context.fault.transport)
        return response_of(answer, context.vendor, wire.at)

    def choose_sandbox(self, request: web.BaseRequest, target: Target) -> World:
        """The World that a request asks for: by path, else by header, else the default one."""
        name = target.sandbox if target.sandbox is not None else request.headers.get(SANDBOX_HEADER, DEFAULT)
        try:
            return self.sandboxes.get(name)
        except LimitReached as error:
            raise Problem(503, str(error), {"Retry-After": "60"}) from error

    async def _answer(self, context: RequestContext, refusal: Problem | None) -> WireResponse:
        try:
            early = steps.route(context, self._router)
            steps.raise_deferred(refusal)
            early = early or steps.fault(context) or steps.limit(context)
            if early is not None:
                return early
            steps.authenticate(context)
            steps.decode(context)
            steps.handle(context)
            if isinstance(context.result, Send | Later):
                await self._sending.settle(context)
            return steps.encode(context)
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the client gets the vendor's words for it
            answer = _refuse(context, error)
            # A refusal that was made before it was raised is in a frame that its traceback holds: a ring, and the rest
            # of an unread body in it.
            error.__traceback__ = None
            return answer


def _refuse(context: RequestContext, error: Exception) -> WireResponse:
    """The vendor's own words for what went wrong; a handler that failed is the vendor's own 500."""
    vendor = context.vendor
    try:
        if vendor is None:
            return WireResponse(404, b"not found\n", (("Content-Type", "text/plain; charset=utf-8"),))
        if isinstance(error, VendorError):
            return vendor.dialect.refuse(context.request, context.operation, error)
        if isinstance(error, LimitReached):
            error = Problem(503, str(error), {"Retry-After": "10"})
        if isinstance(error, Problem):
            return vendor.dialect.problem(context.request, context.operation, error)
        return _crash(context, error)
    except Exception as second:  # noqa: BLE001  # the dialect itself failed: the journal says so, and something is answered
        return _crash(context, second, plain=True)


def _crash(context: RequestContext, error: Exception, *, plain: bool = False) -> WireResponse:
    context.exchange.crash = "".join(traceback.format_exception(error))
    log.error("%s %s failed\n%s", context.request.method, context.request.raw_path, context.exchange.crash)
    detail = f"{type(error).__name__}: {error}" if isinstance(error, MockMailError) else type(error).__name__
    if plain or context.vendor is None:
        return WireResponse(500, b"internal error\n", (("Content-Type", "text/plain; charset=utf-8"),))
    return context.vendor.dialect.problem(context.request, context.operation, Problem(500, detail))


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


def _close_exchange(context: RequestContext, answer: WireResponse) -> None:
    exchange, journal = context.exchange, context.world.journal
    exchange.status = answer.status
    exchange.response_headers = answer.headers
    exchange.response_body = answer.body[: journal.body_limit]
    exchange.seconds = monotonic() - context.started
    journal.add(exchange)


def response_of(answer: WireResponse, vendor: Vendor | None, at: datetime) -> web.StreamResponse:
    """An answer as it is sent, with the vendor's Server header unless it has one of its own."""
    return DirectResponse(answer, at=at, server="" if vendor is None else vendor.server_header)
