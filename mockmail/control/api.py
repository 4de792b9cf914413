"""The control API: from a request under `/_mockmail/` to a JSON response, errors included."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiohttp import web

from mockmail.control.guard import Guard
from mockmail.control.route import EML, JSON, MBOX, ZIP, ControlRequest, ControlResponse, Refusal, Route
from mockmail.core.errors import LimitReached, MockMailError, Problem
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes, check_name
from mockmail.core.suggestions import did_you_mean
from mockmail.http.protocol import cancel_on_disconnect, read_body
from mockmail.http.target import Target, path_parameters

if TYPE_CHECKING:
    from mockmail.control.metrics import Metrics
    from mockmail.server.events import Events
    from mockmail.server.turns import Turns
    from mockmail.server.webhooks import Webhooks

log = logging.getLogger("mockmail.control")

MODULES = {
    "messages": "messages",
    "requests": "requests",
    "requests.har": "requests",
    "state": "state",
    "reset": "state",
    "faults": "faults",
    "stubs": "stubs",
    "limits": "limits",
    "outcomes": "outcomes",
    "clock": "clock",
    "smtp": "smtp",
    "events": "events",
    "webhooks": "webhooks",
    "health": "server",
    "sandboxes": "server",
    "metrics": "metrics",
    "ca.pem": "server",
    "openapi.json": "server",
    "openapi": "server",
    "vendors": "vendors",
    "ui": "page",
    "docs": "docs",
}
"""The module of each first segment of a path; it is imported by the first call that needs it."""

UPLOADS = {"messages/import": (EML, MBOX, ZIP)}
"""The paths whose bodies are files, and the media types of these."""

PAGES = ("ui", "docs")
"""The first segments of the paths of pages for a browser: files without secrets, which link to each other."""

PART = 1 << 20
"""The bytes of a response that are written at once; more would hold the event loop."""


class ControlApi:
    """Answers the requests that are addressed to mockmail itself.

    server: the facts about the server that `health` shows; empty before it is ready.
    turns: of the server. events, webhooks: return those of the server, made when they are first used.
    ca_pem: returns the certificate of the server's authority.
    """

    def __init__(
        self,
        vendors: Registry,
        sandboxes: Sandboxes,
        guard: Guard,
        server: Mapping[str, Any],
        *,
        turns: Turns,
        events: Callable[[], Events],
        webhooks: Callable[[], Webhooks],
        ca_pem: Callable[[], bytes],
    ) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self._guard = guard
        self._server = server
        self._turns = turns
        self._events = events
        self._webhooks = webhooks
        self._ca_pem = ca_pem
        self._waits: set[Callable[[], None]] = set()

    async def answer(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """Return the response to a request under `/_mockmail/`, or to one for `/`."""
        try:
            path = "/".join(target.segments)
            self._guard.check(
                request,
                is_page=not target.control or path.partition("/")[0] in PAGES,
                has_key=self._has_key(request, target, path),
                body_types=UPLOADS.get(path, (JSON,)),
            )
            if not target.control or (path in PAGES and request.method in ("GET", "HEAD")):
                return _redirect(request, target, path)
            response = await self._call(request, target)
        except Problem as problem:
            response = ControlResponse(Refusal(error=problem.detail), status=problem.status, headers=problem.headers)
        except LimitReached as error:
            response = ControlResponse(Refusal(error=str(error)), status=503, headers={"Retry-After": "10"})
        except MockMailError as error:
            response = ControlResponse(Refusal(error=str(error)), status=400)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = ControlResponse(Refusal(error="internal error; the log has the traceback"), status=500)
        headers = {
            "Content-Type": response.content_type,
            "Cache-Control": "no-store",
            "Server": "mockmail",
            "X-Content-Type-Options": "nosniff",
            **response.headers,
        }
        if response.stream is not None and request.method != "HEAD":
            return await _send_stream(request, response.status, headers, response.stream)
        return await _send(request, response.status, headers, response.body)

    def end_waits(self) -> None:
        """End every wait for mail at once, because the server stops."""
        for end in tuple(self._waits):
            end()

    def _has_key(self, request: web.BaseRequest, target: Target, path: str) -> bool:
        given = target.parameters.get("key", "")
        return request.method == "GET" and self._guard.is_key(given, target.sandbox_name(request.headers), path)

    @cached_property
    def _metrics(self) -> Metrics:
        from mockmail.control.metrics import Metrics  # counting begins with the first request for the counts

        return Metrics(self._sandboxes)

    async def _call(self, request: web.BaseRequest, target: Target) -> ControlResponse:
        route, path = _find(request.method, target.segments)
        sandbox = target.sandbox_name(request.headers)
        check_name(sandbox)  # also for a call about the server, which needs no sandbox
        body = await read_body(request)
        sandbox = target.sandbox_name(request.headers)
        prefix = f"/~{sandbox}" if sandbox != DEFAULT else ""
        call = ControlRequest(
            sandboxes=self._sandboxes,
            sandbox=sandbox,
            vendors=self._vendors,
            path=path,
            query=route.read_query(target.parameters),
            body=route.read_body(body),
            headers=request.headers,
            base_url=f"{request.scheme}://{request.host}{prefix}",
            key=partial(self._guard.key, sandbox),
            server=self._server,
            waits=self._waits,
            turns=self._turns,
            metrics=lambda: self._metrics,
            events=self._events,
            webhooks=self._webhooks,
            ca_pem=self._ca_pem,
        )
        with cancel_on_disconnect(request):
            response = await route.handler(call)
        if response.stream is not None:
            return response
        return replace(response, content=response.body)  # here, so that a failure is reported like that of a handler


def _redirect(request: web.BaseRequest, target: Target, path: str) -> web.Response:
    # `/` is the web page for a browser, and the description of the control API for other clients. The address is
    # relative, because a proxy may have put a prefix before the path.
    wants_page = "text/html" in request.headers.get("Accept", "")
    location = f"{path}/" if target.control else f"_mockmail/{'ui/' if wants_page else ''}"
    return web.Response(status=302, headers={"Location": location, "Server": "mockmail"})


async def _send(request: web.BaseRequest, status: int, headers: Mapping[str, str], body: bytes) -> web.StreamResponse:
    if len(body) <= PART or request.method == "HEAD":
        return web.Response(status=status, body=body, headers=headers)
    stream = web.StreamResponse(status=status, headers=headers)
    stream.content_length = len(body)
    with suppress(ConnectionError):  # the client has gone
        await stream.prepare(request)
        for start in range(0, len(body), PART):
            await stream.write(memoryview(body)[start : start + PART])
    return stream


async def _send_stream(
    request: web.BaseRequest, status: int, headers: Mapping[str, str], pieces: AsyncGenerator[bytes, None]
) -> web.StreamResponse:
    stream = web.StreamResponse(status=status, headers=headers)
    with suppress(ConnectionError), cancel_on_disconnect(request):
        async with aclosing(pieces):
            await stream.prepare(request)
            async for piece in pieces:
                await stream.write(piece)
    return stream


def _find(method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]]:
    method = "GET" if method == "HEAD" else method
    path = [segment for segment in segments if segment] or ["openapi.json"]
    routes = _routes_of(MODULES.get(path[0], ""))
    fitting = [(route, values) for route in routes if (values := path_parameters(route.path, path)) is not None]
    # A path without names, such as `messages/wait`, hides one with a name, such as `messages/{id}`.
    fitting = [(route, values) for route, values in fitting if not values] or fitting
    for route, values in fitting:
        if route.method == method:
            return route, values
    if fitting:
        methods = ", ".join(route.method for route, _ in fitting)
        raise Problem(405, f"this path takes {methods}, not {method}", {"Allow": methods})
    paths = {route.path: f"/_mockmail/{route.path}" for route in all_routes()}
    advice = did_you_mean("/".join(path), paths, cutoff=0.3) or f"there are {', '.join(paths.values())}"
    raise Problem(404, f"there is no such path; {advice}")


def all_routes() -> list[Route]:
    """Return the routes of every module, in the order of `MODULES`."""
    return [route for module in dict.fromkeys(MODULES.values()) for route in _routes_of(module)]


def _routes_of(module: str) -> tuple[Route, ...]:
    return import_module(f"mockmail.control.{module}").ROUTES if module else ()
