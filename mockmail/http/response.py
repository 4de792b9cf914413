"""Send a response: exactly the bytes that a vendor's dialect made.

aiohttp's own response adds headers that no vendor sends (a Content-Type for an empty body, its own Server) and chooses
their order. Connections, keep-alive and flow control stay aiohttp's.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion10, web

from mockmail.core.exchange import WireResponse

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = (204, 304)
_NO_BREAKS = str.maketrans("\r\n", "  ")


class DirectResponse(web.StreamResponse):
    """A response whose bytes are written straight to the connection.

    It implements the three things that aiohttp's server does with a response, and nothing else of its base class.
    wire: the response that is sent. at: the moment for the Date header.
    server: the Server header, unless the response has its own.
    """

    def __init__(self, response: WireResponse, *, at: datetime, server: str = "") -> None:
        self.wire = response
        self.at = at
        self._server = server
        self._keeps_alive = True

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.wire.status

    @property
    def body(self) -> bytes:
        """Return the body."""
        return self.wire.body

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
        transport.write(self.head(request) + self.content(request))

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: `prepare` has written everything."""

    def content(self, request: web.BaseRequest) -> bytes:
        """Return the body as it is sent: empty for HEAD, and for a status without a body."""
        return b"" if request.method == "HEAD" or self.wire.status in _BODILESS else self.wire.body

    def head(self, request: web.BaseRequest, framing: str = "") -> bytes:
        """Return status line and headers. framing: replaces the Content-Length."""
        head = _status_and_headers(self.wire)
        if self._server and "\r\nserver: " not in head.lower():
            head = f"{head}Server: {self._server}\r\n"
        if framing:
            head = f"{head}{framing}\r\n"
        elif self.wire.status not in _BODILESS:
            head = f"{head}Content-Length: {len(self.wire.body)}\r\n"
        head = f"{head}Date: {_http_date(int(self.at.timestamp()))}\r\n"
        if not self._keeps_alive:
            head += "Connection: close\r\n"
        elif request.version == HttpVersion10:
            head += "Connection: keep-alive\r\n"
        return head.encode("utf-8", "surrogateescape") + b"\r\n"


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
