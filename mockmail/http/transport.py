"""Failures of the connection itself, made on purpose."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from mockmail.core.exchange import WireResponse
from mockmail.core.faults import TransportFault


async def fail(request: web.BaseRequest, answer: WireResponse, how: TransportFault) -> web.StreamResponse:
    """Let a connection fail in place of, or in the middle of, an answer."""
    transport = request.transport
    if transport is not None:
        if how is TransportFault.RESET:
            _reset(transport)
        else:
            transport.write(_bytes_of(answer, how))
            transport.close()
    # aiohttp wants a response; it has nowhere to go.
    return web.Response(status=answer.status)


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _bytes_of(answer: WireResponse, how: TransportFault) -> bytes:
    if how is TransportFault.GARBAGE:
        return b"\x16\x03\x01 this is not HTTP\r\n\r\n"
    if how is TransportFault.EMPTY:
        return b""
    head = f"HTTP/1.1 {answer.status} Truncated\r\nContent-Length: {len(answer.body) + 1}\r\n\r\n"
    return head.encode("ascii") + answer.body[: len(answer.body) // 2]
