"""`mockmail env VENDOR`: the settings of a vendor's client, or of the SMTP server's, as shell exports."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockmail.cli.control_client import server_url
from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.core.sandboxes import check_name
from mockmail.server.settings import SettingError, Settings, reachable_host

NAME = "env"
HELP = "print shell exports for a client of a vendor (base URL and credentials), or of the SMTP server"
SMTP = "smtp"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the vendor and the server's URL."""
    parser.add_argument("vendor", metavar="VENDOR", help="a vendor, or smtp for the SMTP server")
    parser.add_argument(
        "--url", default="", help="the server's base URL (default: a server on this machine with these settings)"
    )
    parser.add_argument("--sandbox", default="", metavar="NAME", help="a sandbox (default: the default one)")
    add_settings(parser, "%(prog)s [OPTION]... VENDOR")


def run(parsed: argparse.Namespace) -> int:
    """Print `export NAME=value` lines. Raise UnknownName, SettingError."""
    settings = settings_of(parsed).settings
    if parsed.sandbox:
        check_name(parsed.sandbox)
    if parsed.vendor == SMTP:
        return _print(_smtp(settings, parsed.url, parsed.sandbox))
    vendor = vendors_of(settings).named(parsed.vendor)
    url = server_url(parsed.url, settings)
    prefix = f"/~{parsed.sandbox}" if parsed.sandbox else ""
    return _print(vendor.environment_at(f"{url}{prefix}/{vendor.name}"))


def _print(variables: Mapping[str, str]) -> int:
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _smtp(settings: Settings, url: str, sandbox: str) -> dict[str, str]:
    host = urlsplit(server_url(url, settings)).hostname if url else reachable_host(settings.host)
    ports = {name: port for name, _, port in (pair.rpartition("=") for pair in settings.smtp_sandboxes)}
    port = ports.get(sandbox) or str(settings.smtp_port)
    if port == "0":
        raise SettingError("smtp_port is 0, a free port; give the server's port with --smtp-port")
    variables = {"SMTP_HOST": host or "", "SMTP_PORT": port}
    if sandbox and sandbox not in ports:
        variables |= {"SMTP_USERNAME": f"~{sandbox}", "SMTP_PASSWORD": "any"}
    return variables
