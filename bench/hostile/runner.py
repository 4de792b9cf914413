"""Run an attack against a server process of its own, and measure what it costs everybody else."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from bench.hostile.target import PATIENCE, Attack, Server, connection, control, http, reply_of

LOOPS = ("asyncio", "uvloop")
SERVE = "import sys; sys.modules.update({hidden}); from mockmail.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Cost:
    """The cost of an attack. idle and stall: seconds of the probe's slowest answer before and during it."""

    idle: float
    stall: float
    megabytes: float
    seconds: float


def attack(chosen: Attack, loop: str, scale: float = 1.0) -> Cost:
    """Run an attack against a new server on a loop, and return its cost."""
    with serving(loop, chosen.flags) as (process, ports), _probing(process.pid, ports.http) as probe:
        idle = probe.stall.value
        server = replace(ports, scale=scale)
        asyncio.run(_import_everything(server))
        probe.wait_for_an_answer()
        before = probe.memory.value
        probe.stall.value = 0.0
        begun = time.monotonic()
        asyncio.run(chosen.run(server))
        seconds = time.monotonic() - begun
        probe.wait_for_an_answer()
        if process.poll() is not None:
            raise AssertionError(f"the server ended with status {process.returncode}")
        return Cost(idle, probe.stall.value, (probe.memory.value - before) / (1 << 20), seconds)


async def _import_everything(server: Server) -> None:
    """Send the first requests, for which a server imports what it needs: that takes long, but only once."""
    await http(server, "GET /1/mail")
    await http(server, "GET http://www.example.com/")
    await http(server, f"GET {control('requests')}")
    async with connection(server.smtp) as (reader, _):
        await reply_of(reader)


@contextmanager
def serving(loop: str, flags: tuple[str, ...] = ()) -> Iterator[tuple[subprocess.Popen[bytes], Server]]:
    """Run `mockmail serve` on an event loop, and give its process and ports."""
    hidden = "uvloop=None" if loop == "asyncio" else ""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [sys.executable, "-c", SERVE.format(hidden=hidden), "serve", "--http-port", "0", "--smtp-port", "0"]
        command += ["--quiet", "--ready-file", str(ready), *flags]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 30
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"mockmail does not start with {flags}")
                time.sleep(0.01)
            ports = json.loads(ready.read_text())
            yield process, Server(*(_port(ports[name]) for name in ("http", "smtp", "https")))
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def _port(address: str | None) -> int:
    return int(address.rpartition(":")[2]) if address else 0


@dataclass(frozen=True)
class _Probe:
    stall: Synchronized[float]
    memory: Synchronized[int]
    answers: Synchronized[int]

    def wait_for_an_answer(self) -> None:
        """Wait until a request that was sent after this call is answered."""
        seen = self.answers.value
        end = time.monotonic() + PATIENCE
        while self.answers.value < seen + 2:
            if time.monotonic() > end:
                raise AssertionError(f"the server does not answer within {PATIENCE:.0f} s")
            time.sleep(0.01)


@contextmanager
def _probing(server: int, port: int) -> Iterator[_Probe]:
    context = multiprocessing.get_context("spawn")
    probe = _Probe(context.Value("d", 0.0), context.Value("q", 0), context.Value("q", 0))  # type: ignore[arg-type]  # typeshed has no generic Value
    process = context.Process(target=_ask_for_health, args=(server, port, probe), daemon=True)
    process.start()
    try:
        end = time.monotonic() + 30
        while probe.answers.value < 50 and time.monotonic() < end:
            time.sleep(0.01)
        yield probe
    finally:
        process.terminate()
        process.join()


def _ask_for_health(server: int, port: int, probe: Any) -> None:
    page = 4096
    link = socket.create_connection(("127.0.0.1", port))
    while True:
        begun = time.perf_counter()
        link.sendall(b"GET /_mockmail/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        link.recv(65536)
        taken = time.perf_counter() - begun
        if probe.answers.value:
            probe.stall.value = max(probe.stall.value, taken)
        with suppress(FileNotFoundError):
            resident = int(Path(f"/proc/{server}/statm").read_text().split()[1]) * page
            probe.memory.value = max(probe.memory.value, resident)
        probe.answers.value += 1
        time.sleep(0.005)
