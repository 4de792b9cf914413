"""Let a connection fail instead of, or in the middle of, a response."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

from aiohttp import web

from mockmail.core.faults import DRIBBLE, Fault, TransportFault
from mockmail.http.protocol import cancel_on_disconnect
from mockmail.http.response import DirectResponse

TICK = 0.02
"""The seconds between two pieces of a dribbled response that has more than one byte for each tick."""

GARBAGE = b"\x16\x03\x01 this is not HTTP\r\n\r\n"
BROKEN_CHUNK = b"not a length\r\nnor a chunk\r\n"


class _Failed(DirectResponse):
    """A response that sends nothing more, after which the connection is closed."""

    keep_alive = False

    async def prepare(self, request: web.BaseRequest) -> Any:
        """Do nothing."""


async def fail_transport(request: web.BaseRequest, response: DirectResponse, fault: Fault) -> web.StreamResponse:
    """Let the connection fail as the fault says, and return a response that sends nothing."""
    transport, kind = request.transport, fault.transport
    if transport is not None:
        if kind is TransportFault.RESET:
            _reset(transport)
        elif kind is TransportFault.TIMEOUT:
            await _hold(request)
        elif kind is TransportFault.DRIBBLE:
            await _dribble(transport, _whole(request, response), fault.throttle or DRIBBLE)
        elif kind is not None:
            transport.write(_PIECES[kind](request, response))
        transport.close()
    return _Failed(response.wire, at=response.at)


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _hold(request: web.BaseRequest) -> None:
    with cancel_on_disconnect(request):
        await asyncio.get_running_loop().create_future()  # until the client disconnects, or the server stops


async def _dribble(transport: asyncio.Transport, content: bytes, rate: int) -> None:
    size = max(1, round(rate * TICK))
    for start in range(0, len(content), size):
        if transport.is_closing():
            return
        transport.write(content[start : start + size])
        await asyncio.sleep(size / rate)


def _whole(request: web.BaseRequest, response: DirectResponse) -> bytes:
    response.force_close()
    return response.head(request) + response.content(request)


def _truncated(request: web.BaseRequest, response: DirectResponse) -> bytes:
    size = len(response.body)
    return response.head(request, f"Content-Length: {size + 1}") + response.body[: size // 2]


def _malformed_chunk(request: web.BaseRequest, response: DirectResponse) -> bytes:
    return response.head(request, "Transfer-Encoding: chunked") + BROKEN_CHUNK


_PIECES: dict[TransportFault, Callable[[web.BaseRequest, DirectResponse], bytes]] = {
    TransportFault.EMPTY: lambda *_: b"",
    TransportFault.GARBAGE: lambda *_: GARBAGE,
    TransportFault.TRUNCATED: _truncated,
    TransportFault.MALFORMED_CHUNK: _malformed_chunk,
}
