"""A server under attack, attacks as data, and what attacks have in common."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

STALL = 0.25
"""Seconds that an attack may keep others waiting (DESIGN.md 8)."""

PATIENCE = 90.0
TEST_USER = "Basic " + base64.b64encode(b"test:hi test").decode()

FEW = ("--max-connections", "50")
"""The flags of a server that an attack can fill with connections."""


@dataclass(frozen=True)
class Server:
    """The ports of a server under attack, and the factor by which repeated attacks are smaller in tests.

    https: 0 without an HTTPS port.
    """

    http: int
    smtp: int
    https: int = 0
    scale: float = 1.0

    def times(self, count: int) -> int:
        """Return how often to repeat something."""
        return max(1, round(count * self.scale))


@dataclass(frozen=True)
class Attack:
    """An attack.

    run: does it, and raises AssertionError for a wrong answer. stall: the bound in seconds. memory: the MB by which the
    server may grow. flags: of `mockmail serve`.
    """

    run: Callable[[Server], Awaitable[None]]
    stall: float = STALL
    memory: float = 100.0
    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the function that runs it, in words."""
        return self.run.__name__.replace("_", " ")


@asynccontextmanager
async def connection(
    port: int, limit: int = 1 << 26
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Give a connection to a port, and end it at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def http(server: Server, head: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Return the status and body of the response to a request; `head` is its method and path."""
    lines = [f"{head} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    async with connection(server.http) as (reader, writer):
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        with suppress(ConnectionResetError):
            await writer.drain()
        async with asyncio.timeout(PATIENCE):
            top, _, rest = (await reader.read()).partition(b"\r\n\r\n")
    return int(top.split(None, 2)[1]), rest


async def post(server: Server, path: str, document: Any, method: str = "POST") -> tuple[int, bytes]:
    """Return the status and body of the response to a JSON document, sent to the control API."""
    body = json.dumps(document).encode()
    return await http(server, f"{method} {control(path)}", body, Content_Type="application/json")


async def mail(server: Server, *messages: bytes) -> str:
    """Send messages by SMTP on one connection, and return the last reply."""
    async with connection(server.smtp) as (reader, writer):
        reply = await reply_of(reader)
        for message in messages:
            reply = await send(reader, writer, message)
    return reply


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> str:
    """Send a message on an SMTP connection, and return the last reply."""
    for line in (b"HELO x", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
        writer.write(line + b"\r\n")
        await reply_of(reader)
    writer.write(message + b"\r\n.\r\n")
    await writer.drain()
    return await reply_of(reader)


async def reply_of(reader: asyncio.StreamReader) -> str:
    """Return the last line of the next SMTP reply."""
    async with asyncio.timeout(PATIENCE):
        while (line := await reader.readline())[3:4] == b"-":
            pass
    return line.decode().strip()


def control(path: str) -> str:
    """Return the path of a call of the control API."""
    return f"/_mockmail/{path}"


async def read_everything(server: Server) -> None:
    """Read the messages in each way that a person or a test does."""
    status, listing = await http(server, f"GET {control('messages')}")
    assert status == 200, listing[:300]
    found = json.loads(listing)["messages"]
    assert found, "the message was not stored"
    for message in found[-2:]:
        status, body = await http(server, f"GET {control('messages/' + message['id'])}")
        assert status == 200, body[:300]
    for query in ("text=nowhere", "subject=nowhere", "to=b@example.com"):
        status, body = await http(server, f"GET {control('messages?' + query)}")
        assert status == 200, body[:300]


async def wait_until_served(server: Server) -> None:
    """Wait until the server answers a new client. Raise AssertionError if that takes 20 seconds."""
    end = time.monotonic() + 20
    status = 503
    while status == 503 and time.monotonic() < end:  # the server's refusal
        await asyncio.sleep(0.2)
        with suppress(ConnectionResetError, IndexError):  # it is refused before its request is read
            status, _ = await http(server, "GET /1/mail")
    assert status != 503, "others are locked out"  # as above
