"""The HTTP protocol, fed chunk by chunk."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from mockmail.core.bounds import HttpLimits
from mockmail.core.exchange import WireResponse
from mockmail.http.protocol import HttpServer, read_body
from mockmail.http.response import DirectResponse

BROKEN = b"POST /rackspace/v1/x\x01y HTTP/1.1\r\nContent-Length: 6\r\n\r\n"


class Transport(asyncio.Transport):
    """A transport that keeps the written bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.unsent = 0
        self.closed = self.aborted = False
        self.reads = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 1

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True


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


async def turns_of_the_loop(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def answer_with_a_body(request: web.BaseRequest) -> web.StreamResponse:
    return DirectResponse(WireResponse(200, b"x" * 1000), at=datetime.now(UTC))


async def answer_as_the_control_api(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(body=b"x" * 1000)


def refuse_nothing(path: str, problem: Any) -> web.Response:
    raise AssertionError(path, problem)


@pytest.mark.parametrize("answer", [answer_with_a_body, answer_as_the_control_api])
async def test_next_request_waits_until_the_client_reads_the_response(answer):
    server = HttpServer(answer, refuse_nothing, HttpLimits())
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    responses = []

    protocol.data_received(b"GET /1/mail HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
    protocol.pause_writing()
    for _ in range(3):
        await turns_of_the_loop()
        responses.append(transport.written.count(b"HTTP/1.1 200 OK"))
        protocol.resume_writing()
        await turns_of_the_loop(1)
        protocol.pause_writing()

    assert responses == [0, 1, 2]
    protocol.connection_lost(None)
    await server.shutdown()


@pytest.mark.parametrize(("unsent", "aborted"), [(1000, True), (1001, True), (999, False)])
async def test_client_that_reads_nothing_of_a_response_is_disconnected(unsent, aborted):
    server = HttpServer(answer_with_a_body, refuse_nothing, HttpLimits(idle=0.001))
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    transport.unsent = 1000

    protocol.pause_writing()
    transport.unsent = unsent
    protocol._end_stall(1000)

    assert transport.aborted == aborted
    protocol.connection_lost(None)
    await server.shutdown()


async def test_client_that_has_read_its_response_stays_connected():
    server = HttpServer(answer_with_a_body, refuse_nothing, HttpLimits(idle=60))
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)

    protocol.pause_writing()
    timer = protocol._stall
    protocol.resume_writing()

    assert timer is not None
    assert timer.cancelled()
    protocol.connection_lost(None)
    await server.shutdown()


async def test_connection_is_read_no_further_while_requests_wait():
    waiting = asyncio.Event()

    async def answer(_: web.BaseRequest) -> web.Response:
        await waiting.wait()
        return web.Response()

    server = HttpServer(answer, refuse_nothing, HttpLimits())
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    request = b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000

    accepted = 0
    while transport.reads and accepted < 40:
        protocol.data_received(request)
        accepted += 1
        await turns_of_the_loop()
    waiting.set()
    await turns_of_the_loop(100)

    assert accepted == 3  # one is handled, two wait
    assert transport.reads
    assert transport.written.count(b"HTTP/1.1 200 OK") == 3
    protocol.connection_lost(None)
    await server.shutdown()


async def test_body_that_follows_waiting_requests_is_read():
    async def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(body=await read_body(request))

    server = HttpServer(answer, refuse_nothing, HttpLimits())
    protocol, transport = server(), Transport()
    protocol.connection_made(transport)
    head = b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"

    protocol.data_received((head + b"one.") * 2 + head + b"la")
    await turns_of_the_loop(100)
    reads = transport.reads
    protocol.data_received(b"st")
    await turns_of_the_loop(100)

    assert reads
    assert transport.written.endswith(b"\r\n\r\nlast")
    assert transport.written.count(b"HTTP/1.1 200 OK") == 3
    protocol.connection_lost(None)
    await server.shutdown()
