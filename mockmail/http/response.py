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

DRAINED = 65536
"""Answers of more bytes than this wait until the client has taken some."""

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = (204, 304)
_NO_BREAKS = str.maketrans("\r\n", "  ")


class DirectResponse(web.StreamResponse):
    """An answer's bytes on their way to a connection. at: the moment that its Date says.

    It takes aiohttp's place for one: the three things its server does with a response are here, and nothing else is.
    """

    def __init__(  # there is nothing of aiohttp's response to set up
        self,
        status: int,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        *,
        at: datetime,
        reason: str | None = None,
    ) -> None:
        self._code = status
        self._fields = headers
        self._content = body
        self._phrase = reason
        self._at = at
        self._stays = True

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._code

    @property
    def body(self) -> bytes:
        """What is sent after the headers."""
        return self._content

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
        content = b"" if request.method == "HEAD" or self._code in _BODILESS else self._content
        transport.write(self._head(request) + content)
        if len(content) > DRAINED:
            await request.writer.drain()

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing more to send."""

    def _head(self, request: web.BaseRequest) -> bytes:
        head = _beginning(self._code, self._phrase, self._fields)
        if self._code not in _BODILESS:
            head = f"{head}Content-Length: {len(self._content)}\r\n"
        head = f"{head}Date: {http_date(int(self._at.timestamp()))}\r\n"
        if not self._stays:
            head += "Connection: close\r\n"
        elif request.version == HttpVersion10:
            head += "Connection: keep-alive\r\n"
        return head.encode("utf-8", "surrogateescape") + b"\r\n"


@lru_cache(maxsize=256)
def _beginning(status: int, phrase: str | None, fields: tuple[tuple[str, str], ...]) -> str:
    """The status line and a vendor's headers, which most answers share with others."""
    lines = [f"HTTP/1.1 {status} {phrase or _REASONS.get(status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in fields]
    # A line break in a header would be the end of it: no value can smuggle one in.
    return "".join(f"{line.translate(_NO_BREAKS)}\r\n" for line in lines)


@lru_cache(maxsize=64)
def http_date(second: int) -> str:
    """A moment, in seconds since 1970, as HTTP writes it."""
    return formatdate(second, usegmt=True)
