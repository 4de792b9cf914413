"""The entry point of the HTTP port: each request goes to the control API or to the vendors' pipeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from mockmail.compat.paths import is_compatible
from mockmail.core.errors import Problem
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.http.target import Target, parse_target

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor
    from mockmail.http.pipeline import Pipeline
    from mockmail.http.proxy import Answer, Proxy
    from mockmail.http.sending import Perform
    from mockmail.server.turns import Turns

Control = Callable[[web.BaseRequest, Target], Awaitable[web.StreamResponse]]


class Dispatcher:
    """Everything that is served on the HTTP port.

    control: answers requests to the control API. perform: sends the mail of vendors.
    turns: shares the event loop between long work.
    make_proxy: makes the forward proxy; its argument is the function that answers a request for a target.
    compatible: called at the first request to the compatible APIs; returns the function that answers them.
    """

    def __init__(
        self,
        vendors: Registry,
        sandboxes: Sandboxes,
        control: Control,
        perform: Perform,
        turns: Turns,
        *,
        make_proxy: Callable[[Answer], Proxy],
        compatible: Callable[[], Control],
    ) -> None:
        self._vendors = vendors
        self._names = frozenset(vendors.vendors)
        self._sandboxes = sandboxes
        self._control = control
        self._perform = perform
        self._turns = turns
        self._make_proxy = make_proxy
        self._compatible = compatible

    def respond(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """Return the response to any request."""
        if request.raw_path[0] != "/":  # aiohttp refuses an empty one
            return self._proxy.respond(request)
        return self._answer(request, parse_target(request.raw_path, self._names))

    def _answer(self, request: web.BaseRequest, target: Target) -> Awaitable[web.StreamResponse]:
        if target.control:
            return self._control(request, target)
        if target.segments == ("",) and target.vendor is None:
            vendor = self._vendor_of_root(request, target)
            if vendor is None:
                return self._control(request, target)
            target = target._replace(vendor=vendor.name)
        if target.vendor is None and is_compatible(target.segments) and not self._is_claimed(request, target):
            return self._compatible()(request, target)
        return self._pipeline.respond(request, target)

    def refuse(self, path: str, problem: Problem) -> web.StreamResponse:
        """Return the response to bytes that are not HTTP."""
        return self._pipeline.refuse(parse_target(path, self._names), path, problem)

    def stop(self) -> None:
        """Cancel the sends in progress."""
        if "_pipeline" in self.__dict__:  # without a request to a vendor there is no pipeline
            self._pipeline.sending.stop()

    def _vendor_of_root(self, request: web.BaseRequest, target: Target) -> Vendor | None:
        """Return the vendor that serves `/` at the request's host, or that serves it and claims the request."""
        vendor = self._vendors.of_host(request.headers.get("Host", ""), self._sandboxes.stand_in())
        if vendor is not None or request.method == "GET":
            return vendor
        found = self._vendors.router.resolve(None, request.method, target.segments, request.headers)
        return found.vendor if found is not None and found.vendor.claims(request.headers) else None

    def _is_claimed(self, request: web.BaseRequest, target: Target) -> bool:
        """Return whether a vendor, or a stub of the sandbox, serves a path of the compatible APIs."""
        if self._vendors.router.resolve(None, request.method, target.segments) is not None:
            return True
        world = self._sandboxes.find(target.sandbox_name(request.headers))
        stubs = () if world is None else world.stubs
        return any(stub.path_values(None, request.method, target.segments) is not None for stub in stubs)

    @cached_property
    def _proxy(self) -> Proxy:
        return self._make_proxy(self._answer)

    @cached_property
    def _pipeline(self) -> Pipeline:
        from mockmail.http.pipeline import Pipeline  # imported by the first request to a vendor
        from mockmail.http.sending import Sending

        return Pipeline(self._vendors, self._sandboxes, Sending(self._perform, self._turns))
