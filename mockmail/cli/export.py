"""`mockmail export`: write the messages of a running server to a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mockmail.cli.control_client import add_server, client_of
from mockmail.core.mail.replacing import replaced

NAME = "export"
HELP = "write the messages of a running server, or those that match, to a file: mbox or zip"
FORMATS = ("mbox", "zip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, the search and the server."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; - writes to the output")
    parser.add_argument("query", metavar="QUERY", nargs="?", help="words, or terms such as to:jane subject:welcome")
    parser.add_argument("--format", choices=FORMATS, help="the format (default: zip for a FILE.zip, else mbox)")
    add_server(parser, "%(prog)s [OPTION]... FILE [QUERY]")


def run(parsed: argparse.Namespace) -> int:
    """Write the file, which appears when it is complete. Raise CallFailed, SettingError."""
    client = client_of(parsed)
    format_ = parsed.format or ("zip" if parsed.file.suffix.lower() == ".zip" else "mbox")
    pieces = client.download("messages/export", format=format_, query=parsed.query)
    if str(parsed.file) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    with replaced(parsed.file) as file:
        file.writelines(pieces)
    return 0
