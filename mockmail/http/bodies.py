"""Read request bodies within bounds: the bytes of one body and of all bodies, and the seconds that one may take."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import StreamReader, web

from mockmail.core.bounds import HttpLimits
from mockmail.core.errors import Problem

if TYPE_CHECKING:
    from mockmail.http.protocol import HttpProtocol

UNCOUNTED = 64 << 10
"""Bytes of each body that do not count for all bodies, so that large bodies never keep small requests out."""

TOO_LARGE = "the request is larger than max_request_bytes allows"

TOO_MANY_BYTES = "the server is reading too many large requests: see max_open_request_bytes, try later"

BROKEN = "the request's body is broken"

TOO_SLOW = "the request's body did not arrive in time: see http_body_seconds"


class OpenBodies:
    """The bodies of a server's requests in progress.

    held: the bytes that count, of bodies that are being received and of those whose response is not ready.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self._limits = limits
        self.held = 0

    async def read(self, request: web.BaseRequest, connection: HttpProtocol) -> bytes:
        """Return a request's body as sent, and count it until `release`.

        No vendor's server is known to unpack a body with a Content-Encoding, so this function does not either.
        Raise Problem: 413 for a body over the limit, 408 for one that takes too long, 503 for too many bytes of all
        bodies, 400 for a broken one. A body whose Content-Length is over the limit is refused before it is read.
        """
        if (request.content_length or 0) > self._limits.body:
            raise Problem(413, TOO_LARGE)
        if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            if request.content.is_eof():
                return await self._read(request.content, connection)
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._read(request.content, connection)
        except TimeoutError:
            raise Problem(408, TOO_SLOW) from None
        except (web.RequestPayloadError, ValueError) as error:
            raise Problem(400, BROKEN, reason=f"{BROKEN}: {error}") from error

    def release(self, connection: HttpProtocol) -> None:
        """Stop counting the body of a connection's request."""
        self.held -= connection.held
        connection.held = 0

    async def _read(self, content: StreamReader, connection: HttpProtocol) -> bytes:
        body = bytearray()  # unlike a list of chunks, it is one block, which the allocator returns to the system
        try:
            while chunk := await content.readany():
                size = len(body) + len(chunk)
                if size > self._limits.body:
                    raise Problem(413, TOO_LARGE)
                if size > UNCOUNTED:
                    self._hold(connection, size - UNCOUNTED)
                body += chunk
            return bytes(body)
        finally:
            body.clear()  # the frame of a cancelled task would keep it alive

    def _hold(self, connection: HttpProtocol, size: int) -> None:
        held = self.held + size - connection.held
        if held > self._limits.open_bodies:
            raise Problem(503, TOO_MANY_BYTES, {"Retry-After": "10"})
        self.held, connection.held = held, size
