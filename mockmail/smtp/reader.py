"""The stream that aiosmtpd reads from: commands by line, the data of a message by block, with a transcript."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from mockmail.core.masking_rules import MASK
from mockmail.smtp.open_messages import OpenMessage

END = b"\r\n"
LAST = b".\r\n"
"""The line that ends a message."""
CHUNK = 128 << 10
"""The most bytes of a message that are read at a time."""
LONGEST_AUTH_LINE = 12_288
"""The most bytes of a line that authenticates, CRLF included (RFC 4954, 4)."""
COMMANDS_AT_ONCE = 16
"""After this many commands of a connection, others are served: a client may send thousands at once."""
TICK = 0.02
"""The seconds between two reads or writes of a throttled connection, if its rate allows a byte in this time."""
MOST_LINES = 500
MOST_CHARACTERS = 32 << 10
"""The most lines and characters of each part of a transcript: the greeting, and a message."""
CUT = f"- the transcript is cut here: it keeps {MOST_LINES} lines and {MOST_CHARACTERS} characters"
"""The last line of a transcript that is not complete."""
HIDDEN = f"{MASK}\r\n".encode()
"""The line that aiosmtpd reads instead of credentials that are not a command, because it logs wrong commands."""

_COMMANDS = frozenset(
    {"AUTH", "DATA", "EHLO", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET", "STARTTLS", "VRFY"}
)
_AUTH = re.compile(r"[\W_]*AUTH", re.IGNORECASE)
_MECHANISM = re.compile(
    r"(\s*AUTH\s+(?:PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|EXTERNAL|XOAUTH2|OAUTHBEARER|SCRAM-SHA-[\w-]{1,12}))"
    r"(?:\s*$|\s+(.*))",
    re.IGNORECASE | re.DOTALL,
)
_ORDINARY = re.compile(
    r"MAIL FROM:|RCPT TO:|(?:EHLO|HELO|LHLO) |(?:DATA|RSET|NOOP|QUIT|STARTTLS|HELP)\s*$", re.IGNORECASE
)


class _Lines:
    """A part of a transcript, with bounds."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._room = MOST_CHARACTERS

    def add(self, line: str) -> None:
        """Add a line, or CUT in place of the first line for which there is no room."""
        if self._room < 0:
            return
        self._room -= len(line)
        if self._room < 0 or len(self.lines) == MOST_LINES:
            self._room, line = -1, CUT
        self.lines.append(line)


class Transcript:
    """The dialogue of one connection: the lines before its first MAIL, and those since its last MAIL or message.

    Credentials are masked: the arguments of AUTH, and every line between AUTH and the next ordinary command, because a
    client may send its credentials although AUTH was refused.
    """

    def __init__(self) -> None:
        self._greeting = _Lines()
        self._message = _Lines()
        self._greeted = False
        self._expects_credentials = False
        self._hides_reply = False

    def client(self, line: bytes) -> bytes:
        """Add a command from the client, without credentials. Return it, or HIDDEN if it is credentials instead."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        verb = text.partition(" ")[0].upper()
        if verb == "MAIL":
            self._greeted = True
            self._message = _Lines()
        self._hides_reply = False
        if _AUTH.match(text):
            text = _without_credentials(text)
            self._expects_credentials = True
            self._hides_reply = verb != "AUTH"
        elif self._expects_credentials:
            self._expects_credentials = self._hides_reply = not _ORDINARY.match(text)
            text = MASK if self._hides_reply else text
        self._keep(f"C: {text}")
        return HIDDEN if self._hides_reply and verb not in _COMMANDS else line

    def secret(self) -> None:
        """Add a line from the client that answers an AUTH challenge, masked."""
        self._expects_credentials = True
        self._hides_reply = False
        self._keep(f"C: {MASK}")

    def server(self, line: str) -> None:
        """Add a line from the server; only its code if it may repeat credentials."""
        self._keep(f"S: {line[:3]} {MASK}" if self._hides_reply else f"S: {line}")

    def take_message(self) -> tuple[str, ...]:
        """Return the lines of the greeting and of the message that has just ended, and begin those of the next."""
        ended, self._message = self._message, _Lines()
        return (*self._greeting.lines, *ended.lines)

    def since_message(self) -> tuple[str, ...]:
        """Return the lines since the last message ended."""
        return tuple(self._message.lines)

    def _keep(self, line: str) -> None:
        part = self._message if self._greeted else self._greeting
        part.add(line)


def _without_credentials(text: str) -> str:
    found = _MECHANISM.match(text)
    if found is None:
        return f"AUTH {MASK}" if text.strip().upper() != "AUTH" else text
    return f"{found[1]} {MASK}" if found[2] else found[1]


class AuthLineTooLong(Exception):
    """Raised for an answer to an AUTH challenge that is longer than LONGEST_AUTH_LINE, after it was read."""


def bytes_at_once(rate: int) -> int:
    """Return how many bytes a throttled connection reads or writes at a time; rate: its bytes a second."""
    return max(1, round(rate * TICK))


_OWN = frozenset(
    {"_reader", "_transcript", "_longest", "_message", "_commands", "_ahead", "_is_too_long", "rate", "slept"}
)


class SinkReader:
    """A stream reader that records a client's lines, and returns the data of a message in blocks of lines.

    aiosmtpd reads a message line by line: it removes a dot at the start of a line, and a line of only a dot ends the
    message. A block takes the place of a line and is no longer than a line may be. The dots at the starts of its lines
    are already removed, except the first one. The line that ends the message is returned alone.

    longest: the most bytes of a line, CRLF included. message: counts the message in progress.
    rate: the bytes of messages that are read a second; None for all. slept: the seconds that this took.
    """

    rate: int | None
    slept: float

    def __init__(self, reader: Any, transcript: Transcript, longest: int, message: OpenMessage) -> None:
        self._reader = reader
        self._transcript = transcript
        self._longest = longest
        self._message = message
        self._commands = 0
        self._ahead = bytearray()
        self._is_too_long = False
        self.rate = None
        self.slept = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            object.__setattr__(self, name, value)
        else:
            setattr(self._reader, name, value)

    def clear(self) -> None:
        """Discard the bytes that were received before TLS started."""
        self._ahead.clear()

    async def readuntil(self, separator: bytes = b"") -> bytes:
        """Return a line, or, with a separator, a block of lines: aiosmtpd names one only for the data of a message."""
        if separator:
            block = await self._block()
            # aiosmtpd keeps each block that it gets, so it gets END in place of a block for which there is no room.
            return block if block == LAST or self._message.keeps(len(block)) else END
        self._commands += 1
        if self._commands % COMMANDS_AT_ONCE == 0:
            await asyncio.sleep(0)
        try:
            line = await self._line()
        except asyncio.LimitOverrunError:
            self._is_too_long = True
            raise
        if self._is_too_long:  # the end of the line, which may be that of credentials
            self._is_too_long = False
            self._transcript.secret()
            return line
        return self._transcript.client(line)

    async def readline(self) -> bytes:
        """Return the answer to an AUTH challenge. Raise AuthLineTooLong."""
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
        """Read a part of a line that is too long, and return its first byte: aiosmtpd only refuses the line."""
        part = self._take(size) if self._ahead else await self._reader.read(size)
        return bytes(part[:1])

    async def _line(self) -> bytes:
        end = self._ahead.find(b"\n")
        if end >= 0:
            return bytes(self._take(end + 1))
        rest: bytes = await self._reader.readuntil()
        return bytes(self._take(len(self._ahead))) + rest

    async def _block(self) -> bytes:
        while not (size := self._block_size()):
            if len(self._ahead) > self._longest:
                raise asyncio.LimitOverrunError("a line is too long", self._line_size())
            more = await self._reader.read(CHUNK if self.rate is None else bytes_at_once(self.rate))
            if self.rate is not None:
                self.slept += len(more) / self.rate
                await asyncio.sleep(len(more) / self.rate)
            if not more:
                raise asyncio.IncompleteReadError(bytes(self._ahead), None)
            self._ahead += more
        return bytes(self._take(size)).replace(END + b".", END)

    def _block_size(self) -> int:
        """Return the size of the received whole lines that fit into one block; 0 for none."""
        if self._ahead.startswith(LAST):
            return len(LAST)
        end = self._ahead.find(END + LAST, 0, self._longest + len(LAST))
        if end < 0:
            end = self._ahead.rfind(END, 0, self._longest)
        return end + len(END) if end >= 0 else 0

    def _line_size(self) -> int:
        """Return the size of the received part of a line, without CRLF or its first half."""
        end = self._ahead.find(END)
        if end >= 0:
            return end
        return len(self._ahead.removesuffix(b"\r"))

    def _take(self, size: int) -> bytearray:
        taken = self._ahead[:size]
        del self._ahead[:size]
        return taken
