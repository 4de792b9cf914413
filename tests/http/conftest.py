"""Connections for HTTP byte by byte."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from http_client import open_socket

ADMIN = f"Authorization: Basic {base64.b64encode(b'admin:changeme').decode()}\r\n".encode()
ROLES = "/admin/index.php/api/users/rolelist"


@dataclass
class Answer:
    """A response: status line, headers (names in lower case, repeated ones joined by `; `) and body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.line.split()[1])


class Wire:
    """A connection to the server whose every byte the test chooses."""

    def __init__(self, mm: Any) -> None:
        self.socket = open_socket(mm.url)
        self.stream = self.socket.makefile("rb")

    def send(self, payload: bytes) -> None:
        self.socket.sendall(payload)

    def answer(self, *, head: bool = False) -> Answer:
        """Read the next response; its body has the length of its Content-Length."""
        line = self.stream.readline().decode("latin-1").rstrip("\r\n")
        headers: dict[str, str] = {}
        while (field := self.stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = field.partition(":")
            joined = [headers[name.lower()]] if name.lower() in headers else []
            headers[name.lower()] = "; ".join([*joined, value.strip()])
        return Answer(line, headers, b"" if head else self.stream.read(int(headers.get("content-length", 0))))

    def ask(self, payload: bytes, *, head: bool = False) -> Answer:
        self.send(payload)
        return self.answer(head=head)

    def is_closed(self) -> bool:
        """Return whether the server has closed the connection."""
        return self.stream.read(1) == b""

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


@pytest.fixture
def wire_to() -> Iterator[Any]:
    """Open connections to servers."""
    opened: list[Wire] = []

    def open_one(mm: Any) -> Wire:
        opened.append(Wire(mm))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def wire(mockmail, wire_to) -> Wire:
    """Open one connection."""
    return wire_to(mockmail)


def request(
    method: str = "GET", path: str = ROLES, *, headers: bytes = b"", body: bytes | None = None, version: str = "1.1"
) -> bytes:
    """Return the bytes of a request of the vendor's administrator."""
    length = b"" if body is None else b"Content-Length: %d\r\n" % len(body)
    return (
        f"{method} {path} HTTP/{version}\r\nHost: localhost\r\n".encode()
        + ADMIN
        + headers
        + length
        + b"\r\n"
        + (body or b"")
    )


@pytest.fixture(name="request_of")
def _request_of() -> Any:
    return request
