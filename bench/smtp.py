"""Mail by SMTP, stored and searchable, against a bare aiosmtpd that discards it: `python -m bench.smtp`."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench.harness import ROUNDS, SECONDS, bare_sink, process, report, serve_mockmail

CONNECTIONS = 8
LINE = b"The quick brown fox jumps over the lazy dog, and back again it jumps in time.\r\n"


@dataclass(frozen=True)
class Mail:
    """Messages to send. size: in bytes. goal: the promised ratio to the bare server.

    most: the messages that a connection sends in a round, because all are stored.
    """

    name: str
    size: int
    goal: float
    most: int

    def raw(self, number: int) -> bytes:
        """Return the message of this number."""
        head = f"From: bob@example.com\r\nTo: jane@example.com\r\nSubject: Number {number}\r\n\r\n".encode()
        return head + LINE * ((self.size - len(head)) // len(LINE))


CASES = (Mail("smtp, 2 KB messages", 2_000, 1.2, 1_000), Mail("smtp, 1 MB messages", 1_000_000, 3.0, 8))


def measure() -> None:
    """Measure each case and print a line."""
    for case in CASES:
        numbers = itertools.count()
        with process(serve_ours, None) as ours, process(_serve_bare, None) as bare:
            rounds = [
                tuple(asyncio.run(smtp_round(port, case, numbers)) for port in (ours, bare)) for _ in range(ROUNDS + 1)
            ][1:]
        report(case.name, rounds, case.goal)


def serve_ours(told: Connection, _: object) -> None:
    """Serve mockmail until the process ends, and tell the SMTP port."""
    serve_mockmail(told, {"atmail": {}}, lambda server: int(server.smtp_port))


def _serve_bare(told: Connection, _: object) -> None:
    async def serve() -> None:
        told.send(await bare_sink())
        await asyncio.Event().wait()

    asyncio.run(serve())


async def smtp_round(port: int, case: Mail, numbers: itertools.count[int]) -> float:
    """Send messages on all connections for a while, and return the messages a second."""
    end = time.monotonic() + SECONDS
    begun = time.perf_counter()
    sent = await asyncio.gather(*(_send_until(end, port, case, numbers) for _ in range(CONNECTIONS)))
    return sum(sent) / (time.perf_counter() - begun)


async def _send_until(end: float, port: int, case: Mail, numbers: itertools.count[int]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(data: bytes, code: bytes) -> None:
        writer.write(data)
        while (line := await reader.readline())[3:4] == b"-":
            pass
        if not line.startswith(code):
            raise SystemExit(f"{case.name}: {data[:60]!r} got the reply {line!r}")

    await say(b"", b"220")
    await say(b"EHLO bench\r\n", b"250")
    sent = 0
    while time.monotonic() < end and sent < case.most:
        await say(b"MAIL FROM:<bob@example.com>\r\n", b"250")
        await say(b"RCPT TO:<jane@example.com>\r\n", b"250")
        await say(b"DATA\r\n", b"354")
        await say(case.raw(next(numbers)) + b".\r\n", b"250")
        sent += 1
    writer.close()
    return sent


if __name__ == "__main__":
    measure()
