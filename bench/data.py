"""Measure the data folder: the start with a full data folder, and a write into it against one into an empty folder.

`python -m bench.data`. The full folder has 10,000 accounts and 20,000 messages. Writes into both alternate, each server
a process of its own, and what counts is the ratio.
"""

from __future__ import annotations

import asyncio
import re
import signal
import smtplib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench.atmail import accounts
from bench.calls import Atmail
from bench.load import Client
from bench.served import Served
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.state.data_folder import DataFolder
from mockmail.core.world import World
from mockmail.server.discovery import discover

ACCOUNTS, MESSAGES = 10_000, 20_000
START_GOAL = 2.0
WRITE_GOAL = 1.5
ROUNDS = 9
WRITES = 300
MESSAGE = b"Subject: Welcome\r\n\r\n" + b"It is good to have you with us.\r\n" * 60


def fill(path: Path) -> None:
    """Fill a data folder as a stopped server leaves it."""
    vendors = discover(only=["atmail"])
    folder = DataFolder(path)
    world = World(vendors, path=folder.path_of("default"))
    atmail = vendors.vendors["atmail"]
    world.seed(atmail, accounts(ACCOUNTS)["atmail"])
    for number in range(MESSAGES):
        envelope = Envelope(sender="a@example.com", recipients=(f"user{number % ACCOUNTS + 1}@yourdomain.com",))
        world.receive(MESSAGE, envelope, SentBy())
    world.close()
    folder.close()


def start(path: Path) -> tuple[float, float]:
    """Return the seconds from the start of a process to its ready file, and its megabytes of memory then."""
    began = time.perf_counter()
    served = Served(path)
    served.wait()
    took = time.perf_counter() - began
    status = Path(f"/proc/{served.process.pid}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    served.end(signal.SIGKILL)
    return took, int(found[1]) / 1024 if found else 0.0


class Measured:
    """A server and the seconds of its writes."""

    def __init__(self, path: Path) -> None:
        self._served = Served(path)
        self._served.wait()
        self._count = 0
        self.seconds: dict[str, list[float]] = {"HTTP": [], "SMTP": []}

    def end(self) -> None:
        """Stop the server."""
        self._served.end(signal.SIGKILL)

    def http(self) -> None:
        """Create accounts over one connection."""
        self.seconds["HTTP"].append(asyncio.run(self._http()))

    async def _http(self) -> float:
        client = Client(self._served.http)
        calls = [Atmail().create(f"new{self._count + number}", "Jane") for number in range(WRITES)]
        self._count += WRITES
        began = time.perf_counter()
        for call in calls:
            status, body = await client.ask(call)
            if status not in call.good or call.mark not in body:
                raise SystemExit(f"a write was refused: {status} {body[:300]!r}")
        took = time.perf_counter() - began
        client.close()
        return took

    def smtp(self) -> None:
        """Send messages over one connection to accounts that both servers have."""
        with smtplib.SMTP("127.0.0.1", self._served.smtp, timeout=30) as client:
            began = time.perf_counter()
            for number in range(WRITES):
                client.sendmail("a@example.com", [f"new{number}@yourdomain.com"], MESSAGE)
            self.seconds["SMTP"].append(time.perf_counter() - began)


def compare(full: Measured, empty: Measured) -> bool:
    """Print each ratio and return whether the goal is met."""
    met = True
    measures: list[tuple[str, Callable[[Measured], None]]] = [("HTTP", Measured.http), ("SMTP", Measured.smtp)]
    for name, measure in measures:
        for number in range(ROUNDS):
            for server in (full, empty) if number % 2 else (empty, full):
                measure(server)
        pairs = list(zip(full.seconds[name], empty.seconds[name], strict=True))[1:]
        ratio = statistics.median(ours / bare for ours, bare in pairs)
        ours, bare = (statistics.median(column) / WRITES * 1e6 for column in zip(*pairs, strict=True))
        met = met and ratio <= WRITE_GOAL
        print(
            f"{name} write {ours:12.0f} us  empty {bare:8.0f} us  ratio {ratio:.2f}"
            f"  goal {WRITE_GOAL:.2f} {'met' if ratio <= WRITE_GOAL else 'MISSED'}",
            flush=True,
        )
    return met


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="mockmail-data-") as folder:
        path = Path(folder) / "full" / "data"
        fill(path)
        with closing(sqlite3.connect(path / "sandboxes" / "1.sqlite")) as database:
            [count] = database.execute("SELECT count(*) FROM record WHERE vendor_table = 'atmail.accounts'").fetchone()
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        print(f"{count} accounts, {MESSAGES} messages, {size >> 20} MB in {path}", flush=True)
        took, memory = (statistics.median(column) for column in zip(*(start(path) for _ in range(5)), strict=True))
        bare = Path(folder) / "empty" / "data"
        bare.parent.mkdir()
        idle, least = (statistics.median(column) for column in zip(*(start(bare) for _ in range(5)), strict=True))
        verdict = "met" if took < START_GOAL else "MISSED"
        print(f"start {took:13.2f} s   empty {idle:8.2f} s   goal {START_GOAL:.2f} {verdict}", flush=True)
        print(f"memory {memory:11.0f} MB  empty {least:7.0f} MB", flush=True)
        full, empty = Measured(path), Measured(bare)
        try:
            met = compare(full, empty)
        finally:
            full.end()
            empty.end()
    return 0 if met and took < START_GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
