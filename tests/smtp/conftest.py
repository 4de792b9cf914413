"""SMTP connections, byte by byte."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from mockmail.inprocess.fixture import FixtureHost


class Dialogue:
    """A connection to the sink for any bytes."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.replies = self.socket.makefile("rb")
        self.greeting = self.reply()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> str:
        """Return the next reply, its lines joined by `|`; empty at the end of the connection."""
        lines = []
        while line := self.replies.readline():
            lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            if lines[-1][3:4] != "-":
                break
        return "|".join(lines)

    def say(self, line: str) -> str:
        """Send a command and return its reply."""
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def codes(self, *lines: str) -> list[str]:
        """Send commands and return the codes of their replies."""
        return [self.say(line)[:3] for line in lines]

    def begin(self, recipient: str = "jane@example.com") -> None:
        """Send the commands of an envelope, up to DATA."""
        assert self.codes("EHLO client.test", "MAIL FROM:<bob@example.com>", f"RCPT TO:<{recipient}>", "DATA") == [
            "250", "250", "250", "354",
        ]  # fmt: skip

    def close(self) -> None:
        self.replies.close()
        self.socket.close()


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def _mockmail_host(request) -> Iterator[Any]:
    """Run the servers of these tests on both event loops."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "uvloop":
            loops = pytest.importorskip("uvloop", reason="uvloop is not installed: install mockmail[speedups]")
            patch.setattr(asyncio, "new_event_loop", loops.new_event_loop)
        host = FixtureHost()
    yield host
    host.close()


@pytest.fixture
def dialogue_of() -> Iterator[Any]:
    """Open dialogues with the sink of a server."""
    opened: list[Dialogue] = []

    def open_dialogue(mm: Any) -> Dialogue:
        opened.append(Dialogue((mm.smtp_host, mm.smtp_port)))
        return opened[-1]

    yield open_dialogue
    for talk in opened:
        talk.close()


@pytest.fixture
def dialogue(mockmail, dialogue_of) -> Any:
    """Open dialogues with the sink."""
    return lambda: dialogue_of(mockmail)


@pytest.fixture
def talk(dialogue) -> Dialogue:
    """Open one dialogue."""
    return dialogue()


@pytest.fixture
def client(mockmail) -> Iterator[smtplib.SMTP]:
    """Open a connection with the client of the standard library."""
    with closing(smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20)) as smtp:
        yield smtp
