"""Answer the requests to the compatible APIs: find the route, call its handler, and word errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from mockmail.compat import mailhog, mailpit
from mockmail.compat.call import Call, Reply, Route
from mockmail.compat.jim_state import JimStates
from mockmail.compat.paths import PROBES
from mockmail.compat.streams import SharedFrames
from mockmail.control.guard import Guard
from mockmail.core.clock import monotonic
from mockmail.core.errors import LimitReached, MockMailError, Problem
from mockmail.core.sandboxes import Sandboxes
from mockmail.http.protocol import cancel_on_disconnect, read_body
from mockmail.http.target import Target, path_parameters

if TYPE_CHECKING:
    from mockmail.server.events import Events
    from mockmail.server.turns import Turns

log = logging.getLogger("mockmail.compat")

ROUTES = (*mailpit.ROUTES, *mailhog.ROUTES)


class CompatibleApi:
    """Answers the requests to the compatible APIs.

    turns: shares the event loop between long work. events: returns the server's events, which the first call makes.
    """

    def __init__(self, sandboxes: Sandboxes, guard: Guard, turns: Turns, events: Callable[[], Events]) -> None:
        self._sandboxes = sandboxes
        self._guard = guard
        self._turns = turns
        self._events = events
        self._jims = JimStates()
        self._shared_frames = SharedFrames()
        self._started = monotonic()

    async def respond(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """Return the response to a request. An error is one line of text, as Mailpit's are."""
        try:
            reply = await self._reply(request, target)
        except Problem as problem:
            reply = _text(problem.status, problem.detail, problem.headers)
        except LimitReached as error:
            reply = _text(503, str(error), {"Retry-After": "10"})
        except MockMailError as error:
            reply = _text(400, str(error), {})
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            reply = _text(500, "internal error; the log has the traceback", {})
        if isinstance(reply, web.StreamResponse):
            return reply
        headers = {
            "Content-Type": reply.content_type,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Server": "mockmail",
            "X-Content-Type-Options": "nosniff",
            **reply.headers,
        }
        return web.Response(status=reply.status, body=reply.body, headers=headers)

    async def _reply(self, request: web.BaseRequest, target: Target) -> Reply | web.StreamResponse:
        if not (target.segments[0] in PROBES and request.method in ("GET", "HEAD")):
            self._guard.check(request)
        route, values = _find(request.method, target.segments)
        call = Call(
            request=request,
            sandboxes=self._sandboxes,
            sandbox=target.sandbox_name(request.headers),
            prefix=target.prefix,
            path=values,
            query=target.parameters,
            body=await read_body(request) if request.body_exists else b"",
            turns=self._turns,
            jims=self._jims,
            shared_frames=self._shared_frames,
            events=self._events,
            started=self._started,
        )
        if route.is_stream:
            return await route.handler(call)
        with cancel_on_disconnect(request):
            return await route.handler(call)


def _find(method: str, segments: tuple[str, ...]) -> tuple[Route, dict[str, str]]:
    method = "GET" if method == "HEAD" else method
    path = list(segments[:-1] if segments[-1] == "" else segments)
    allowed: list[str] = []
    for route in ROUTES:
        values = path_parameters(route.path, path)
        if values is not None:
            if route.method == method:
                return route, values
            allowed.append(route.method)
    if allowed:
        methods = ", ".join(dict.fromkeys(allowed))
        raise Problem(405, f"this path takes {methods}, not {method}", {"Allow": methods})
    raise Problem(404, f"there is no call {method} /{'/'.join(path)[:200]} here; docs/from-mailpit.md lists the calls")


def _text(status: int, detail: str, headers: dict[str, str]) -> Reply:
    return Reply(f"{detail}\n".encode("utf-8", "replace"), status, headers=headers)
