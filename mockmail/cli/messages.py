"""`mockmail messages`: list the messages of a running server."""

from __future__ import annotations

import argparse
import json
from typing import Any

from mockmail.cli.control_client import add_server, client_of, printable

NAME = "messages"
HELP = "list the messages of a running server, the newest last; show one with --id"
SHOWN = 3
"""The number of recipients that a line shows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the search and the server."""
    parser.add_argument("query", metavar="QUERY", nargs="?", help="words, or terms such as to:jane subject:welcome")
    parser.add_argument("--id", metavar="ID", help="show the text of this message")
    parser.add_argument("--limit", type=int, default=50, metavar="NUMBER", help="how many messages to list (50)")
    parser.add_argument("--json", action="store_true", help="print what the control API responds")
    add_server(parser, "%(prog)s [OPTION]... [QUERY]")


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each message, or one message. Raise CallFailed, SettingError."""
    client = client_of(parsed)
    if parsed.id:
        message = client.get(f"messages/{parsed.id}")
        print(json.dumps(message, indent=1) if parsed.json else _whole(message))
        return 0
    found = client.get("messages", query=parsed.query, limit=parsed.limit)
    if parsed.json:
        print(json.dumps(found, indent=1))
        return 0
    for message in reversed(found["messages"]):
        print(message_line(message))
    if found["total"] > len(found["messages"]):
        print(f"the newest {len(found['messages'])} of {found['total']} messages; --limit shows more")
    return 0


def message_line(message: dict[str, Any]) -> str:
    """Return a message in one line."""
    from mockmail.core.mail.mime import shown_sender

    envelope = message["envelope"]
    recipients = envelope["recipients"]
    shown = ", ".join(recipients[:SHOWN]) + (" ..." if len(recipients) > SHOWN else "")
    route = f"{printable(shown_sender(message['from'], envelope['sender']))} -> {printable(shown)}"
    return f"{message['received_at'][:19]}  {message['id']}  {route}: {printable(message['subject'])!r}"


def _whole(message: dict[str, Any]) -> str:
    text = "\n".join(printable(line, len(line)) for line in message["text"].splitlines())
    return f"{message_line(message)}\n\n{text}"
