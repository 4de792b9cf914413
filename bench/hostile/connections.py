"""Attacks by clients that are slow, silent or many."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from bench.hostile.target import FEW, Attack, Server, connection, control, http, mail, post, reply_of, wait_until_served

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
"""The headers of a request for a WebSocket."""


async def half_sent_bodies(server: Server) -> None:
    """Open as many connections as there may be, send half a body on each, and wait until others are served again."""
    async with AsyncExitStack() as stack:
        for _ in range(50):
            _, writer = await stack.enter_async_context(connection(server.http))
            writer.write(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
        await wait_until_served(server)


async def large_bodies_in_flight(server: Server) -> None:
    """Send 30 bodies of 49 MB at once, without their ends."""
    async with AsyncExitStack() as stack:
        writers = []
        for _ in range(30):
            _, writer = await stack.enter_async_context(connection(server.http))
            writer.write(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 52000000\r\n\r\n")
            writers.append(writer)
        block = b"x" * (1 << 20)
        for _ in range(server.times(49)):
            for writer in writers:
                with suppress(ConnectionError, TimeoutError):
                    writer.write(block)
                    async with asyncio.timeout(2):
                        await writer.drain()


async def pipelined_requests_whose_responses_are_not_read(server: Server) -> None:
    """Pipeline 40,000 requests and read nothing."""
    link = socket.create_connection(("127.0.0.1", server.http))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(0.5)
    block = b"GET /1/settings/mail HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100
    with suppress(TimeoutError, ConnectionError):
        for _ in range(server.times(400)):
            await asyncio.to_thread(link.sendall, block)
    await asyncio.sleep(1)
    link.close()


async def large_messages_in_flight(server: Server) -> None:
    """Send 30 messages of 49 MB at once, without their ends."""
    block = (b"x" * 70 + b"\r\n") * 14_000
    async with AsyncExitStack() as stack:
        writers = await _begun_messages(server, stack, 30)
        for _ in range(server.times(49)):
            for writer in writers:
                writer.write(block)
                await writer.drain()


async def tunnels_that_stay_open(server: Server) -> None:
    """Open as many tunnels as there may be connections, with and without a begun handshake, and send nothing more."""
    async with AsyncExitStack() as stack:
        for number in range(50):
            reader, writer = await stack.enter_async_context(connection(server.http))
            port = (80, 443)[number % 2]
            writer.write(f"CONNECT api.emailsrvr.com:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            if port != 80:  # the port of tunnels without TLS
                writer.write(b"\x16\x03\x01")
        await wait_until_served(server)


async def hosts_that_are_no_names(server: Server) -> None:
    """Name hosts that cannot be decoded in as many requests as there may be connections."""
    async with AsyncExitStack() as stack:
        for number in range(50):
            _, writer = await stack.enter_async_context(connection(server.http))
            target = (b"CONNECT xn--:443", b"GET http://xn--/")[number % 2]
            writer.write(target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        await wait_until_served(server)


async def handshakes_that_never_end(server: Server) -> None:
    """Begin as many TLS handshakes as there may be connections, for HTTPS and for SMTP, and send nothing more."""
    async with AsyncExitStack() as stack:
        for number in range(50):
            _, writer = await stack.enter_async_context(connection(server.https))
            if number % 2:
                writer.write(b"\x16\x03\x01\x02\x00\x01")
        for _ in range(50):
            reader, writer = await stack.enter_async_context(connection(server.smtp))
            writer.write(b"EHLO x\r\nSTARTTLS\r\n")
            await reader.readuntil(b"220 2.0.0 Ready")
        await wait_until_served(server)
        await _wait_until_greeted(server)


async def messages_that_arrive_byte_by_byte(server: Server) -> None:
    """Begin as many messages as there may be connections, and send one byte of each now and then."""
    async with AsyncExitStack() as stack:
        dripping = asyncio.ensure_future(_drip(await _begun_messages(server, stack, 50)))
        try:
            await _wait_until_greeted(server)
        finally:
            dripping.cancel()


async def _begun_messages(server: Server, stack: AsyncExitStack, count: int) -> list[asyncio.StreamWriter]:
    """Begin a message on each of `count` connections, which the stack closes, and return their writers."""
    writers = []
    for _ in range(count):
        _, writer = await stack.enter_async_context(connection(server.smtp))
        writer.write(b"HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        writers.append(writer)
    return writers


async def _drip(writers: list[asyncio.StreamWriter]) -> None:
    while True:
        await asyncio.sleep(0.2)
        for writer in writers:
            writer.write(b"x")


async def _wait_until_greeted(server: Server) -> None:
    end = time.monotonic() + 20
    reply = ""
    while not reply.startswith("220") and time.monotonic() < end:
        await asyncio.sleep(0.2)
        async with connection(server.smtp) as (reader, _):
            with suppress(ConnectionError):
                reply = await reply_of(reader)
    assert reply.startswith("220"), f"others are locked out: {reply}"


async def tunnels_in_tunnels(server: Server) -> None:
    """Open a tunnel inside a tunnel, and so on, on 20 connections."""
    async with AsyncExitStack() as stack:
        for _ in range(20):
            reader, writer = await stack.enter_async_context(connection(server.http))
            for _ in range(server.times(1000)):
                writer.write(b"CONNECT api.emailsrvr.com:80 HTTP/1.1\r\nHost: x\r\n\r\n")
                line = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in line:
                    break


async def websockets_that_read_nothing(server: Server) -> None:
    """Open 100 WebSockets and streams of the compatible APIs and read nothing, while 50 messages of 900 KB arrive."""
    async with AsyncExitStack() as stack:
        for number in range(server.times(100)):
            path = ("api/events", "api/v2/websocket", "api/v1/events")[number % 3]
            reader, writer = await stack.enter_async_context(connection(server.http, limit=4096))
            writer.write(f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{UPGRADE}\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
        await mail(server, *[b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 12_500] * server.times(50))


async def frames_without_end(server: Server) -> None:
    """Send 1 MB of empty frames, and of fragments of a frame that never ends, to a WebSocket."""
    for frame in (
        b"\x89\x80\0\0\0\0",
        b"\x01\x80\0\0\0\0" + b"\x00\x80\0\0\0\0",
        b"\x82\xff\x7f" + b"\xff" * 7 + b"\0" * 4,
    ):
        async with connection(server.http) as (reader, writer):
            writer.write(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n{UPGRADE}\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(5):
                    writer.write(frame * (1_000_000 // len(frame)))
                    await writer.drain()


async def receivers_that_never_end(server: Server) -> None:
    """Let webhooks send to servers with endless heads, headers and bodies, and with redirects to mockmail itself."""
    answers = (
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000,
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 10_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + b"x" * 10_000_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000,
        f"HTTP/1.1 307 No\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:{server.http}/1/mail\r\n\r\n".encode(),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n" + b"\x1f\x8b" * 500_000,
        b"\0" * 10_000_000,
        b"",
    )
    async with AsyncExitStack() as stack:
        for answer in answers:
            port = await stack.enter_async_context(_receiver(answer))
            status, body = await post(server, "webhooks", {"url": f"http://127.0.0.1:{port}/"})
            assert status < 400, body[:300]
        await mail(server, *[b"Subject: x\r\n\r\nx"] * server.times(100))
        await asyncio.sleep(5 * min(1, server.scale * 10))
        status, found = await http(server, f"GET {control('webhooks')}")
        assert status == 200, found[:300]


@asynccontextmanager
async def _receiver(answer: bytes) -> AsyncIterator[int]:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await reader.read(1024)
            while True:
                writer.write(answer)
                await writer.drain()
                await asyncio.sleep(0.01 if len(answer) > 1000 else 60)
        writer.transport.abort()

    receiver = await asyncio.start_server(respond, "127.0.0.1", 0)
    try:
        yield receiver.sockets[0].getsockname()[1]
    finally:
        # From Python 3.12 on, `async with` would wait for the clients, which never end.
        receiver.close()


ATTACKS = (
    Attack(half_sent_bodies, flags=(*FEW, "--http-body-seconds", "2")),
    Attack(large_bodies_in_flight, memory=400),
    Attack(pipelined_requests_whose_responses_are_not_read),
    Attack(large_messages_in_flight, memory=400),
    Attack(tunnels_that_stay_open, flags=(*FEW, "--http-idle", "2", "--tls-handshake-seconds", "2")),
    Attack(hosts_that_are_no_names, flags=(*FEW, "--http-idle", "2")),
    Attack(
        handshakes_that_never_end,
        flags=(*FEW, "--https-port", "0", "--smtp-starttls", "offered", "--tls-handshake-seconds", "2"),
    ),
    Attack(messages_that_arrive_byte_by_byte, flags=(*FEW, "--smtp-data-seconds", "2")),
    Attack(tunnels_in_tunnels),
    Attack(websockets_that_read_nothing, memory=200),
    Attack(frames_without_end),
    Attack(receivers_that_never_end, memory=200),
)
