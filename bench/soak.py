"""Soak a server: much mail with broken connections and waiting clients, many idle connections, many requests.

`python -m bench.soak [delivery] [idle] [memory]`. Each prints what it saw, and ends with an error if something was
lost, doubled or missed, or if memory grew.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import random
import re
import resource
import socket
import struct
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.hostile import LOOPS, Server, connection, http, serving

MESSAGES = 20_000
CONNECTIONS = 16
WAITERS = 50
BROKEN_SHARE = 0.02
IDLE = 10_000
REQUESTS = 100_000
GROWTH = 15.0
"""MB by which the server may grow between a third and all of the requests and messages."""


async def delivery(server: Server) -> str:
    """Send messages on 16 connections that break in DATA now and then, while 50 clients wait for one message each."""
    numbers = itertools.count()
    acknowledged: list[int] = []
    begun = time.monotonic()
    awaited = random.Random(1).sample(range(MESSAGES // 2, MESSAGES), WAITERS)
    waits = [asyncio.ensure_future(_wait(server, number)) for number in awaited]
    await asyncio.gather(*(_send(server, numbers, acknowledged, set(awaited)) for _ in range(CONNECTIONS)))
    found = await asyncio.gather(*waits)
    seconds = time.monotonic() - begun
    stored = await _stored(server)
    _check(sorted(stored) == sorted(acknowledged), f"{len(acknowledged)} acknowledged, {len(stored)} stored")
    _check(found == awaited, f"waiters found {found}, not {awaited}")
    return f"{len(stored)} messages stored once each, {MESSAGES - len(stored)} broken, {WAITERS} waits, {seconds:.0f} s"


async def _send(server: Server, numbers: itertools.count[int], acknowledged: list[int], whole: set[int]) -> None:
    chance = random.Random(next(numbers))
    number = next(numbers)
    while number < MESSAGES:
        async with connection(server.smtp) as (reader, writer):
            await reader.readline()
            is_open = True
            while is_open and number < MESSAGES:
                writer.write(b"HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
                for _ in range(4):
                    await reader.readline()
                writer.write(b"Subject: soak %d\r\n\r\n" % number + b"x" * 500)
                if number not in whole and chance.random() < BROKEN_SHARE:
                    is_open = False
                    link = writer.get_extra_info("socket")
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    writer.write(b"\r\n.\r\n")
                    reply = await reader.readline()
                    _check(reply.startswith(b"250"), reply.decode())
                    acknowledged.append(number)
                number = next(numbers)


async def _wait(server: Server, number: int) -> int:
    body = json.dumps({"query": f'subject:"soak {number}"', "timeout": 600}).encode()
    status, answer = await http(server, "POST /_mockmail/messages/wait", body, Content_Type="application/json")
    _check(status == 200, answer[:300].decode())
    [message] = json.loads(answer)["messages"]
    return int(message["subject"].split()[1])


async def _stored(server: Server) -> list[int]:
    status, answer = await http(server, "GET /_mockmail/state")
    _check(status == 200, answer[:300].decode())
    sources = [base64.b64decode(message["raw"]) for message in json.loads(answer)["mail"]]
    return [int(source.split(None, 3)[2]) for source in sources]


async def idle(server: Server) -> str:
    """Open connections that send nothing, then ask for the server's health on another one."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (IDLE + 500, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    async with AsyncExitStack() as stack:
        before = _memory(server)
        for number in range(IDLE):
            port = server.http if number % 2 else server.smtp
            reader, _ = await stack.enter_async_context(connection(port))
            if port == server.smtp:
                await reader.readline()
        begun = time.monotonic()
        status, answer = await http(server, "GET /_mockmail/health")
        _check(status == 200, answer[:300].decode())
        seconds, growth = time.monotonic() - begun, _memory(server) - before
        return f"{IDLE} connections, a request meanwhile in {1000 * seconds:.0f} ms, {1000 * growth / IDLE:.1f} KB each"


async def memory(server: Server) -> str:
    """Send requests and messages to a server with a data folder."""
    sizes = []
    for step in range(3):
        await asyncio.gather(
            *(_requests(server, REQUESTS // 3 // 8) for _ in range(8)),
            *(_messages(server, REQUESTS // 3 // 8, step) for _ in range(8)),
        )
        sizes.append(_memory(server))
    text = " MB, ".join(f"{size:.0f}" for size in sizes) + " MB"
    _check(sizes[-1] - sizes[0] < GROWTH, f"the server grew: {text}")
    return f"after {REQUESTS // 3}, {2 * REQUESTS // 3} and {REQUESTS} requests and messages: {text}"


async def _requests(server: Server, count: int) -> None:
    async with connection(server.http) as (reader, writer):
        for _ in range(count):
            writer.write(b"GET /1/settings/mail HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)


async def _messages(server: Server, count: int, step: int) -> None:
    async with connection(server.smtp) as (reader, writer):
        await reader.readline()
        for number in range(count):
            writer.write(b"HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
            for _ in range(4):
                await reader.readline()
            writer.write(b"Subject: %d of %d\r\n\r\n%s\r\n.\r\n" % (number, step, b"x" * 500))
            _check((await reader.readline()).startswith(b"250"), "a message was refused")


def _memory(server: Server) -> float:
    status = Path(f"/proc/{PROCESSES[server.http]}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def _check(is_met: bool, problem: str) -> None:
    if not is_met:
        raise SystemExit(problem)


RUNS = {
    delivery: ("--max-messages", str(MESSAGES + 1)),
    idle: ("--max-connections", str(IDLE + 100)),
    memory: ("--data-dir", "{folder}"),
}
PROCESSES: dict[int, int] = {}


def main(names: list[str]) -> None:
    """Run the named soaks, all of them without names, on both event loops."""
    for run, flags in RUNS.items():
        if names and run.__name__ not in names:
            continue
        for loop in LOOPS:
            with (
                TemporaryDirectory() as folder,
                serving(loop, tuple(flag.format(folder=folder) for flag in flags)) as (process, server),
            ):
                PROCESSES[server.http] = process.pid
                print(f"{run.__name__:9} {loop:8} {asyncio.run(run(server))}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
