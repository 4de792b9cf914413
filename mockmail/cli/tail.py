"""`mockmail tail`: print each message of a running server as it arrives."""

from __future__ import annotations

import argparse
from http import HTTPStatus
from typing import Any

from mockmail.cli.control_client import CallFailed, ControlClient, add_server, client_of
from mockmail.cli.messages import message_line

NAME = "tail"
HELP = "print each message of a running server as it arrives, until Ctrl-C"
SECONDS = 20.0
"""The seconds of one wait; after it, the next one begins."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the search and the server."""
    parser.add_argument("query", metavar="QUERY", nargs="?", help="words, or terms such as to:jane subject:welcome")
    parser.add_argument("--count", type=int, metavar="NUMBER", help="end after this many messages")
    add_server(parser, "%(prog)s [OPTION]... [QUERY]")


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each new message. Raise CallFailed when the server stops, SettingError."""
    client = client_of(parsed)
    newest = client.get("messages", limit=1)["messages"]
    last = newest[0]["id"] if newest else None
    shown = 0
    while parsed.count is None or shown < parsed.count:
        try:
            message = _next(client, parsed.query, last)
        except CallFailed as error:
            if error.status != HTTPStatus.BAD_REQUEST or last is None:
                raise
            last = None  # the mail was removed, and everything that is there now is new
            continue
        if message is not None:
            last = message["id"]
            shown += 1
            print(message_line(message), flush=True)
    return 0


def _next(client: ControlClient, query: str | None, last: str | None) -> dict[str, Any] | None:
    try:
        found = client.post("messages/wait", wait=SECONDS, query=query, after=last, timeout=SECONDS)
    except CallFailed as error:
        if error.status == HTTPStatus.REQUEST_TIMEOUT:
            return None
        raise
    message: dict[str, Any] = found["messages"][0]
    return message
