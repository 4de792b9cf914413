"""Compare mockmail with its competitors: `python -m bench.competitors`, after `make competitors` has installed them.

By HTTP, WireMock, Mockoon and moto_server answer a stub with the same body. By SMTP, MailDev stores the same messages.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import ROUNDS, MakeRequest, first_answer, measured_round, process, program_of, request, serve_case
from bench.rackspace import ask, mailboxes
from bench.smtp import CASES as MAILS
from bench.smtp import serve_ours, smtp_round

PATIENCE = 60.0
BUCKET = "/bench"
OBJECT = f"{BUCKET}/stub"
AWS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request",
    "Content-Type": "application/json",
}


@dataclass(frozen=True)
class Competitor:
    """A server to compare with.

    command: starts it on a port, in a folder of its own. prepare: makes it answer `path` with this body.
    headers: of the request for `path`.
    """

    name: str
    command: Callable[[str, int, Path], Sequence[str]]
    prepare: Callable[[int, bytes, Path], None]
    path: str = "/stub"
    headers: Mapping[str, str] = field(default_factory=dict)


def _wiremock_stub(_: int, body: bytes, folder: Path) -> None:
    response = {"status": 200, "body": body.decode(), "headers": {"Content-Type": "application/json"}}
    mappings = folder / "mappings"
    mappings.mkdir()
    (mappings / "stub.json").write_text(json.dumps({"request": {"url": "/stub"}, "response": response}))


def _mockoon_stub(port: int, body: bytes, folder: Path) -> None:
    response = {
        "uuid": "response",
        "body": body.decode(),
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "disableTemplating": True,
        "default": True,
    }
    route = {"uuid": "route", "type": "http", "method": "get", "endpoint": "stub", "responses": [response]}
    environment = {
        "uuid": "bench",
        "lastMigration": 33,
        "name": "bench",
        "port": port,
        "hostname": "127.0.0.1",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": "route"}],
        "headers": [],
    }
    (folder / "stub.json").write_text(json.dumps(environment))


def _moto_object(port: int, body: bytes, _: Path) -> None:
    for path, content in ((BUCKET, b""), (OBJECT, body)):
        _wait_for(port)
        put = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=content, headers=AWS, method="PUT")
        urllib.request.urlopen(put, timeout=PATIENCE).close()


def _nothing(_: int, __: bytes, ___: Path) -> None:
    pass


HTTP = (
    Competitor(
        "wiremock",
        lambda program, port, folder: [program, "--port", str(port), "--root-dir", str(folder), "--disable-banner"],
        _wiremock_stub,
    ),
    Competitor(
        "mockoon-cli",
        lambda program, port, folder: [program, "start", "--data", str(folder / "stub.json"), "--port", str(port)],
        _mockoon_stub,
    ),
    Competitor("moto_server", lambda program, port, _: [program, "-p", str(port)], _moto_object, OBJECT, AWS),
)

MAILDEV = Competitor(
    "maildev", lambda program, port, _: [program, "--ip", "127.0.0.1", "--smtp", str(port), "--disable-web"], _nothing
)


def measure() -> None:
    """Measure a Rackspace mailbox.show in JSON, and messages by SMTP, against each competitor that is installed."""
    make = ask("/user{}", "application/json", 100)
    numbers = itertools.count()
    with process(serve_case, mailboxes(100)) as port:
        body = asyncio.run(first_answer(port, make(0))).body
        for competitor in HTTP:
            with _running(competitor, body) as other:
                if other is not None:
                    stub = _get(competitor)
                    rounds = [
                        (
                            asyncio.run(measured_round(port, make, numbers)),
                            asyncio.run(measured_round(other, stub, numbers)),
                        )
                        for _ in range(ROUNDS + 2)
                    ][2:]
                    _print("rackspace mailbox.show, JSON", competitor.name, rounds)
    with process(serve_ours, None) as port, _running(MAILDEV, b"") as other:
        for mail in MAILS if other is not None else ():
            rounds = [
                (asyncio.run(smtp_round(port, mail, numbers)), asyncio.run(smtp_round(other, mail, numbers)))
                for _ in range(ROUNDS + 1)
            ][1:]
            _print(mail.name, MAILDEV.name, rounds)


def _get(competitor: Competitor) -> MakeRequest:
    get = request("GET", competitor.path, headers=competitor.headers)
    return lambda _: get


@contextmanager
def _running(competitor: Competitor, body: bytes) -> Iterator[int | None]:
    program = program_of(competitor.name)
    if program is None:
        print(f"{competitor.name} is not installed and is left out; `make competitors` installs it", flush=True)
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        before_start = competitor.prepare is not _moto_object
        if before_start:
            competitor.prepare(port, body, Path(folder))
        started = subprocess.Popen(
            competitor.command(program, port, Path(folder)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for(port)
            if not before_start:
                competitor.prepare(port, body, Path(folder))
            yield port
        finally:
            os.killpg(started.pid, 15)
            started.wait(PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port} after {PATIENCE:.0f} s")


def _print(case: str, name: str, rounds: Sequence[tuple[float, float]]) -> None:
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    verdict = "ahead" if ratio > 1 else "BEHIND"
    print(f"{case:44} {ours:8.0f}/s  {name} {theirs:8.0f}/s  ratio {ratio:.2f}  {verdict}", flush=True)


if __name__ == "__main__":
    measure()
