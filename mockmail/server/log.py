"""The log of `mockmail serve`: every line of mockmail and its libraries, on standard output, as text or JSON."""

from __future__ import annotations

import json
import logging
import os
import select
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

COLOURS = {logging.DEBUG: "2", logging.INFO: "32", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31"}
"""The colour of each level, as the number in a terminal's escape sequence."""

PIECE = select.PIPE_BUF
"""The bytes that a pipe takes without blocking once `select` says that it is writable."""


def set_up_logging(log_format: str = "text", *, quiet: bool = False, stream: TextIO | None = None) -> None:
    """Send every log line to standard output.

    log_format: `text` or `json`. quiet: log only errors.
    """
    handler = NonBlockingHandler(stream or sys.stdout)
    formatter = JsonFormatter() if log_format == "json" else TextFormatter(colour=_shows_colour(handler.stream))
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.ERROR if quiet else logging.WARNING, force=True)
    logging.getLogger("mockmail").setLevel(logging.ERROR if quiet else logging.INFO)
    # mockmail logs the errors of these itself, in one line.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)


class NonBlockingHandler(logging.StreamHandler[TextIO]):
    """Writes lines to a stream, and never waits for a reader.

    A line is lost while the stream is full; the next line that has room is preceded by the number of lost lines.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lost = 0
        self._unfinished = b""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line if the stream has room."""
        try:
            if not self._write(self._unfinished):
                self._lost += 1
                return
            if self._lost:
                self._report_lost()
            if not self._write(self._line(record)):
                self._lost += not self._unfinished
        except (OSError, ValueError):  # a closed pipe, a closed stream, a full disk
            self._lost += 1

    def _report_lost(self) -> None:
        text = f"{self._lost} log lines were lost, because nothing read the log"
        record = logging.LogRecord("mockmail.server", logging.WARNING, "", 0, text, None, None)
        if self._write(self._line(record)) or self._unfinished:
            self._lost = 0

    def _line(self, record: logging.LogRecord) -> bytes:
        return (self.format(record) + self.terminator).encode(self.stream.encoding or "utf-8", "backslashreplace")

    def _write(self, content: bytes) -> bool:
        """Return whether everything was written; keep the rest of a line that was begun, for the next call."""
        written = 0
        try:
            number = self.stream.fileno()
        except (OSError, AttributeError):  # a stream in memory
            self.stream.write(content.decode(self.stream.encoding or "utf-8"))
            return True
        while written < len(content) and _has_room(number):
            written += os.write(number, content[written : written + PIECE])
        self._unfinished = content[written:] if written or content is self._unfinished else b""
        return written == len(content)


class TextFormatter(logging.Formatter):
    """`12:00:01.250 INFO    message`, in the machine's time, with the lines of `details` below."""

    def __init__(self, *, colour: bool = False) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text."""
        moment = self.formatTime(record, "%H:%M:%S")
        level = f"{record.levelname:7}"
        if self._colour:
            level = f"\x1b[{COLOURS.get(record.levelno, '0')}m{level}\x1b[0m"
        lines = [f"{moment}.{record.msecs:03.0f} {level} {record.getMessage()}", *getattr(record, "details", ())]
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, and the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        document: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            document["traceback"] = self.formatException(record.exc_info)
        return json.dumps(document)


def event(fields: Mapping[str, Any], details: tuple[str, ...] | list[str] = ()) -> dict[str, Any]:
    """Return the `extra` of a log call: fields for JSON, and lines to show below the text."""
    return {"fields": fields, "details": details}


def _has_room(number: int) -> bool:
    poll = select.poll()  # unlike select, it takes file numbers above 1023
    poll.register(number, select.POLLOUT)
    return bool(poll.poll(0))


def _shows_colour(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
