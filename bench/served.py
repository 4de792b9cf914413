"""A mockmail process on a data folder, and the moments at which it may be killed."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from bench.load import LARGEST

PORTS = range(20_000, 30_000)
"""Ports that no program gets for port 0: another server on the port of a killed one would acknowledge its mail."""


class Served:
    """A mockmail process on a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = folder.with_name("ready.json")
        self._ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "mockmail", "serve", "--quiet"]
        command += ["--http-port", str(_free_port()), "--smtp-port", str(_free_port())]
        command += ["--max-message-bytes", str(LARGEST), "--data-dir", str(folder), "--ready-file", str(self._ready)]
        self._errors = folder.with_name("errors.txt").open("w+b")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKMAIL_")}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self._errors, env=environment)
        self.http = self.smtp = 0

    def wait(self) -> None:
        """Wait until it listens. Raise SystemExit if it does not."""
        end = time.monotonic() + 30
        while not self._ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"mockmail does not start (status {self.process.poll()}): {self.errors()}")
            time.sleep(0.005)
        facts = json.loads(self._ready.read_text())
        self.http, self.smtp = (int(facts[name].rpartition(":")[2]) for name in ("http", "smtp"))

    def kill_in_a_sandbox(self, seconds: float) -> bool:
        """Kill it while a sandbox is made or removed, or after so many seconds; return whether one was."""
        sandboxes = self._folder / "sandboxes"
        before = set(os.listdir(sandboxes))  # noqa: PTH208  # every microsecond counts
        end = time.monotonic() + seconds
        seen = False
        while not seen and time.monotonic() < end and self.process.poll() is None:
            seen = set(os.listdir(sandboxes)) != before  # noqa: PTH208  # likewise
        self.process.send_signal(signal.SIGKILL)
        return seen

    def end(self, number: int) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def errors(self) -> str:
        """Return its standard error."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
