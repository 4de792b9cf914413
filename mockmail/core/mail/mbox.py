"""The mbox format: messages one after the other, each after a line that begins with `From `.

Files are written as mboxrd: each line that begins with `From `, or with one or more `>` and `From `, gets one more `>`.
A last line without a line feed gets one; no other change is lost when the file is read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Literal

from mockmail.core.errors import InvalidValue
from mockmail.core.mail.message import Message

Quoting = Literal["mbox", "mboxo"]
"""The quoting of lines that begin with `From `: `mbox` is mboxrd; mboxo adds `>` only to a line without one."""

LARGEST_MESSAGE = 50 << 20
"""The most bytes of a message that is imported."""

_PIECE = 1 << 16
_SEPARATOR = b"From "
_TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_QUOTED_ONCE = re.compile(rb"^>(From )", re.MULTILINE)
_BLANK_LINES = (b"\n", b"\r\n")
_NOT_IN_ADDRESSES = re.compile(r"[^!-~]")


def entry_of(raw: bytes, sender: str, moment: datetime) -> bytes:
    """Return a message as an entry of an mbox file."""
    address = _NOT_IN_ADDRESSES.sub("?", sender) or "MAILER-DAEMON"
    head = f"From {address} {moment.ctime()}\n".encode("ascii")
    quoted = _TO_QUOTE.sub(rb">\1", raw)
    return head + quoted + (b"\n" if raw and not raw.endswith(b"\n") else b"") + b"\n"


class MboxWriter:
    """Writes messages as an mbox file, one after the other."""

    def add(self, message: Message) -> bytes:
        """Add a message, and return the next bytes of the file."""
        return entry_of(message.raw, message.envelope.sender, message.received_at)

    def finish(self, moment: datetime) -> bytes:
        """Return the last bytes of the file: none."""
        return b""


def read_entries(file: IO[bytes], quoting: Quoting = "mbox") -> Iterator[tuple[str, bytes]]:
    """Return an iterator over the sender in the `From ` line, and the bytes, of each message of an mbox file.

    Holds one message at a time. A `From ` line ends a message only after an empty line. Raise InvalidValue for a file
    that does not begin with a `From ` line, and for a message of more than LARGEST_MESSAGE bytes.
    """
    line = file.readline(_PIECE)
    if not line:
        return
    if not line.startswith(_SEPARATOR):
        example = "From shop@example.com Sat Jan 31 12:00:00 2026"
        raise InvalidValue(f"an mbox file must begin with a line such as `{example}`, not {line[:40]!r}")
    pattern = _QUOTED if quoting == "mbox" else _QUOTED_ONCE
    number = 0
    while line:
        number += 1
        sender = _sender(line)
        while not line.endswith(b"\n") and line:
            line = file.readline(_PIECE)  # the rest of a long line
        raw, line = _read_message(file, number)
        yield sender, pattern.sub(rb"\1", raw)


def _read_message(file: IO[bytes], number: int) -> tuple[bytes, bytes]:
    """Return the bytes of a message, and the `From ` line after it, which is empty at the end of the file."""
    pieces: list[bytes] = []
    size = 0
    is_start, is_after_blank = True, True
    while piece := file.readline(_PIECE):
        if is_start and is_after_blank and piece.startswith(_SEPARATOR):
            break
        is_after_blank = is_start and piece in _BLANK_LINES
        is_start = piece.endswith(b"\n")
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_MESSAGE:
            raise InvalidValue(f"message {number} has more than {LARGEST_MESSAGE} bytes, the most that an import reads")
    if pieces and pieces[-1] in _BLANK_LINES and is_after_blank:
        pieces.pop()
    return b"".join(pieces), piece


def _sender(line: bytes) -> str:
    words = line[len(_SEPARATOR) :].split(maxsplit=1)
    address = words[0].decode("ascii", "replace") if words else ""
    return "" if address.upper() in ("MAILER-DAEMON", "-") else address
