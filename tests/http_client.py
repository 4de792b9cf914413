"""The HTTP client of the tests: it sends exactly what a test gives it."""

from __future__ import annotations

import base64
import http.client
import json as json_module
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree


@dataclass
class Response:
    """A response; the names of its headers are case-insensitive."""

    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @property
    def xml(self) -> Any:
        return etree.fromstring(self.body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def basic(username: str | None, password: str | None) -> str:
    """Return the value of an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


class _Connection(http.client.HTTPConnection):
    # The standard connection refuses a path with characters outside ASCII.
    def _encode_request(self, request: str) -> bytes:
        return request.encode("latin-1")


def send_request(
    url: str,
    method: str,
    path: str = "",
    body: bytes | str | None = None,
    *,
    form: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
    json: Any = None,
    headers: Mapping[str, str | bytes | None] | None = None,
    response_class: type[Any] = Response,
    timeout: float = 30,
) -> Any:
    """Send one request and return its response.

    `form` and `json` are encoded, with their `Content-Type` unless `headers` has one. A header of None is not sent.
    Other headers than these, `Host` and `Content-Length` are not added.
    """
    given: dict[str, str | bytes | None] = {}
    if form is not None:
        body, given = urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    elif json is not None:
        body, given = json_module.dumps(json).encode(), {"Content-Type": "application/json"}
    elif isinstance(body, str):
        body = body.encode()
    given |= headers or {}
    sent = {name: value for name, value in given.items() if value is not None}
    netloc = urlsplit(url).netloc
    target = url.partition(netloc)[2] + path
    connection = _Connection(netloc, timeout=timeout)
    try:
        connection.putrequest(method, target, skip_host="Host" in sent, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        if body is not None and "Content-Length" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response_class(response.status, response.reason, response.headers, response.read())
    finally:
        connection.close()


def open_socket(url: str, timeout: float = 30) -> socket.socket:
    """Connect to a server, to send bytes that may be no HTTP."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=timeout)


def send_bytes(
    url: str, sent: bytes, *, timeout: float = 30, end: bool = False, ignored: tuple[type[OSError], ...] = ()
) -> bytes:
    """Send bytes and return all bytes that the server sends until it closes the connection.

    end: close the sending side of the connection after the bytes.
    ignored: errors after which the bytes received so far are returned; others are raised.
    """
    received = b""
    with open_socket(url, timeout) as connection:
        connection.sendall(sent)
        if end:
            connection.shutdown(socket.SHUT_WR)
        with suppress(*ignored):
            while block := connection.recv(65536):
                received += block
    return received
