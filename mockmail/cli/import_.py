"""`mockmail import`: store the messages of files in a running server."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.cli.control_client import ControlClient, add_server, client_of
from mockmail.core.errors import MockMailError

if TYPE_CHECKING:
    from mockmail.core.mail.importing import Imported

NAME = "import"
HELP = "store the messages of .eml, mbox and zip files, and of Maildirs, in a running server"
FORMATS = ("eml", "mbox", "mboxo", "zip")
SHOWN_EACH = 5000
"""The messages after which a line of progress is printed where nobody watches."""

_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)


class ImportStopped(MockMailError):
    """An import stopped early; the error says how many messages are stored."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files and the server."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a file, a Maildir, or a folder of .eml")
    parser.add_argument("--format", choices=FORMATS, help="the format of the files (default: by their first bytes)")
    add_server(parser, "%(prog)s [OPTION]... PATH...")


def run(parsed: argparse.Namespace) -> int:
    """Send the messages in batches; each is stored completely or not at all. Raise ImportStopped, SettingError."""
    from mockmail.core.mail.importing import batches, read_path

    client = client_of(parsed)
    count = 0
    try:
        for path in parsed.paths:
            for batch in batches(read_path(path, parsed.format)):
                with _deferred_interrupt():
                    count += _send(client, batch)
                _show(count, len(batch))
    except KeyboardInterrupt:
        _end_line()
        print(f"interrupted: {count:,} messages are imported", file=sys.stderr)
        return 1
    except MockMailError as error:
        _end_line()
        raise ImportStopped(f"{error}; {count:,} messages are imported") from error
    _end_line()
    print(f"{count:,} messages imported")
    return 0


@contextmanager
def _deferred_interrupt() -> Iterator[None]:
    """Delay the KeyboardInterrupt of Ctrl-C to the end, so that the stored messages are counted."""
    numbers: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: numbers.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if numbers:
        raise KeyboardInterrupt


def _send(client: ControlClient, batch: Sequence[Imported]) -> int:
    from mockmail.core.mail.archive import ArchiveWriter

    writer = ArchiveWriter()
    pieces = [writer.write(message.raw, _MOMENT, _facts(message)) for message in batch]
    response = client.upload("messages/import", b"".join([*pieces, writer.finish(_MOMENT)]), "application/zip")
    return int(response["imported"])


def _facts(message: Imported) -> dict[str, Any]:
    facts = {"sender": message.sender, "recipients": message.recipients, "is_read": message.is_read}
    return facts if message.tags is None else {**facts, "tags": message.tags}


def _show(count: int, added: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{count:,} messages", end="", file=sys.stderr, flush=True)
    elif count // SHOWN_EACH > (count - added) // SHOWN_EACH:
        print(f"{count:,} messages", file=sys.stderr, flush=True)


def _end_line() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
