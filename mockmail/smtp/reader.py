"""The stream that aiosmtpd reads from: commands line by line, a message's data by the block, with a transcript."""

from __future__ import annotations

import asyncio
from typing import Any

END = b"\r\n"
LAST = b".\r\n"
"""The line that ends a message."""
CHUNK = 128 << 10
"""How many bytes of a message's data are taken up at a time."""
LONGEST_AUTH_LINE = 12_288
"""How many bytes a line that authenticates may have, its end included (RFC 4954, 4)."""


MOST_LINES = 500
"""How many lines of a dialogue are kept; the envelope has every recipient even so."""


class Transcript:
    """The dialogue of one connection: the lines before its first MAIL, and those since its last MAIL or message."""

    def __init__(self) -> None:
        self._greeting: list[str] = []
        self._lines: list[str] = []
        self._greeted = False

    def client(self, line: bytes) -> None:
        """Add a line from the client, without the credentials that follow AUTH."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        verb, blank, _ = text.partition(" ")
        if verb.upper() == "MAIL":
            self._greeted = True
            self._lines.clear()
        if verb.upper() == "AUTH" and blank:
            text = f"{' '.join(text.split(' ')[:2])} ***"
        self._keep(f"C: {text}")

    def secret(self) -> None:
        """Add a line from the client that answers an AUTH challenge, masked."""
        self._keep("C: ***")

    def server(self, line: str) -> None:
        """Add a line from the server."""
        self._keep(f"S: {line}")

    def take_message(self) -> tuple[str, ...]:
        """Return the greeting and the lines of the message that just ended; `since_message` begins anew."""
        lines, self._lines = self._lines, []
        return (*self._greeting, *lines)

    def since_message(self) -> tuple[str, ...]:
        """Return the lines since the last message ended."""
        return tuple(self._lines)

    def _keep(self, line: str) -> None:
        lines = self._lines if self._greeted else self._greeting
        if len(lines) < MOST_LINES:
            lines.append(line)


class AuthLineTooLong(Exception):
    """The answer to an AUTH challenge is over the bound; it has been read to its end."""


class SinkReader:
    """A stream reader that notes what a client says, and hands on a message's data many lines at once.

    aiosmtpd asks for each line of a message. It takes a dot off where what it gets begins with one, and ends the
    message where that is all there is. It gets many lines in one piece, as long as its bound for a line allows, with
    the dots of all but the first taken off; the one that ends the message comes alone.

    longest: that bound, in bytes, CRLF included.
    """

    def __init__(self, reader: Any, transcript: Transcript, longest: int) -> None:
        self._reader = reader
        self._transcript = transcript
        self._longest = longest
        self._ahead = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_reader", "_transcript", "_longest", "_ahead"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._reader, name, value)

    def forget(self) -> None:
        """Drop what a client said before its connection became secure."""
        self._ahead.clear()

    async def readuntil(self, separator: bytes = b"") -> bytes:
        """A line, or lines. aiosmtpd names the separator where it reads a message's data, and only there."""
        if separator:
            return await self._block()
        line = await self._line()
        self._transcript.client(line)
        return line

    async def readline(self) -> bytes:
        """A line that answers an AUTH challenge. Raises AuthLineTooLong."""
        self._transcript.secret()
        is_longer = False
        while True:
            try:
                line = await self._line()
            except asyncio.LimitOverrunError as error:
                is_longer = True
                await self.read(error.consumed)
            else:
                break
        if is_longer or len(line) > LONGEST_AUTH_LINE:
            raise AuthLineTooLong
        return line

    async def read(self, size: int) -> bytes:
        """A piece of a line that is over the bound. aiosmtpd collects them to refuse them: a byte will do."""
        if not self._ahead:
            octets: bytes = await self._reader.read(size)
            return octets[:1]
        return bytes(self._take(size)[:1])

    async def _line(self) -> bytes:
        """A command: behind a message that was read ahead, or as it comes."""
        if self._ahead:
            end = self._ahead.find(b"\n")
            if end >= 0:
                return bytes(self._take(end + 1))
            rest: bytes = await self._reader.readuntil()
            return bytes(self._take(len(self._ahead))) + rest
        line: bytes = await self._reader.readuntil()
        return line

    async def _block(self) -> bytes:
        """What there is of a message. Raises LimitOverrunError for a line over the bound, as a stream reader does."""
        while not (size := self._block_size()):
            if len(self._ahead) > self._longest:
                raise asyncio.LimitOverrunError("a line is over the bound", self._line_size())
            more = await self._reader.read(CHUNK)
            if not more:
                raise asyncio.IncompleteReadError(bytes(self._ahead), None)
            self._ahead += more
        return bytes(self._take(size)).replace(END + b".", END)

    def _block_size(self) -> int:
        """How many bytes there are of whole lines that can be handed on as one; 0 for none."""
        if self._ahead.startswith(LAST):
            return len(LAST)
        end = self._ahead.find(END + LAST, 0, self._longest + len(LAST))
        if end < 0:
            end = self._ahead.rfind(END, 0, self._longest)
        return end + len(END) if end >= 0 else 0

    def _line_size(self) -> int:
        """How many bytes there are of a line, without its end or what may be half of that."""
        end = self._ahead.find(END)
        return end if end >= 0 else len(self._ahead) - self._ahead.endswith(b"\r")

    def _take(self, size: int) -> bytearray:
        taken = self._ahead[:size]
        del self._ahead[:size]
        return taken
