"""Write messages to a file: mbox, which other programs read, or zip, which keeps everything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from mockmail.core.mail.archive import ArchiveWriter
from mockmail.core.mail.mbox import MboxWriter
from mockmail.core.mail.message import Message

ExportFormat = Literal["mbox", "zip"]


class Writer(Protocol):
    """Makes the bytes of a file of messages, piece by piece."""

    def add(self, message: Message) -> bytes:
        """Add a message, and return the next bytes of the file."""

    def finish(self, moment: datetime) -> bytes:
        """Return the last bytes of the file. moment: the time that the file names."""


def writer_of(format_: ExportFormat) -> Writer:
    """Return a writer of a new file."""
    return ArchiveWriter() if format_ == "zip" else MboxWriter()


def format_of(path: Path) -> ExportFormat:
    """Return the format of a file by its name: zip for `.zip`, else mbox."""
    return "zip" if path.suffix.lower() == ".zip" else "mbox"
