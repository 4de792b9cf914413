"""The SMTP dialogue, line by line, as it is kept with a message."""

from __future__ import annotations

from typing import Any

MOST_LINES = 500
"""How many lines of a dialogue are kept; a message to more recipients than that has the rest in its envelope."""


class Transcript:
    """What was said before the first message of a connection, and what was said since the last one."""

    def __init__(self) -> None:
        self._greeting: list[str] = []
        self._lines: list[str] = []
        self._greeted = False

    def client(self, line: bytes) -> None:
        """A line from the client; what follows AUTH is not kept."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        verb, blank, _ = text.partition(" ")
        if verb.upper() == "MAIL":
            self._greeted = True
            self._lines.clear()
        if verb.upper() == "AUTH" and blank:
            text = f"{' '.join(text.split(' ')[:2])} ***"
        self._keep(f"C: {text}")

    def secret(self) -> None:
        """A line from the client that is an answer to an AUTH challenge."""
        self._keep("C: ***")

    def server(self, line: bytes) -> None:
        """A line from the server."""
        self._keep(f"S: {line.decode('utf-8', 'replace')}")

    def of_message(self) -> tuple[str, ...]:
        """The greeting, and what led to the message that just ended."""
        return (*self._greeting, *self._lines)

    def _keep(self, line: str) -> None:
        lines = self._lines if self._greeted else self._greeting
        if len(lines) < MOST_LINES:
            lines.append(line)


class ListeningReader:
    """A stream reader that notes what a client says, apart from a message's data."""

    def __init__(self, reader: Any, transcript: Transcript) -> None:
        self._reader = reader
        self._transcript = transcript

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_reader", "_transcript"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._reader, name, value)

    async def readuntil(self, separator: bytes = b"") -> bytes:
        """A line. aiosmtpd names the separator where it reads a message's data, and only there."""
        if separator:
            return await self._reader.readuntil(separator)  # type: ignore[no-any-return]
        line: bytes = await self._reader.readuntil()
        self._transcript.client(line)
        return line

    async def read(self, size: int) -> bytes:
        """A piece of a line that is over the bound. aiosmtpd collects them to refuse them: a byte will do."""
        octets: bytes = await self._reader.read(size)
        return octets[:1]

    async def readline(self) -> bytes:
        """A line that answers an AUTH challenge."""
        line: bytes = await self._reader.readline()
        self._transcript.secret()
        return line
