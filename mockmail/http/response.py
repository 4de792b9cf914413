"""Send a response: exactly the bytes that a vendor's dialect made, or a transport fault.

aiohttp's own response adds headers that no vendor sends (a Content-Type for an empty body, its own Server) and chooses
their order. Connections, keep-alive and flow control stay aiohttp's.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion10, web

from mockmail.core.exchange import WireResponse
from mockmail.core.faults import TransportFault

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = (204, 304)
_NO_BREAKS = str.maketrans("\r\n", "  ")


class DirectResponse(web.StreamResponse):
    """A response whose bytes are written straight to the connection.

    It implements the three things that aiohttp's server does with a response, and nothing else of its base class.
    at: the moment for the Date header. server: the Server header, unless the response has its own.
    """

    def __init__(self, response: WireResponse, *, at: datetime, server: str = "") -> None:
        self._response = response
        self._server = server
        self._at = at
        self._keeps_alive = True

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self._response.status

    @property
    def body(self) -> bytes:
        """Return the body."""
        return self._response.body

    @property
    def keep_alive(self) -> bool | None:
        """Return whether the connection stays open."""
        return self._keeps_alive

    def force_close(self) -> None:
        """Close the connection after this response."""
        self._keeps_alive = False

    async def prepare(self, request: web.BaseRequest) -> Any:
        """Write head and body. Raise ConnectionResetError if the client has disconnected."""
        self._keeps_alive = self._keeps_alive and request.keep_alive
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has disconnected")
        is_bodiless = request.method == "HEAD" or self._response.status in _BODILESS
        content = b"" if is_bodiless else self._response.body
        transport.write(self._head(request) + content)

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: `prepare` has written everything."""

    def _head(self, request: web.BaseRequest) -> bytes:
        head = _status_and_headers(self._response)
        if self._server and "\r\nserver: " not in head.lower():
            head = f"{head}Server: {self._server}\r\n"
        if self._response.status not in _BODILESS:
            head = f"{head}Content-Length: {len(self._response.body)}\r\n"
        head = f"{head}Date: {_http_date(int(self._at.timestamp()))}\r\n"
        if not self._keeps_alive:
            head += "Connection: close\r\n"
        elif request.version == HttpVersion10:
            head += "Connection: keep-alive\r\n"
        return head.encode("utf-8", "surrogateescape") + b"\r\n"


async def fail_transport(request: web.BaseRequest, response: WireResponse, kind: TransportFault) -> web.StreamResponse:
    """Let the connection fail instead of, or in the middle of, a response."""
    transport = request.transport
    if transport is not None:
        if kind is TransportFault.RESET:
            _reset(transport)
        else:
            transport.write(_bytes_before_failure(response, kind))
            transport.close()
    return web.Response(status=response.status)  # aiohttp requires a response; the connection is closed


@lru_cache(maxsize=64)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _status_and_headers(response: WireResponse) -> str:
    lines = [f"HTTP/1.1 {response.status} {response.reason or _REASONS.get(response.status, 'Unknown')}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in response.headers]
    head = "".join(lines)
    if head.count("\r") + head.count("\n") == 2 * len(lines):
        return head
    # A line break inside a value would end the header; it becomes two spaces.
    return "".join(f"{line[:-2].translate(_NO_BREAKS)}\r\n" for line in lines)


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _bytes_before_failure(response: WireResponse, kind: TransportFault) -> bytes:
    if kind is TransportFault.GARBAGE:
        return b"\x16\x03\x01 this is not HTTP\r\n\r\n"
    if kind is TransportFault.EMPTY:
        return b""
    head = f"HTTP/1.1 {response.status} Truncated\r\nContent-Length: {len(response.body) + 1}\r\n\r\n"
    return head.encode("ascii") + response.body[: len(response.body) // 2]
