"""`mockmail tail`: print each message and each request of a running server as it arrives."""

from __future__ import annotations

import argparse
from itertools import count
from typing import Any

from mockmail.cli.control_client import add_server, client_of
from mockmail.cli.messages import message_line
from mockmail.cli.requests import request_lines

NAME = "tail"
HELP = "print each message and each request of a running server as it arrives, until Ctrl-C"
KINDS = {"messages": "message", "requests": "request"}
"""The kinds of events, by the words of `--only`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the search and the server."""
    parser.add_argument(
        "query",
        metavar="QUERY",
        nargs="?",
        help="only messages with these words, or terms such as to:jane subject:welcome; then no requests",
    )
    parser.add_argument("--only", choices=KINDS, help="only messages, or only requests")
    parser.add_argument("--count", type=int, metavar="NUMBER", help="end after this many messages and requests")
    add_server(parser, "%(prog)s [OPTION]... [QUERY]")


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each new message and each new request. Raise CallFailed when the server stops, SettingError."""
    if parsed.query and parsed.only == "requests":
        parsed.parser.error("a QUERY searches messages; leave it out, or use --only messages")
    only = "messages" if parsed.query else parsed.only
    kinds = KINDS.values() if only is None else [KINDS[only]]
    numbers = count(1)
    for event in client_of(parsed).events(kind=",".join(kinds), query=parsed.query):
        print("\n".join(_lines(event)), flush=True)
        if event["kind"] != "missed" and next(numbers) == parsed.count:
            break
    return 0


def _lines(event: dict[str, Any]) -> list[str]:
    if event["kind"] == "missed":
        number = event["data"]["missed"]
        return [f"{'some' if number is None else number} events are missing: see max_event_bytes"]
    return [message_line(event["data"])] if event["kind"] == "message" else request_lines(event["data"])
