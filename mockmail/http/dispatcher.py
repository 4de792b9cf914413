"""The entry point of the HTTP port: each request goes to the control API or to the vendors' pipeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from mockmail.core.errors import LimitReached, Problem
from mockmail.core.exchange import NO_HEADERS, WireRequest, WireResponse
from mockmail.core.journal import Exchange
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.suggestions import suggest
from mockmail.core.world import World
from mockmail.http.pipeline import PLAIN_TEXT, Pipeline, response_of
from mockmail.http.sending import Sending
from mockmail.http.target import Target, parse_target

Control = Callable[[web.BaseRequest, Target], Awaitable[web.StreamResponse]]


class Dispatcher:
    """Everything that is served on the HTTP port."""

    def __init__(self, vendors: Registry, sandboxes: Sandboxes, control: Control, sending: Sending) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self._pipeline = Pipeline(vendors, sandboxes, sending)
        self._control = control

    def respond(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """Return the response to any request."""
        target = parse_target(request.raw_path, self._vendors.vendors)
        if target.control or (target.segments == ("",) and target.vendor is None):
            return self._control(request, target)
        return self._pipeline.respond(request, target)

    def refuse(self, path: str, problem: Problem) -> web.StreamResponse:
        """Return the response to bytes that are not HTTP, in the dialect of the vendor whose paths are most similar."""
        target = parse_target(path, self._vendors.vendors)
        named = self._vendors.get(target.vendor) if target.vendor else None
        suggestions = suggest([named] if named else self._vendors, "", target.segments, most=1)
        vendor = suggestions[0].vendor if suggestions else None
        world = self._world_of(target)
        now = world.clock.now()
        exchange = Exchange(id=world.journal.next_id(), at=now, method="", path=path)
        if vendor is None:
            response = WireResponse(problem.status, problem.detail.encode(), PLAIN_TEXT)
        else:
            wire = WireRequest("GET", target.raw_path, target.segments, at=now)
            exchange.vendor = vendor.name
            response = vendor.dialect.problem(wire, None, problem, world.options(vendor))
        exchange.status, exchange.nearest = response.status, [f"not HTTP: {problem.detail}"]
        world.journal.add(exchange)
        return response_of(response, vendor, exchange.at)

    def _world_of(self, target: Target) -> World:
        try:
            return self._sandboxes.get(target.sandbox_name(NO_HEADERS))
        except (Problem, LimitReached):
            return self._sandboxes.stand_in()
