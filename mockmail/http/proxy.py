"""The forward proxy on the HTTP port: a vendor answers requests for its real hosts; requests for others are refused."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Mapping
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from aiohttp import web

from mockmail.core.errors import LimitReached, Problem
from mockmail.core.exchange import WireResponse
from mockmail.core.journal import Exchange
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.core.vendor import Vendor
from mockmail.http.protocol import connection_of
from mockmail.http.response import DirectResponse
from mockmail.http.target import SANDBOX_HEADER, Target, parse_target
from mockmail.tls.certificates import Certificates
from mockmail.tls.connection import TlsConnections

Answer = Callable[[web.BaseRequest, Target], Awaitable[web.StreamResponse]]

HTTP_PORT = 80
"""The port of a tunnel whose bytes are not in TLS."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


class Proxy:
    """Answers requests that name a host: `http://HOST/path`, and CONNECT.

    No connection to another machine is ever made.

    answer: returns the response to a request for a target.
    hosts: by host, the name of the vendor that answers for it, besides the vendors' own hosts.
    allows_host: returns whether a name may stand for the server itself.
    """

    def __init__(
        self,
        vendors: Registry,
        sandboxes: Sandboxes,
        answer: Answer,
        *,
        allows_host: Callable[[str], bool],
        hosts: Mapping[str, str],
        certificates: Certificates,
        connections: TlsConnections,
    ) -> None:
        self._vendors = vendors
        self._sandboxes = sandboxes
        self._answer = answer
        self._allows_host = allows_host
        self._hosts = {host.lower(): vendors.named(name) for host, name in hosts.items()}
        self._certificates = certificates
        self._connections = connections

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response to a request whose target does not begin with a slash."""
        if request.method == "CONNECT":
            return self._open_tunnel(request)
        found = _ABSOLUTE.fullmatch(request.raw_path)
        if found is None:  # `*`, or a path without its slash
            return await self._answer(request, parse_target(request.raw_path, frozenset(self._vendors.vendors)))
        scheme, authority, rest = found.groups()
        host, port = _host_and_port(authority, _DEFAULT_PORTS[scheme.lower()])
        path = rest if rest.startswith("/") else f"/{rest}"
        vendor = self._vendor_at(host)
        if vendor is not None:
            return await self._answer(request, self._target(vendor, path, request, _sandbox_of(request)))
        if self._is_this_server(request, host, port):
            return await self._answer(request, parse_target(path, frozenset(self._vendors.vendors)))
        return self._refuse(request, host)

    def _open_tunnel(self, request: web.BaseRequest) -> web.StreamResponse:
        host, port = _host_and_port(request.raw_path, _DEFAULT_PORTS["https"])
        vendor = self._vendor_at(host)
        if vendor is None:
            return self._refuse(request, host)
        sandbox = _sandbox_of(request)

        def answer(inner: web.BaseRequest) -> Awaitable[web.StreamResponse]:
            return self._answer(inner, self._target(vendor, inner.raw_path, inner, sandbox))

        context = None if port == HTTP_PORT else self._certificates.server(host)
        connection_of(request).tunnel(answer, context, self._connections)
        return web.StreamResponse()  # never sent: the connection belongs to the tunnel now

    def _target(self, vendor: Vendor, path: str, request: web.BaseRequest, sandbox: str | None) -> Target:
        target = parse_target(path, frozenset())
        if target.sandbox is None:
            target = target._replace(sandbox=request.headers.get(SANDBOX_HEADER, sandbox))
        return target if target.control else target._replace(vendor=vendor.name)

    def _vendor_at(self, host: str) -> Vendor | None:
        if host in self._hosts:
            return self._hosts[host]
        for vendor in self._vendors:
            if any(fnmatchcase(host, pattern) for pattern in vendor.hosts):
                return vendor
        return None

    def _is_this_server(self, request: web.BaseRequest, host: str, port: int | None) -> bool:
        own = request.transport.get_extra_info("sockname") if request.transport is not None else None
        return own is not None and own[1] == port and self._allows_host(host)

    def _refuse(self, request: web.BaseRequest, host: str) -> web.StreamResponse:
        known = ", ".join([*self._hosts, *(host for vendor in self._vendors for host in vendor.hosts)])
        sentence = (
            f"mockmail's proxy answers only for the hosts of its vendors ({known}), not for {host[:80]!r}:"
            " exclude this host with NO_PROXY, or name its vendor in proxy_hosts"
        )
        try:
            sandbox = _sandbox_of(request)
            world = self._sandboxes.get(DEFAULT if sandbox is None else sandbox)
        except (Problem, LimitReached):
            world = self._sandboxes.stand_in()
        path, _, query = request.raw_path.partition("?")
        response = WireResponse(403, f"{sentence}\n".encode(), (("Content-Type", "text/plain; charset=utf-8"),))
        exchange = Exchange(
            id=world.journal.next_id(),
            at=world.clock.now(),
            method=request.method,
            path=path,
            query=query,
            peer=request.remote or "",
            request_headers=request.headers,
            status=response.status,
            response_headers=response.headers,
            response_body=response.body,
            nearest=[sentence],
        )
        world.journal.add(exchange)
        return DirectResponse(response, at=exchange.at, server="mockmail")


def _host_and_port(authority: str, default: int) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{authority}")
        return (parts.hostname or "").rstrip("."), parts.port or default
    except ValueError:
        return authority, None


def _sandbox_of(request: web.BaseRequest) -> str | None:
    """Return the sandbox that a request to the proxy selects: by its header, or by its user `~NAME`, as in SMTP."""
    if SANDBOX_HEADER in request.headers:
        return request.headers[SANDBOX_HEADER]
    scheme, _, given = request.headers.get("Proxy-Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(given.strip()).decode("utf-8", "replace").partition(":")[0]
    except binascii.Error:
        return None
    return user[1:] if user.startswith("~") else None
