"""A proxy that records what a browser asks for, or that serves mockmail below a path prefix."""

from __future__ import annotations

import asyncio
import re
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_OWN = re.compile(r"(?:http://)?[\w-]+\.(?:google|googleapis|gvt1)\.com[:/]")


class Proxy:
    """Passes requests to one server, and refuses those for any other.

    prefix: what it takes off the path. Without one it is a browser's proxy: its requests have whole URLs.
    seen: the method and URL of each request. broken: set it to close connections at once, as a lost network does.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._targets: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.broken = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self._prefix}"

    @property
    def target(self) -> str:
        """The URL of the server that requests are passed to."""
        return self._targets[-1] if self._targets else ""

    @target.setter
    def target(self, url: str) -> None:
        self._targets.append(url)

    def cut(self) -> None:
        """Close every connection, and refuse new ones until `broken` is False again."""
        self.broken = True
        self._loop.call_soon_threadsafe(self._close_all)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._close_all)
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    def foreign(self) -> list[str]:
        """Return the URLs of requests for other servers, without those that Chromium makes for itself.

        A request of the page for an earlier target may arrive late.
        """
        known = tuple(f"{target}/" for target in self._targets)
        foreign = [url for _, url in self.seen if not url.startswith(known)]
        return [url for url in foreign if not _OWN.match(url)]

    def _close_all(self) -> None:
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            if not self.broken:
                await self._pass(reader, writer)
        self._writers.discard(writer)
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, _, headers = head.partition("\r\n")
        method, url, version = line.split(" ")
        if self._prefix:
            known = url.startswith(self._prefix)
            path = url.removeprefix(self._prefix)
        else:
            self.seen.append((method, url))
            known = url.startswith(f"{self.target}/")
            path = url.removeprefix(self.target)
        if not known:
            writer.write(b"HTTP/1.1 502 Elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        kept = [field for field in headers.split("\r\n") if not field.lower().startswith(("connection:", "proxy-"))]
        parts = urlsplit(self.target)
        upstream, to_server = await asyncio.open_connection(parts.hostname, parts.port)
        self._writers.add(to_server)
        to_server.write("\r\n".join([f"{method} {path} {version}", "Connection: close", *kept]).encode("latin-1"))
        await asyncio.wait(
            [asyncio.ensure_future(pump(reader, to_server)), asyncio.ensure_future(pump(upstream, writer))],
            return_when=asyncio.FIRST_COMPLETED,
        )
        self._writers.discard(to_server)
        to_server.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
