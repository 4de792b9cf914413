"""`mockmail env VENDOR`: what a client of a vendor must be told, as shell exports."""

from __future__ import annotations

import argparse
import shlex

from mockmail.server.discovery import VendorNotUsable, discover, wanted_vendors

NAME = "env"
HELP = "print shell exports for a client of a vendor: base URL and credentials"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The vendor, and where the server is."""
    parser.add_argument("vendor", metavar="VENDOR")
    parser.add_argument("--url", default="http://127.0.0.1:8025", help="the server's base URL (http://127.0.0.1:8025)")
    parser.add_argument("--sandbox", default="", metavar="NAME", help="a sandbox other than the default one")


def run(parsed: argparse.Namespace) -> int:
    """Print `export NAME=value` lines."""
    vendors = discover(only=wanted_vendors())
    vendor = vendors.get(parsed.vendor)
    if vendor is None:
        raise VendorNotUsable(f"there is no vendor {parsed.vendor!r}; there are {', '.join(sorted(vendors.vendors))}")
    prefix = f"/~{parsed.sandbox}" if parsed.sandbox else ""
    for name, value in vendor.environment(f"{parsed.url.rstrip('/')}{prefix}/{vendor.name}").items():
        print(f"export {name}={shlex.quote(value)}")
    return 0
