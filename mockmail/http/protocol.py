"""aiohttp's server, with the answer to what is not HTTP given in a vendor's dialect too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from mockmail.core.errors import Problem

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Refuse = Callable[[str, Problem], web.StreamResponse]

TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 52\r\nConnection: close\r\n\r\ntoo many connections: see max_connections, try later"
)
"""The answer to a connection beyond the bound, which nobody has read a request from."""

TOO_LONG = "the request line or a header is longer than max_request_line or max_header_bytes allows"

REMEMBERED = 2048
"""How many bytes of what came last are looked at to tell which vendor a broken request was for."""

LONGEST_METHOD = 20
"""Bytes in which nearly every request's path begins."""


def _names_a_path(data: bytes) -> bool:
    end = data.find(b"\n", 0, REMEMBERED)
    return data.find(b" /", 0, REMEMBERED if end < 0 else end) >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """The bounds of a request.

    body: bytes of a body, as sent and unpacked. line: bytes of the request line. header: bytes of one header.
    connections: at once. idle: seconds that a connection may be silent between requests.
    """

    body: int = 50 << 20
    line: int = 8190
    header: int = 16384
    connections: int = 1000
    idle: float = 75.0


class HttpProtocol(RequestHandler):
    """One connection."""

    refuse: Refuse
    when_gone: Callable[[], object] | None = None
    _last = b""
    _has_ended = False
    _body: StreamReader | None = None
    """That of the request that was taken up last: whoever answers without reading it leaves aiohttp to wait for it."""

    def data_received(self, data: bytes) -> None:
        """Remember how a request began, in case it cannot be read; what names no path is none that begins.

        A broken request's body may be here before the answer to its head is made.
        """
        if data.find(b" /", 0, LONGEST_METHOD) > 0 or _names_a_path(data):
            self._last = data[:REMEMBERED]
        super().data_received(data)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio asks for it, and aiohttp has no answer
        """The client says no more, but may still listen: what it asked for in full is answered, then the end comes.

        Where somebody works for it only as long as it is there, and where half a request came, the end comes now.
        """
        if self.when_gone is not None or self._is_idle():
            return None
        self._has_ended = True
        # A request that was taken up in this turn of the loop is seen in the next one.
        self._loop.call_soon(self._end)
        return True

    def take_up(self, body: StreamReader) -> None:
        """A request is taken up."""
        self._body = body
        if self._has_ended and not self._messages:
            self.close()  # once that is answered

    def _end(self) -> None:
        bodies = [self._body, *(body for _, body in self._messages)]
        if self._is_idle() or not all(body is None or body.is_eof() for body in bodies):
            if self.transport is not None:
                self.transport.close()
        elif not self._messages:
            self.close()

    def _is_idle(self) -> bool:
        """Whether aiohttp waits for a request."""
        return self._waiter is not None and not self._waiter.done()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell whoever works for the client."""
        super().connection_lost(exc)
        self._body = None
        if self.when_gone is not None:
            self.when_gone()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what aiohttp cannot read."""
        if isinstance(exc, LineTooLong):
            status, message = 431, TOO_LONG
        first_line = self._last.partition(b"\n")[0].decode("latin-1")
        path = re.search(r"\s(/[^\s?]*)", f" {first_line}")
        detail = (message or "the request is not HTTP").partition("\n")[0].rstrip(": ")
        response = self.refuse(path.group(1) if path else "/", Problem(status, detail))
        response.force_close()  # what follows on the connection cannot be read either
        return response


class HttpServer(web.Server):
    """aiohttp's low-level server around one function."""

    def __init__(self, answer: Answer, refuse: Refuse, limits: HttpLimits) -> None:
        super().__init__(answer, request_factory=self._request)
        self._refuse = refuse
        self._limits = limits
        self._running = asyncio.get_running_loop()

    def __call__(self) -> HttpProtocol:
        """The protocol of a new connection."""
        protocol = HttpProtocol(
            self,
            loop=self._running,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way to say none
            keepalive_timeout=self._limits.idle,
            max_line_size=self._limits.line,
            max_field_size=self._limits.header,
        )
        protocol.refuse = self._refuse
        return protocol

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Take a connection, or turn it away when there are too many."""
        super().connection_made(handler, transport)
        if len(self._connections) > self._limits.connections:
            transport.write(TOO_MANY)
            self._running.call_soon(transport.close)  # once aiohttp's task for it is there, and can be ended

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        protocol.take_up(payload)
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._running, client_max_size=self._limits.body
        )
