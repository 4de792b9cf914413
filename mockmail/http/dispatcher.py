"""The front: where each request comes in, and goes to the control API or to a vendor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.errors import LimitReached, Problem
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.journal import Exchange
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.core.suggestions import suggest
from mockmail.core.vendor import Registry
from mockmail.core.world import World
from mockmail.http.pipeline import Pipeline, response_of
from mockmail.http.sending import Sending
from mockmail.http.target import Target, Targets

Control = Callable[[web.BaseRequest, Target], Awaitable[web.StreamResponse]]


class Dispatcher:
    """Everything that answers on the HTTP port."""

    def __init__(self, vendors: Registry, sandboxes: Sandboxes, control: Control, sending: Sending) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self._targets = Targets(vendors.vendors)
        self._pipeline = Pipeline(vendors, sandboxes, sending)
        self._control = control

    def answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """The answer to any request."""
        target = self._targets.take_apart(request.raw_path)
        if target.control or (target.segments == ("",) and target.vendor is None):
            return self._control(request, target)
        return self._pipeline.answer(request, target)

    def refuse(self, path: str, problem: Problem) -> web.StreamResponse:
        """The answer to what could not be read as HTTP, in the dialect of the vendor that its path is nearest to."""
        target = self._targets.take_apart(path)
        named = self._vendors.get(target.vendor) if target.vendor else None
        near = suggest([named] if named else self._vendors, "", target.segments, most=1)
        world = self._world_of(target)
        now = world.clock.now()
        exchange = Exchange(id=world.journal.next_id(), at=now, method="", path=path)
        answer = WireResponse(problem.status, problem.detail.encode(), (("Content-Type", "text/plain; charset=utf-8"),))
        if near:
            headers = CIMultiDictProxy(CIMultiDict[str]())
            wire = WireRequest("GET", target.raw_path, target.segments, headers=headers, at=now)
            exchange.vendor = near[0].vendor.name
            answer = near[0].vendor.dialect.problem(wire, None, problem)
        exchange.status, exchange.nearest = answer.status, [f"not HTTP: {problem.detail}"]
        world.journal.add(exchange)
        return response_of(answer, near[0].vendor if near else None, exchange.at)

    def _world_of(self, target: Target) -> World:
        """The World that a path asks for, or one in its stead where that cannot be had."""
        try:
            return self._sandboxes.get(target.sandbox or DEFAULT)
        except (Problem, LimitReached):
            return self._sandboxes.stand_in()
