"""One HTTP connection: aiohttp's server with bounds, bodies read within them, and broken requests refused."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from aiohttp import StreamReader, web
from aiohttp.http import RawRequestMessage
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler
from yarl import URL

from mockmail.core.bounds import HttpLimits
from mockmail.core.errors import Problem
from mockmail.http.bodies import OpenBodies

if TYPE_CHECKING:
    from mockmail.tls.connection import TlsConnections

Respond = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Refuse = Callable[[str, Problem], web.StreamResponse]

TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 52\r\nConnection: close\r\n\r\ntoo many connections: see max_connections, try later"
)
"""The response to a connection beyond the limit, before a request is read."""

NOT_HTTP = "the request is not valid HTTP"

TOO_LONG = "the request line or a header is longer than max_request_line or max_header_bytes allows"

HEAD_KEPT = 2048
"""Bytes of the last received data that are kept, to find out which vendor a broken request was for."""

MOST_WAITING = 1
"""Requests of a connection that may wait for their turn while more of it is read."""

METHOD_LENGTH = 20
"""Bytes within which the path of nearly every request begins."""


def _first_line(message: str) -> str:
    return message.partition("\n")[0].rstrip(": ")


def _names_a_path(data: bytes) -> bool:
    end = data.find(b"\n", 0, HEAD_KEPT)
    return data.find(b" /", 0, HEAD_KEPT if end < 0 else end) >= 0


class HttpProtocol(RequestHandler):
    """One connection.

    bodies: the open bodies of the server. held: how many of their bytes are of this connection.
    server: the server of this connection. answer: responds to its requests.
    stalled_after: seconds after which a client that reads nothing of a response is disconnected.
    on_disconnect: called when the client disconnects; see `cancel_on_disconnect`.
    """

    server: HttpServer
    answer: Respond
    refuse: Refuse
    bodies: OpenBodies
    held = 0
    stalled_after: float
    on_disconnect: Callable[[], object] | None = None
    _last_head = b""
    _has_ended = False
    _stall: asyncio.TimerHandle | None = None
    _has_sent: asyncio.Future[None] | None = None
    """Made in `shutdown`; done when the client has read the response or has disconnected."""
    _body: StreamReader | None = None
    """The body of the last request; aiohttp waits for its end even when the response did not read it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve a connection. Writing pauses as soon as the client does not read fast enough."""
        super().connection_made(transport)
        self._msg_queue_resume_size = 0
        self._writer = cast("asyncio.WriteTransport", transport)
        # Not 0: in TLS, asyncio would pause writing while nothing is unsent.
        self._writer.set_write_buffer_limits(high=1)

    def pause_writing(self) -> None:
        """Disconnect the client unless it reads some of the response in time."""
        super().pause_writing()
        self._watch_stall()

    def resume_writing(self) -> None:
        """Stop watching the client, which has read the response."""
        super().resume_writing()
        self._forget_stall()

    def data_received(self, data: bytes) -> None:
        """Keep the beginning of a request, which tells its vendor if it is broken. Stop reading while requests wait.

        Data without a path is not the beginning of a request: the body of a broken request may arrive before the
        response to its head is made.
        """
        if data.find(b" /", 0, METHOD_LENGTH) > 0 or _names_a_path(data):
            self._last_head = data[:HEAD_KEPT]
        super().data_received(data)
        if self._messages and not isinstance(error := self._messages[-1][0], RawRequestMessage):
            self._end_broken_body(error.message)
        # All but the last request in the queue are complete. Their bodies take memory that no other bound covers.
        if len(self._messages) > MOST_WAITING and not self._buffer_paused:
            self._pause_reading_for_buffer()

    def _end_broken_body(self, message: str) -> None:
        """End the body within which the data was broken, if any; aiohttp would wait for the rest of it."""
        body = self._messages[-2][1] if len(self._messages) > 1 else self._body
        if body is not None and not body.is_eof():
            body.set_exception(web.RequestPayloadError(_first_line(message)))
            body.feed_eof()
            self._messages.pop()  # the request with this body is refused, and is the last one
            self.close()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # aiohttp does not implement it
        """Answer the complete requests of a client that closed its sending side, then close.

        Close at once after half a request, or if the request is cancelled when the client disconnects. In TLS, a client
        cannot close one side only.
        """
        if self.on_disconnect is not None or self._is_idle() or self.ssl_context is not None:
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

    def tunnel(self, answer: Respond, context: ssl.SSLContext | None, connections: TlsConnections) -> None:
        """Accept a CONNECT: what the client sends from now on is another connection, in TLS if there is a context.

        answer: responds to the requests of that connection. Bytes that the client sent too early end it.
        """
        transport, early, server = self._writer, self._message_tail, self.server
        self.transport = None  # otherwise, `connection_lost` would close it
        self.connection_lost(None)
        server.replace(self)
        protocol = server()
        protocol.answer = answer
        transport.set_write_buffer_limits()
        transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if early:
            transport.abort()
        elif context is not None:
            connections.begin(transport, protocol, context, server)
        else:
            transport.set_protocol(protocol)
            protocol.connection_made(transport)

    def _end(self) -> None:
        bodies = [self._body, *(body for _, body in self._messages)]
        if self._is_idle() or not all(body is None or body.is_eof() for body in bodies):
            if self.transport is not None:
                self.transport.close()
        elif not self._messages:
            self.close()

    def _watch_stall(self) -> None:
        unsent = self._writer.get_write_buffer_size()
        self._stall = self._loop.call_later(self.stalled_after, self._end_stall, unsent)

    def _end_stall(self, unsent: int) -> None:
        if self._writer.get_write_buffer_size() < unsent:
            self._watch_stall()
        else:
            self._writer.abort()

    def _forget_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        if self._has_sent is not None and not self._has_sent.done():
            self._has_sent.set_result(None)

    def _is_idle(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Cancel work that is done only for the client."""
        super().connection_lost(exc)
        self._body = None
        self._forget_stall()
        if self.on_disconnect is not None:
            self.on_disconnect()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109  # aiohttp's signature
        """End the connection. Abort it if its client does not read the rest of a response within `timeout`.

        Otherwise aiohttp would leave the socket to a loop that may end before the client reads.
        """
        await super().shutdown(timeout)
        if self._stall is not None:
            self._has_sent = self._loop.create_future()
            await asyncio.wait([self._has_sent], timeout=timeout)
        if self._stall is not None:
            self._writer.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the response to a request that aiohttp cannot parse. aiohttp's message is for the journal only."""
        problem = Problem(status, NOT_HTTP, reason=_first_line(message or NOT_HTTP))
        if isinstance(exc, LineTooLong):
            problem = Problem(431, TOO_LONG)
        first_line = self._last_head.partition(b"\n")[0].decode("latin-1")
        path = re.search(r"\s(/[^\s?]*)", f" {first_line}")
        response = self.refuse(path.group(1) if path else "/", problem)
        response.force_close()  # the rest of the connection cannot be parsed either
        return response


class HttpServer(web.Server):
    """aiohttp's low-level server around one function that responds to every request."""

    def __init__(self, respond: Respond, refuse: Refuse, limits: HttpLimits) -> None:
        super().__init__(self._respond, request_factory=self._request)
        self._answer = respond
        self._refuse = refuse
        self._bodies = OpenBodies(limits)
        self._limits = limits
        self._running = asyncio.get_running_loop()
        self._handshakes: set[RequestHandler] = set()

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
        protocol.server = self
        protocol.answer = self._answer
        protocol.refuse = self._refuse
        protocol.bodies = self._bodies
        protocol.stalled_after = self._limits.idle
        return protocol

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Accept a connection, or refuse it with 503 above the limit."""
        super().connection_made(handler, transport)
        self._handshakes.discard(handler)
        if len(self._connections) + len(self._handshakes) > self._limits.connections:
            transport.write(TOO_MANY)
            self._running.call_soon(transport.close)  # after aiohttp has started its task, which close() ends

    def replace(self, handler: RequestHandler) -> None:
        """Stop counting a connection that a tunnel replaces. The response to its last request has not ended."""
        self._connections.pop(handler, None)

    def enter(self, handler: RequestHandler) -> bool:
        """Count the TLS handshake of a new connection, and return whether it is within the limit."""
        self._handshakes.add(handler)
        return len(self._connections) + len(self._handshakes) <= self._limits.connections

    def leave(self, handler: RequestHandler) -> None:
        """Stop counting a handshake."""
        self._handshakes.discard(handler)

    def _respond(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        if request.body_exists or request.protocol.writing_paused:
            return self._respond_in_turn(request)
        return request.protocol.answer(request)  # type: ignore[attr-defined,no-any-return]  # an HttpProtocol

    async def _respond_in_turn(self, request: web.BaseRequest) -> web.StreamResponse:
        await request.writer.drain()  # a client that does not read its responses gets no more
        try:
            return await connection_of(request).answer(request)
        finally:
            self._bodies.release(connection_of(request))

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        protocol.request_started(payload)
        try:
            return web.BaseRequest(message, payload, protocol, writer, task, self._running)
        except ValueError:
            # aiohttp cannot read the host that the request line names, such as `xn--`, and would never end the
            # connection. The proxy reads the request line itself.
            readable = message._replace(url=URL("/"))
            return web.BaseRequest(readable, payload, protocol, writer, task, self._running)


@contextmanager
def cancel_on_disconnect(request: web.BaseRequest) -> Iterator[None]:
    """Cancel the current task when the client disconnects."""
    connection, task = connection_of(request), asyncio.current_task()
    if task is None:
        raise TypeError("cancel_on_disconnect needs a task")
    connection.on_disconnect = task.cancel
    try:
        yield
    finally:
        connection.on_disconnect = None


async def read_body(request: web.BaseRequest) -> bytes:
    """Return a request's body. Raise Problem as `OpenBodies.read` does."""
    connection = connection_of(request)
    return await connection.bodies.read(request, connection)


def connection_of(request: web.BaseRequest) -> HttpProtocol:
    """Return the connection of a request."""
    if not isinstance(request.protocol, HttpProtocol):
        raise TypeError("the request needs a connection of HttpServer")
    return request.protocol
