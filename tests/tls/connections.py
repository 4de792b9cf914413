"""Connections byte by byte."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def finish(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes the connection."""
    received = b""
    while block := connection.recv(65536):
        received += block
    return received


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)
