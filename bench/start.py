"""Measure the time from process start to first response, side by side: `python -m bench.start`.

The others are a bare aiohttp server and, where they are installed, moto_server, mountebank (`mb`) and MailDev.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.harness import program_of

STARTS = 9
PATIENCE = 30.0

BARE = """
from aiohttp import web
async def hello(_): return web.Response(text="hello")
application = web.Application()
application.router.add_get("/", hello)
web.run_app(application, host="127.0.0.1", port={port}, print=None)
"""


@dataclass(frozen=True)
class Contestant:
    """A server to start. command: starts it on a port. path: of the request."""

    name: str
    command: Callable[[int], Sequence[str]]
    path: str = "/"


def contestants() -> list[Contestant]:
    """Return mockmail, a bare server and the installed competitors."""
    serve = ("-m", "mockmail", "serve", "--smtp-port", "0", "--http-port")
    found = [
        Contestant("mockmail serve", lambda port: [sys.executable, *serve, str(port)], "/_mockmail/health"),
        Contestant("bare aiohttp", lambda port: [sys.executable, "-c", BARE.format(port=port)]),
    ]
    for name, options in (
        ("moto_server", lambda port: ["-p", str(port)]),
        ("mb", lambda port: ["--port", str(port), "--nologfile"]),
        ("maildev", lambda port: ["--web", str(port), "--smtp", str(_free_port()), "--ip", "127.0.0.1"]),
    ):
        if (program := program_of(name)) is not None:
            found.append(Contestant(name, lambda port, program=program, options=options: [program, *options(port)]))
        else:
            print(f"{name} is not installed here, and left out")
    return found


def measure() -> None:
    """Start each in turn, several times, and print the times."""
    some = contestants()
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in some}
    for _ in range(STARTS + 1):
        for contestant in some:
            taken[contestant.name].append(_start(contestant))
    ours = statistics.median(taken["mockmail serve"][1:])
    for name, seconds in taken.items():
        middle = statistics.median(seconds[1:])
        print(f"start of {name:35} {1000 * middle:8.0f} ms  mockmail takes {ours / middle:.2f} of it", flush=True)


def _start(contestant: Contestant) -> float:
    port = _free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(contestant.command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}{contestant.path}"):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise SystemExit(f"{contestant.name} does not start")
            time.sleep(0.002)
        return time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # which is an answer, if not to what was asked
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    measure()
