"""`mockmail requests`: list the requests to a running server."""

from __future__ import annotations

import argparse
import json
from typing import Any

from mockmail.cli.control_client import add_server, client_of, printable

NAME = "requests"
HELP = "list the requests to a running server, the newest last"
FILTERS = ("vendor", "operation", "method", "path", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the filters and the server."""
    for name in FILTERS:
        parser.add_argument(f"--{name}", metavar=name.upper(), help=f"only requests with this {name}")
    parser.add_argument("--outgoing", action="store_true", help="the requests that vendors made to webhooks")
    parser.add_argument(
        "--unmatched", action="store_true", help="only requests that no operation serves, with the nearest operations"
    )
    parser.add_argument("--limit", type=int, default=50, metavar="NUMBER", help="how many requests to list (50)")
    parser.add_argument("--json", action="store_true", help="print what the control API responds")
    add_server(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each request. Raise CallFailed, SettingError."""
    filters = {name: getattr(parsed, name) for name in FILTERS}
    if parsed.outgoing:
        filters["direction"] = "outgoing"
    if parsed.unmatched:
        if any(filters.values()):
            parsed.parser.error("--unmatched takes no other filter")
        found = client_of(parsed).get("requests/unmatched", limit=parsed.limit)
    else:
        found = client_of(parsed).get("requests", limit=parsed.limit, **filters)
    if parsed.json:
        print(json.dumps(found, indent=1))
        return 0
    for request in reversed(found["requests"]):
        print("\n".join(request_lines(request)))
    if found["total"] > len(found["requests"]):
        print(f"the newest {len(found['requests'])} of {found['total']} requests; --limit shows more")
    return 0


def request_lines(request: dict[str, Any]) -> list[str]:
    """Return a line for the request and, if no operation serves it, a line for each of the nearest operations."""
    operation = f"{request['vendor'] or '-'} {request['operation'] or 'no such operation'}"
    call = f"{request['status'] or 'failed'} {request['method']} {printable(request['path'])}"
    line = f"{request['at'][:19]}  {request['id']:4}  {call}  {operation}  {request['seconds'] * 1000:.1f} ms"
    return [line, *(f"    nearest: {printable(nearest)}" for nearest in request["nearest"])]
