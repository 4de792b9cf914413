"""`mockmail env VENDOR`: what a client of a vendor must be told, as shell exports."""

from __future__ import annotations

import argparse
import re
import shlex

from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.core.sandboxes import check_name
from mockmail.server.addresses import reached, written
from mockmail.server.discovery import VendorNotUsable
from mockmail.server.settings import SettingError, Settings

NAME = "env"
HELP = "print shell exports for a client of a vendor: base URL and credentials"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The vendor, and where the server is."""
    parser.add_argument("vendor", metavar="VENDOR")
    parser.add_argument("--url", default="", help="the server's base URL (that of a server here with these settings)")
    parser.add_argument("--sandbox", default="", metavar="NAME", help="a sandbox other than the default one")
    add_settings(parser, "%(prog)s [OPTION]... VENDOR")


def run(parsed: argparse.Namespace) -> int:
    """Print `export NAME=value` lines."""
    settings = settings_of(parsed).settings
    vendors = vendors_of(settings)
    vendor = vendors.get(parsed.vendor)
    if vendor is None:
        raise VendorNotUsable(f"there is no vendor {parsed.vendor!r}; there are {', '.join(sorted(vendors.vendors))}")
    url = _checked(parsed.url) or _url(settings)
    if parsed.sandbox:
        check_name(parsed.sandbox)
    prefix = f"/~{parsed.sandbox}" if parsed.sandbox else ""
    for name, value in vendor.environment_at(f"{url}{prefix}/{vendor.name}").items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _checked(url: str) -> str:
    if url and not re.match(r"https?://[^/]", url):
        raise SettingError(f"--url must be the server's base URL, such as http://mockmail:8025, not {url!r}")
    return url.rstrip("/")


def _url(settings: Settings) -> str:
    if settings.http_port == 0:
        raise SettingError("http_port is 0, any free one: say with --url where the server is")
    return f"http://{written(reached(settings.host), settings.http_port)}"
