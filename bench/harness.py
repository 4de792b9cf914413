"""Throughput of mockmail against a bare aiohttp handler that returns the same bytes, side by side.

Each server has a process of its own, the client another; rounds alternate, so a machine whose speed drifts is unfair to
neither. What is printed is requests a second (median of the rounds) and the ratio of each pair of rounds.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

CONNECTIONS = 8
ROUNDS = 7
SECONDS = 1.0

COMPETITORS = Path(__file__).parent.parent / ".competitors"
"""The folder into which `make competitors` installs other test doubles."""

MakeRequest = Callable[[int], bytes]


@dataclass(frozen=True)
class Case:
    """A call to measure.

    request: the bytes of the n-th request. seed: records, `{vendor: {table: [...]}}`.
    before: what a bare handler does before it answers; told of the moment that its server starts.
    """

    name: str
    request: MakeRequest
    seed: Mapping[str, Any] = field(default_factory=dict)
    goal: float = 0.5
    expect_status: int = 200
    before: Callable[[], Awaitable[Callable[[], Awaitable[object]]]] | None = None


@dataclass(frozen=True)
class Answer:
    """The response of a server."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def form_request(path: str, body: str, headers: Mapping[str, str] | None = None, method: str = "POST") -> bytes:
    """Return the bytes of a request with a form."""
    given = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    return request(method, path, body.encode(), given)


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a request."""
    given = {"Host": "127.0.0.1", "User-Agent": "bench", "Accept": "*/*", **(headers or {})}
    if body:
        given["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def compare(case: Case) -> float:
    """Measure a case, print a line, and return the median ratio of mockmail to the bare handler."""
    numbers = itertools.count()
    with process(serve_case, dict(case.seed)) as port:
        answer = asyncio.run(first_answer(port, case.request(next(numbers))))
        if answer.status != case.expect_status:
            raise SystemExit(f"{case.name}: expected {case.expect_status}, got {answer.status} {answer.body[:300]!r}")
        with process(_serve_bare, (answer, case.before)) as bare_port:
            ports = (port, bare_port)
            rounds = [
                tuple(asyncio.run(measured_round(port, case.request, numbers)) for port in ports)
                for _ in range(ROUNDS + 1)
            ][1:]
    return report(case.name, rounds, case.goal)


def report(name: str, rounds: Sequence[tuple[float, ...]], goal: float) -> float:
    """Print the requests a second of mockmail and the bare server, and return the median ratio of the rounds."""
    ratios = [ours / bare for ours, bare in rounds]
    ours, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(ratios)
    span = f"({min(ratios):.2f} to {max(ratios):.2f})"
    verdict = f"ratio {ratio:.2f} {span}  goal {goal:.2f} {'met' if ratio >= goal else 'MISSED'}"
    print(f"{name:44} {ours:8.0f}/s  bare {bare:8.0f}/s  {verdict}", flush=True)
    return ratio


def program_of(name: str) -> str | None:
    """Return the path of a competitor's program, from `make competitors` or from PATH, or None."""
    installed = [COMPETITORS / "node_modules" / ".bin" / name, COMPETITORS / "venv" / "bin" / name]
    return next((str(path) for path in installed if path.exists()), shutil.which(name))


async def bare_sink() -> int:
    """Start a bare aiosmtpd on this loop, which discards every message, and return its port."""
    from aiosmtpd.smtp import SMTP

    class Nothing:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
            return "250 OK"

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(Nothing(), hostname="bare", loop=loop), "127.0.0.1", 0)
    return int(listener.sockets[0].getsockname()[1])


@contextmanager
def process(target: Callable[..., None], argument: object) -> Any:
    """Run a target in a process, and give the first value that it sends, such as its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, argument), daemon=True)
    process.start()
    theirs.close()  # so that a process that dies ends the wait for what it has to tell
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def serve_case(told: Connection, seed: Mapping[str, Any]) -> None:
    """Serve the vendors of these records until the process ends, and tell the HTTP port."""
    serve_mockmail(told, seed, lambda server: int(server.http_url.rpartition(":")[2]))


def serve_mockmail(told: Connection, seed: Mapping[str, Any], port_of: Callable[[Any], int]) -> None:
    """Serve the vendors of these records with them until the process ends."""
    from mockmail.core.bounds import WorldSettings
    from mockmail.core.seeds import SeedDocument
    from mockmail.server.discovery import discover
    from mockmail.server.server import Server
    from mockmail.server.server_settings import ServerSettings

    async def serve() -> None:
        world = WorldSettings(seeds=[SeedDocument(source="bench", vendors=seed)])
        server = Server(discover(only=tuple(seed)), ServerSettings(world=world))
        await server.start()
        server.check_seeds()
        told.send(port_of(server))
        await asyncio.Event().wait()

    asyncio.run(serve())


def _serve_bare(told: Connection, how: tuple[Answer, Callable[[], Awaitable[Callable[[], Any]]] | None]) -> None:
    from aiohttp import web

    answer, before = how
    works: list[Callable[[], Awaitable[object]]] = []

    async def handler(request: web.Request) -> web.Response:
        await request.read()
        for work in works:
            await work()
        return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))

    async def serve() -> None:
        if before is not None:
            works.append(await before())
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        told.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


async def measured_round(port: int, make: MakeRequest, numbers: itertools.count[int]) -> float:
    """Send requests on all connections for a while, and return the responses a second."""
    clients = [_Client(port, make, numbers) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for client in clients:
        await client.connect()
    await asyncio.sleep(SECONDS)
    for client in clients:
        client.stopping = True
    elapsed = time.perf_counter() - begun
    done = sum(client.done for client in clients)
    await asyncio.gather(*(client.ended for client in clients))
    failed = sum(client.failed for client in clients)
    if failed:
        raise SystemExit(f"{failed} of {done} requests failed")
    return done / elapsed


class _Client(asyncio.Protocol):
    """Sends the next request after each response, on one connection for as long as the server keeps it open."""

    def __init__(self, port: int, make: MakeRequest, numbers: itertools.count[int]) -> None:
        self._port = port
        self._make = make
        self._numbers = numbers
        self._buffer = b""
        self.done = 0
        self.failed = 0
        self.stopping = False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self) -> None:
        """Connect, and send the first request."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._begin()

    def connection_lost(self, error: Exception | None) -> None:
        if self.stopping and not self.ended.done():
            self.ended.set_result(None)
        elif not self.stopping:
            self._connecting = asyncio.ensure_future(self.connect())

    def _begin(self) -> None:
        self._transport.write(self._make(next(self._numbers)))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.find(b"Content-Length: ", 0, head)
        if at < 0 and b"chunked" in self._buffer[:head]:
            if not self._buffer.endswith(b"\r\n0\r\n\r\n"):
                return
        else:
            length = int(self._buffer[at + 16 : self._buffer.index(b"\r\n", at)]) if at >= 0 else 0
            if len(self._buffer) < head + 4 + length:
                return
        self.done += 1
        self.failed += not self._buffer.startswith(b"HTTP/1.1 2")
        if self.stopping or b"Connection: close" in self._buffer[:head]:
            self._transport.close()
        elif not self._transport.is_closing():
            self._begin()
        self._buffer = b""


async def first_answer(port: int, sent: bytes) -> Answer:
    """Return the response to a request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    status, *lines = head.decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    kept = tuple((name, value) for name, value in headers if name not in ("Content-Length", "Date", "Connection"))
    return Answer(int(status.split()[1]), kept, body)
