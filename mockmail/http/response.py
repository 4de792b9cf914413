"""Writing an answer exactly as a vendor gave it.

aiohttp's own response adds what no vendor said (a Content-Type for an empty body, a Server) and orders headers its own
way; a client that is pointed here should see the vendor's headers and nothing else. Its connections, keep-alive and
flow control are aiohttp's all the same.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion10, web

from mockmail.core.exchange import WireResponse

DRAINED = 65536
"""Answers of more bytes than this wait until the client has taken some."""

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = (204, 304)
_NO_BREAKS = str.maketrans("\r\n", "  ")


class DirectResponse(web.StreamResponse):
    """An answer's bytes on their way to a connection.

    It takes aiohttp's place for one: the three things its server does with a response are here, and nothing else is.
    """

    def __init__(self, answer: WireResponse, *, at: datetime, server: str = "") -> None:
        """`at`: the moment that its Date says. server: who serves, unless the answer says that itself."""
        self._answer = answer
        self._server = server
        self._at = at
        self._stays = True

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    @property
    def body(self) -> bytes:
        """What is sent after the headers."""
        return self._answer.body

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection goes on."""
        return self._stays

    def force_close(self) -> None:
        """End the connection after this answer."""
        self._stays = False

    async def prepare(self, request: web.BaseRequest) -> Any:
        """Send everything."""
        self._stays = self._stays and request.keep_alive
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client is gone")
        is_bare = request.method == "HEAD" or self._answer.status in _BODILESS
        content = b"" if is_bare else self._answer.body
        transport.write(self._head(request) + content)
        if len(content) > DRAINED:
            await request.writer.drain()

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing more to send."""

    def _head(self, request: web.BaseRequest) -> bytes:
        head = _beginning(self._answer)
        if self._server and "\r\nserver: " not in head.lower():
            head = f"{head}Server: {self._server}\r\n"
        if self._answer.status not in _BODILESS:
            head = f"{head}Content-Length: {len(self._answer.body)}\r\n"
        head = f"{head}Date: {http_date(int(self._at.timestamp()))}\r\n"
        if not self._stays:
            head += "Connection: close\r\n"
        elif request.version == HttpVersion10:
            head += "Connection: keep-alive\r\n"
        return head.encode("utf-8", "surrogateescape") + b"\r\n"


def _beginning(answer: WireResponse) -> str:
    """The status line and a vendor's headers."""
    lines = [f"HTTP/1.1 {answer.status} {answer.reason or _REASONS.get(answer.status, 'Unknown')}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in answer.headers]
    head = "".join(lines)
    if head.count("\r") + head.count("\n") == 2 * len(lines):
        return head
    # A line break in a header would be the end of it: no value can smuggle one in.
    return "".join(f"{line[:-2].translate(_NO_BREAKS)}\r\n" for line in lines)


@lru_cache(maxsize=64)
def http_date(second: int) -> str:
    """A moment, in seconds since 1970, as HTTP writes it."""
    return formatdate(second, usegmt=True)
