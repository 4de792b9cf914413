"""Records and mail for a data folder, and a process that serves it."""

from __future__ import annotations

import json
import os
import resource
import signal
import smtplib
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

from http_client import send_request

from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.state.database_file import sandbox_of


def account(name, **fields):
    """Return a record of atmail for `name@yourdomain.com`."""
    given = {
        "accountId": sum(name.encode()), "createdByUserId": 1, "username": f"{name}@yourdomain.com",
        "password": "changeme", "domainId": 1, "dateModified": "", "dateCreate": "", "homeDir": "",
    }  # fmt: skip
    return given | fields


def receive(world, text="Hello", recipient="jane@yourdomain.com"):
    raw = f"Subject: {text}\r\n\r\n{text}\r\n".encode()
    return world.receive(raw, Envelope(sender="a@example.com", recipients=(recipient,)), SentBy())


class Process:
    """`mockmail serve` on a folder."""

    def __init__(self, folder, scratch, *flags, stdout=subprocess.DEVNULL):
        self._ready = scratch / f"ready-{time.monotonic_ns()}"
        self.folder = folder
        command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0"]
        command += ["--data-dir", str(folder), "--ready-file", str(self._ready), *flags]
        self.process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, env=self._environment())
        self.pid = self.process.pid

    def wait(self):
        end = time.monotonic() + 30
        while not self._ready.exists():
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < end, "it did not start in 30 seconds"
            time.sleep(0.01)
        facts = json.loads(self._ready.read_text())
        self.http, self.smtp = (int(facts[name].rpartition(":")[2]) for name in ("http", "smtp"))
        return self

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return send_request(f"http://127.0.0.1:{self.http}", method, path, body, headers=named)

    def send(self, raw, recipient="jane@yourdomain.com"):
        """Send a message and return the reply to DATA."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as client:
            client.ehlo()
            client.mail("a@example.com")
            client.rcpt(recipient)
            code, text = client.data(raw)
            return code, text.decode()

    def end(self, number=signal.SIGKILL):
        """Send a signal and return the exit status and the standard error output."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors.decode()

    @contextmanager
    def limited(self, kind, soft):
        """Set a resource limit of the running process, and restore it afterwards."""
        before = resource.prlimit(self.pid, kind)
        resource.prlimit(self.pid, kind, (soft, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.pid, kind, before)

    def _environment(self):
        return {name: value for name, value in os.environ.items() if name != "MOCKMAIL_DATA_DIR"}


def default_file(folder) -> Path:
    """Return the file of the default sandbox."""
    [found] = [path for path in folder.glob("sandboxes/*.sqlite") if sandbox_of(path) == "default"]
    return found


@contextmanager
def edited(path):
    """Open a connection of `sqlite3` to a sandbox's file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection
