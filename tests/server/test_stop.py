"""The end of a server: no connection stays open, however far its acceptance had come."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from mockmail import MockMail
from mockmail.server import server

CONNECTIONS = 20
LARGE = 8_000_000
"""Bytes of a response that no socket buffer holds."""


@contextmanager
def nothing_left_open() -> Iterator[None]:
    """Fail if a socket or transport is collected before it was closed."""
    gc.collect()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in shown if warning.category is ResourceWarning] == []


def http_port(mm: MockMail) -> int:
    return int(mm.url.rpartition(":")[2])


def https_port(mm: MockMail) -> int:
    return int((mm.https_url or "").rpartition(":")[2])


@pytest.mark.parametrize("iterations", range(6))
@pytest.mark.parametrize("port", [http_port, https_port, lambda mm: mm.smtp_port], ids=["http", "https", "smtp"])
async def test_connection_that_arrives_while_the_server_stops_is_closed(
    port: Callable[[MockMail], int], iterations: int
):
    """The loop accepts a connection in several iterations, and the server may stop between any two of them."""
    with nothing_left_open(), ExitStack() as clients:
        async with MockMail(https_port=0) as mm:
            address = "127.0.0.1", port(mm)
            connected = [clients.enter_context(socket.create_connection(address)) for _ in range(CONNECTIONS)]
            for _ in range(iterations):
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert len(connected) == CONNECTIONS


def test_client_that_does_not_read_its_response_is_disconnected_when_the_server_stops():
    with nothing_left_open(), socket.socket() as client, MockMail() as mm:
        mm.stubs.add(method="GET", path="/large", text="x" * LARGE)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", http_port(mm)))
        client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.recv(1)

    assert client.fileno() == -1


def test_client_that_reads_its_response_gets_all_of_it_although_the_server_stops(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "GRACE", 60)
    read: list[bytes] = []

    def read_all(client: socket.socket) -> None:
        while data := client.recv(1 << 16):
            read.append(data)

    with nothing_left_open(), socket.socket() as client:
        reader = threading.Thread(target=read_all, args=[client])
        with MockMail() as mm:
            mm.stubs.add(method="GET", path="/large", text="x" * LARGE)
            client.connect(("127.0.0.1", http_port(mm)))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
            read.append(client.recv(1))
            reader.start()
        reader.join(60)

    assert b"".join(read).partition(b"\r\n\r\n")[2] == b"x" * LARGE
