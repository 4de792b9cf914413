"""Lists, searches and waits in a large store against a small one: `python -m bench.search [MESSAGES]`.

Each store is in a server of its own, filled before it is measured. Requests to both alternate over one connection each,
and what counts is the ratio of the medians. Then, while a server indexes its messages at a first search and while it
writes its whole state, another connection asks for `health` without a pause; the longest response is printed.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from typing import Any

from bench.harness import process, request
from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.core.mail.message import Envelope, SentBy

FEW, MANY, FIRST = 100, 100_000, 50_000
GOAL, STALL_GOAL = 1.5, 0.25
ROUNDS = 300
WAITERS = 20
BODY = b"The quick brown fox jumps over the lazy dog, and back again it jumps in time.\r\n" * 24


class Client:
    """A connection that sends one request at a time. count: the number of messages in the store."""

    def __init__(self, port: int, count: int) -> None:
        self.port = port
        self.count = count

    async def open(self) -> Client:
        """Connect, and return the client."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        return self

    async def get(self, path: str) -> bytes:
        """Return the body of a response."""
        return await self.send(request("GET", f"/_mockmail/{path}"))

    async def wait(self, criteria: dict[str, Any]) -> bytes:
        """Wait for a message, and return the body of the response."""
        body = json.dumps({"timeout": 30, **criteria}).encode()
        return await self.send(request("POST", "/_mockmail/messages/wait", body, {"Content-Type": "application/json"}))

    async def send(self, content: bytes) -> bytes:
        """Send a request and return the body of the response."""
        self._writer.write(content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"{content[:100]!r} got the response {head[:100]!r}")
        lengths = [int(line.split()[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return await (self._reader.readexactly(lengths[0]) if lengths else self._read_chunks())

    async def _read_chunks(self) -> bytes:
        chunks = []
        while length := int(await self._reader.readline(), 16):
            chunks.append(await self._reader.readexactly(length))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(chunks)


Measure = Callable[[Client, int], Awaitable[object]]

CALLS: dict[str, Measure] = {
    "list the newest page": lambda client, _: client.get("messages"),
    "find one address": lambda client, number: client.get(f"messages?to=u{number}@example.com"),
    "find a part of one address": lambda client, number: client.get(f"messages?to=u{number}@"),
    "find one subject": lambda client, number: client.get(f"messages?subject=Number+{number}+of"),
    "find the words of one message": lambda client, number: client.get(f"messages?text=is+number+{number}"),
    "find one recipient by a query": lambda client, number: client.get(
        f"messages?query=recipient:u{number}@example.com+-subject:invoice+after:1d"
    ),
    "find one of two addresses": lambda client, number: client.get(
        f"messages?query=to:u{number}@example.com+OR+to:nobody@example.com"
    ),
    "list those with an attachment": lambda client, _: client.get("messages?query=-has:attachment"),
    "find one tag": lambda client, number: client.get(f"messages?query=tag:t{number}"),
    "find the unread of one address": lambda client, number: client.get(
        f"messages?query=is:unread+to:u{number}@example.com"
    ),
    "list the read messages": lambda client, _: client.get("messages?query=is:read"),
    "list the unread messages": lambda client, _: client.get("messages?query=is:unread"),
    "wait for one address": lambda client, number: client.wait({"to": f"u{number}@example.com"}),
    "wait for a sender of all": lambda client, _: client.wait({"from": "bob@example.com"}),
}


def measure(many: int = MANY) -> None:
    """Print a line for each call, and one for each stall."""
    with ExitStack() as stack:
        ports = {count: stack.enter_context(process(_serve, count))[0] for count in (FEW, many)}
        asyncio.run(_compare(ports))
    with process(_serve, FIRST) as (port, smtp_port):
        asyncio.run(_measure_stalls(port, smtp_port))


async def _compare(ports: dict[int, int]) -> None:
    for count, port in ports.items():
        await (await Client(port, count).open()).get("messages?text=index")
    clients = [await Client(port, count).open() for count, port in ports.items()]
    for name, call in CALLS.items():
        taken: dict[int, list[float]] = {client.count: [] for client in clients}
        for turn in range(ROUNDS):
            for client in clients if turn % 2 else reversed(clients):
                begun = time.perf_counter()
                await call(client, client.count // 2 + turn % 40)
                taken[client.count].append(time.perf_counter() - begun)
        few, many = (statistics.median(seconds) for seconds in taken.values())
        verdict = f"ratio {many / few:.2f}  goal {GOAL:.2f} {'met' if many / few <= GOAL else 'MISSED'}"
        print(f"{name:32} {few * 1e6:8.0f} us  of {clients[1].count:,} {many * 1e6:8.0f} us  {verdict}", flush=True)


async def _measure_stalls(port: int, smtp_port: int) -> None:
    client, probe = await Client(port, FIRST).open(), await Client(port, FIRST).open()
    for name, path in (("first search by subject", "messages?subject=x"), ("first search by text", "messages?text=x")):
        await _probed(f"{name}, {FIRST:,} messages", client.get(path), probe)
    await _probed(f"whole state, {FIRST:,} messages", client.get("state"), probe)
    waiters = [await Client(port, FIRST).open() for _ in range(WAITERS)]
    waits = [asyncio.create_task(waiter.wait({"to": "new@example.com", "count": 2})) for waiter in waiters]
    await asyncio.sleep(1)
    await _probed(f"new message for {WAITERS} waits", _deliver(smtp_port), probe)
    for wait in waits:
        wait.cancel()


async def _probed(name: str, work: Awaitable[object], probe: Client) -> None:
    begun = time.perf_counter()
    task = asyncio.ensure_future(work)
    longest = 0.0
    while not task.done():
        asked = time.perf_counter()
        await probe.get("health")
        longest = max(longest, time.perf_counter() - asked)
    await task
    took = time.perf_counter() - begun
    verdict = "met" if longest <= STALL_GOAL else "MISSED"
    print(f"{name:44} took {took:6.2f} s  longest stall {longest * 1000:5.0f} ms  goal 250 {verdict}", flush=True)


async def _deliver(smtp_port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", smtp_port)
    await reader.readline()
    for line in ("HELO bench", "MAIL FROM:<bob@example.com>", "RCPT TO:<new@example.com>", "DATA"):
        writer.write(f"{line}\r\n".encode())
        await reader.readline()
    writer.write(b"Subject: new\r\n\r\n" + BODY + b".\r\n")
    await reader.readline()
    writer.close()


def _serve(told: Connection, count: int) -> None:
    from mockmail.server.discovery import discover
    from mockmail.server.server import Server
    from mockmail.server.server_settings import ServerSettings

    async def serve() -> None:
        limits = MailLimits(messages=2 * count)
        server = Server(discover(only=["atmail"]), ServerSettings(world=WorldSettings(mail=limits)))
        await server.start()
        mail = server.sandboxes.get().mail
        for number in range(count):
            head = f"From: bob@example.com\r\nTo: u{number}@example.com\r\nSubject: Number {number} of all\r\n\r\n"
            envelope = Envelope(sender="bob@example.com", recipients=(f"u{number}@example.com",))
            raw = head.encode() + f"This is number {number} of all.\r\n".encode() + BODY
            mail.add(raw, envelope, SentBy(), is_read=number < FEW // 2, tags=(f"t{number}",))
        told.send((int(server.http_url.rpartition(":")[2]), int(server.smtp_port)))
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:]))
