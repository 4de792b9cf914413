"""The HTTP protocol, fed chunk by chunk."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from mockmail.core.bounds import HttpLimits
from mockmail.http.protocol import HttpServer

BROKEN = b"POST /rackspace/v1/x\x01y HTTP/1.1\r\nContent-Length: 6\r\n\r\n"


class Transport(asyncio.Transport):
    """A transport that keeps the written bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "chunks",
    [
        [BROKEN, b"a=1&b="],
        [BROKEN, b"a=1&b=", b""],
        [BROKEN, b"first line\nthe second /names/a/path\n"],
        [BROKEN + b"a=1&b="],
    ],
    ids=repr,
)
async def test_path_of_a_broken_request_is_found_in_any_chunking(chunks):
    refused: list[str] = []

    async def answer(_: Any) -> web.Response:
        return web.Response()

    def refuse(path: str, _: Any) -> web.Response:
        refused.append(path)
        return web.Response(status=400)

    server = HttpServer(answer, refuse, HttpLimits())
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    for chunk in chunks:
        protocol.data_received(chunk)
    for _ in range(10):
        await asyncio.sleep(0)

    assert refused == ["/rackspace/v1/x\x01y"]
    assert b" 400 Bad Request\r\n" in transport.written
    protocol.connection_lost(None)
    await server.shutdown()


@pytest.mark.parametrize("turns", [0, 10], ids=["with it", "after the answer"])
async def test_client_that_stops_within_an_unread_body_is_disconnected(turns):
    async def answer(_: Any) -> web.Response:
        return web.Response(status=413)

    def refuse(path: str, problem: Any) -> web.Response:
        raise AssertionError(path, problem)

    server = HttpServer(answer, refuse, HttpLimits())
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    protocol.data_received(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    for _ in range(turns):
        await asyncio.sleep(0)
    protocol.eof_received()
    for _ in range(10):
        await asyncio.sleep(0)

    assert transport.closed
    protocol.connection_lost(None)
    await server.shutdown()
