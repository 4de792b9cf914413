"""SMTP as it is spoken, byte by byte."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest


class Dialogue:
    """A connection to the sink whose every byte the test chooses."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.replies = self.socket.makefile("rb")
        self.greeting = self.reply()

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self) -> str:
        """The next reply; the lines of one that has several are joined by `|`. Empty at the end of the connection."""
        lines = []
        while line := self.replies.readline():
            lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            if lines[-1][3:4] != "-":
                break
        return "|".join(lines)

    def say(self, line: str) -> str:
        """Send a command, and give its reply."""
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def codes(self, *lines: str) -> list[str]:
        """The codes of the replies to some commands, one after the other."""
        return [self.say(line)[:3] for line in lines]

    def begin(self, recipient: str = "jane@example.com") -> None:
        """An envelope, up to the invitation to send data."""
        assert self.codes("EHLO client.test", "MAIL FROM:<bob@example.com>", f"RCPT TO:<{recipient}>", "DATA") == [
            "250", "250", "250", "354",
        ]  # fmt: skip

    def close(self) -> None:
        self.replies.close()
        self.socket.close()


@pytest.fixture
def dialogue_of() -> Iterator[Any]:
    """Opens dialogues with the sink of a server."""
    opened: list[Dialogue] = []

    def open_one(mm: Any) -> Dialogue:
        opened.append(Dialogue((mm.smtp_host, mm.smtp_port)))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def dialogue(mockmail, dialogue_of) -> Any:
    """Opens dialogues with the sink."""
    return lambda: dialogue_of(mockmail)


@pytest.fixture
def talk(dialogue) -> Dialogue:
    """One dialogue, greeted."""
    return dialogue()


@pytest.fixture
def client(mockmail) -> Iterator[smtplib.SMTP]:
    """The standard library's client."""
    with closing(smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20)) as smtp:
        yield smtp
