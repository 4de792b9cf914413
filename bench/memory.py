"""Measure the memory of `mockmail serve`, idle and with stored messages of 2 KB: `python -m bench.memory`."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.smtp import CASES

IDLE_GOAL = 60.0
MESSAGE_GOAL = 6.0
MESSAGES = 20_000
WARM_UP = 200
PATIENCE = 30.0


def measure() -> None:
    """Start a server that keeps everything in memory, send messages, and print its resident memory."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0", "--quiet"]
        server = subprocess.Popen([*command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while not ready.exists():
                if time.monotonic() > end:
                    raise SystemExit(f"mockmail is not ready after {PATIENCE:.0f} s")
                time.sleep(0.01)
            port = int(json.loads(ready.read_text())["smtp"].rpartition(":")[2])
            idle = _resident(server.pid)
            _send(port, WARM_UP)
            before = _resident(server.pid)
            _send(port, MESSAGES)
            after = _resident(server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)
    each = 1024 * (after - before) / MESSAGES
    _print("idle", idle, IDLE_GOAL, "MB")
    _print("each stored message of 2 KB", each, MESSAGE_GOAL, "KB")


def _send(port: int, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(count):
            client.sendmail("bob@example.com", ["jane@example.com"], CASES[0].raw(number))


def _resident(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    if found is None:
        raise SystemExit("this system does not tell a process's memory")
    return int(found[1]) / 1024


def _print(what: str, figure: float, goal: float, unit: str) -> None:
    verdict = "met" if figure <= goal else "MISSED"
    print(f"{what:30} {figure:6.1f} {unit}  goal {goal:.0f} {unit} {verdict}", flush=True)


if __name__ == "__main__":
    measure()
