"""A connection, chunk by chunk."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from mockmail.http.protocol import HttpLimits, HttpServer

BROKEN = b"POST /rackspace/v1/x\x01y HTTP/1.1\r\nContent-Length: 6\r\n\r\n"


class Transport(asyncio.Transport):
    """One that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...


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
async def test_a_broken_request_is_known_by_its_path_whatever_comes_after_it(chunks):
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
