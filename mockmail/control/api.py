"""The control API: from a request under `/_mockmail/` to a JSON answer, also for what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from mockmail.control import clock, faults, health, limits, messages, openapi, requests, smtp, state
from mockmail.control import sandboxes as sandbox_list
from mockmail.control.guard import Guard
from mockmail.control.route import ControlRequest, ControlResponse, Route
from mockmail.core.errors import LimitReached, MockMailError, Problem
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.http.pipeline import SANDBOX_HEADER
from mockmail.http.protocol import cancel_on_disconnect, read_body
from mockmail.http.target import Target

log = logging.getLogger("mockmail.control")

ROUTES = (
    *health.ROUTES,
    *messages.ROUTES,
    *requests.ROUTES,
    *state.ROUTES,
    *faults.ROUTES,
    *limits.ROUTES,
    *clock.ROUTES,
    *smtp.ROUTES,
    *sandbox_list.ROUTES,
)


class ControlApi:
    """Answers what is asked of mockmail itself.

    server: what `health` tells of the server around it.
    """

    def __init__(self, vendors: Registry, sandboxes: Sandboxes, guard: Guard, server: Mapping[str, Any]) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self._guard = guard
        self._server = server
        self._waits: set[Callable[[], None]] = set()
        self.routes: tuple[Route, ...] = (*ROUTES, _openapi_route(self))

    async def answer(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """The answer to a request under `/_mockmail/`, or at `/`."""
        try:
            self._guard.check(request)
            if not target.control:
                return web.Response(
                    status=302, headers={"Location": f"{target.prefix}/_mockmail/", "Server": "mockmail"}
                )
            reply = await self._reply(request, target)
        except Problem as problem:
            reply = ControlResponse({"error": problem.detail}, status=problem.status, headers=problem.headers)
        except LimitReached as error:
            reply = ControlResponse({"error": str(error)}, status=503, headers={"Retry-After": "10"})
        except MockMailError as error:
            reply = ControlResponse({"error": str(error)}, status=400)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            reply = ControlResponse({"error": "internal error; the log has the traceback"}, status=500)
        headers = {
            "Content-Type": reply.content_type,
            "Cache-Control": "no-store",
            "Server": "mockmail",
            **reply.headers,
        }
        return web.Response(status=reply.status, body=reply.body, headers=headers)

    def end_waits(self) -> None:
        """Let whoever waits for mail know at once that none will come: the server stops."""
        for end in tuple(self._waits):
            end()

    async def _reply(self, request: web.BaseRequest, target: Target) -> ControlResponse:
        sandbox = target.sandbox if target.sandbox is not None else request.headers.get(SANDBOX_HEADER, DEFAULT)
        route, path = self._find(request.method, target.segments)
        ask = ControlRequest(
            sandboxes=self._sandboxes,
            sandbox=sandbox,
            vendors=self._vendors,
            path=path,
            query=dict(reversed(parse_qsl(target.query, keep_blank_values=True))),
            body=await read_body(request),
            server=self._server,
            waits=self._waits,
        )
        _check_query(route, ask.query)
        with cancel_on_disconnect(request):
            return await route.handler(ask)

    def _find(self, method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]]:
        wanted = "GET" if method == "HEAD" else method
        asked = [segment for segment in segments if segment]
        if not asked:
            asked = ["openapi.json"]
        allowed = []
        for route in self.routes:
            path = _values(route.path.split("/"), asked)
            if path is not None:
                if route.method == wanted:
                    return route, path
                allowed.append(route.method)
        if allowed:
            allowed = list(dict.fromkeys(allowed))
            raise Problem(405, f"this path takes {', '.join(allowed)}, not {method}", {"Allow": ", ".join(allowed)})
        paths = list(dict.fromkeys(route.path for route in self.routes))
        near = get_close_matches("/".join(asked)[:200], paths, n=3, cutoff=0.3) or paths
        raise Problem(404, f"there is no such path; perhaps {', '.join(f'/_mockmail/{one}' for one in near)}")


def _values(pattern: Sequence[str], asked: Sequence[str]) -> dict[str, str] | None:
    if len(pattern) != len(asked):
        return None
    values = {}
    for part, segment in zip(pattern, asked, strict=True):
        if part.startswith("{"):
            values[part[1:-1]] = segment
        elif part != segment:
            return None
    return values


def _check_query(route: Route, query: Mapping[str, str]) -> None:
    known = [parameter.name for parameter in route.query]
    for name in query:
        if name not in known:
            where = "" if known or name not in (one.name for one in route.body) else f": give {name} in a JSON body"
            raise Problem(400, f"{name[:80]!r} is unknown; this call takes {', '.join(known) or 'no query'}{where}")


def _openapi_route(api: ControlApi) -> Route:
    async def show_openapi(_: ControlRequest) -> ControlResponse:
        return ControlResponse(openapi.describe(api.routes))

    return Route(
        method="GET",
        path="openapi.json",
        handler=show_openapi,
        summary="This API, as OpenAPI 3.1.",
        answers={200: "The document."},
    )
