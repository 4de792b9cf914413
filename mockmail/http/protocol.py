"""One HTTP connection: aiohttp's server with bounds, bodies read within them, and broken requests refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from mockmail.core.bounds import HttpLimits
from mockmail.core.errors import Problem

Respond = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Refuse = Callable[[str, Problem], web.StreamResponse]

TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 52\r\nConnection: close\r\n\r\ntoo many connections: see max_connections, try later"
)
"""The response to a connection beyond the limit, before a request is read."""

TOO_LONG = "the request line or a header is longer than max_request_line or max_header_bytes allows"

TOO_LARGE = "the request is larger than max_request_bytes allows"

HEAD_KEPT = 2048
"""Bytes of the last received data that are kept, to find out which vendor a broken request was for."""

METHOD_LENGTH = 20
"""Bytes within which the path of nearly every request begins."""


def _names_a_path(data: bytes) -> bool:
    end = data.find(b"\n", 0, HEAD_KEPT)
    return data.find(b" /", 0, HEAD_KEPT if end < 0 else end) >= 0


class HttpProtocol(RequestHandler):
    """One connection.

    on_disconnect: called when the client disconnects; see `cancel_on_disconnect`.
    """

    refuse: Refuse
    on_disconnect: Callable[[], object] | None = None
    _last_head = b""
    _has_ended = False
    _body: StreamReader | None = None
    """The body of the last request; aiohttp waits for its end even when the response did not read it."""

    def data_received(self, data: bytes) -> None:
        """Keep the beginning of a request, in case it turns out to be broken.

        Data without a path is not the beginning of a request: the body of a broken request may arrive before the
        response to its head is made.
        """
        if data.find(b" /", 0, METHOD_LENGTH) > 0 or _names_a_path(data):
            self._last_head = data[:HEAD_KEPT]
        super().data_received(data)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # aiohttp does not implement it
        """Answer the complete requests of a client that closed its sending side, then close.

        Close at once after half a request, or if the request is to be cancelled when the client disconnects.
        """
        if self.on_disconnect is not None or self._is_idle():
            return None
        self._has_ended = True
        # A request that starts in this iteration of the loop is visible in the next one.
        self._loop.call_soon(self._end)
        return True

    def request_started(self, body: StreamReader) -> None:
        """Note the body of a request that is about to be handled."""
        self._body = body
        if self._has_ended and not self._messages:
            self.close()  # after this response

    def _end(self) -> None:
        bodies = [self._body, *(body for _, body in self._messages)]
        if self._is_idle() or not all(body is None or body.is_eof() for body in bodies):
            if self.transport is not None:
                self.transport.close()
        elif not self._messages:
            self.close()

    def _is_idle(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Cancel work that is done only for the client."""
        super().connection_lost(exc)
        self._body = None
        if self.on_disconnect is not None:
            self.on_disconnect()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the response to a request that aiohttp cannot parse."""
        if isinstance(exc, LineTooLong):
            status, message = 431, TOO_LONG
        first_line = self._last_head.partition(b"\n")[0].decode("latin-1")
        path = re.search(r"\s(/[^\s?]*)", f" {first_line}")
        detail = (message or "the request is not HTTP").partition("\n")[0].rstrip(": ")
        response = self.refuse(path.group(1) if path else "/", Problem(status, detail))
        response.force_close()  # the rest of the connection cannot be parsed either
        return response


class HttpServer(web.Server):
    """aiohttp's low-level server around one function that responds to every request."""

    def __init__(self, respond: Respond, refuse: Refuse, limits: HttpLimits) -> None:
        super().__init__(respond, request_factory=self._request)
        self._refuse = refuse
        self._limits = limits
        self._running = asyncio.get_running_loop()

    def __call__(self) -> HttpProtocol:
        """Return the protocol of a new connection."""
        protocol = HttpProtocol(
            self,
            loop=self._running,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way to disable it
            keepalive_timeout=self._limits.idle,
            max_line_size=self._limits.line,
            max_field_size=self._limits.header,
            auto_decompress=False,
        )
        protocol.refuse = self._refuse
        return protocol

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Accept a connection, or refuse it with 503 above the limit."""
        super().connection_made(handler, transport)
        if len(self._connections) > self._limits.connections:
            transport.write(TOO_MANY)
            self._running.call_soon(transport.close)  # after aiohttp has started its task, which close() ends

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        protocol.request_started(payload)
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._running, client_max_size=self._limits.body
        )


@contextmanager
def cancel_on_disconnect(request: web.BaseRequest) -> Iterator[None]:
    """Cancel the current task when the client disconnects."""
    protocol, task = request.protocol, asyncio.current_task()
    if not isinstance(protocol, HttpProtocol) or task is None:
        raise TypeError("cancel_on_disconnect needs a task and a connection of HttpServer")
    protocol.on_disconnect = task.cancel
    try:
        yield
    finally:
        protocol.on_disconnect = None


async def read_body(request: web.BaseRequest) -> bytes:
    """Return a request's body.

    A body with a Content-Encoding is returned as sent: no vendor's server is known to unpack one.
    Raise Problem: 413 for a body over the limit, 400 for a broken one. A body whose Content-Length is over the limit is
    refused before it is read.
    """
    limit = request.client_max_size
    if (request.content_length or 0) > limit:
        raise Problem(413, TOO_LARGE)
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await _read(request.content, limit)
    except (web.RequestPayloadError, ValueError) as error:
        raise Problem(400, f"the request's body is broken: {error}") from error


async def _read(content: StreamReader, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := await content.readany():
            size += len(chunk)
            if size > limit:
                raise Problem(413, TOO_LARGE)
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        chunks.clear()  # the frame of a cancelled task would keep the chunks alive
