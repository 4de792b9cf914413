"""`mockmail reset`: reset a sandbox of a running server to the seeded state."""

from __future__ import annotations

import argparse

from mockmail.cli.control_client import add_server, client_of

NAME = "reset"
HELP = "reset a running server to the seeded state, without mail, requests and faults"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the vendor and the server."""
    parser.add_argument("--vendor", metavar="NAME", help="reset only this vendor's records")
    add_server(parser)


def run(parsed: argparse.Namespace) -> int:
    """Reset a sandbox or one vendor of it, and print their names. Raise CallFailed, SettingError."""
    client_of(parsed).post("reset", vendor=parsed.vendor)
    print(f"reset {parsed.vendor or 'everything'} in the sandbox {parsed.sandbox or 'default'}")
    return 0
