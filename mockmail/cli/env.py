"""`mockmail env VENDOR`: the settings of a vendor's client, or of the SMTP server's, as shell exports."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from mockmail.cli.control_client import CallFailed, ControlClient, server_url
from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, check_name
from mockmail.core.vendor import Vendor
from mockmail.server.client_environment import proxy_environment, proxy_hosts, smtp_environment
from mockmail.server.settings import Loaded, SettingError, Settings, reachable_host

NAME = "env"
HELP = "print shell exports for a client of a vendor (base URL and credentials), or of the SMTP server"
SMTP = "smtp"
PATIENCE = 5.0
"""The seconds that the server may take to name its SMTP port."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the vendor, the server's URL, and how the client reaches it."""
    parser.add_argument("vendor", metavar="VENDOR", help="a vendor, or smtp for the SMTP server")
    parser.add_argument(
        "--url", default="", help="the server's base URL (default: a server on this machine with these settings)"
    )
    parser.add_argument("--sandbox", default="", metavar="NAME", help="a sandbox (default: the default one)")
    parser.add_argument(
        "--proxy", action="store_true", help="lead a client that calls the vendor's real host to the running server"
    )
    parser.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="the file for the server's CA (default: in ~/.cache/mockmail)"
    )
    add_settings(parser, "%(prog)s [OPTION]... VENDOR")


def run(parsed: argparse.Namespace) -> int:
    """Print `export NAME=value` lines. Raise UnknownName, SettingError, InvalidValue."""
    loaded = settings_of(parsed)
    settings = loaded.settings
    if parsed.sandbox:
        check_name(parsed.sandbox)
    if parsed.vendor == SMTP:
        if parsed.proxy:
            raise SettingError("--proxy leads a vendor's HTTP client to the server; `mockmail env smtp` has no proxy")
        return _print(_smtp(loaded, parsed.url, parsed.sandbox))
    vendors = vendors_of(settings)
    vendor = vendors.named(parsed.vendor)
    url = server_url(parsed.url, settings)
    if parsed.proxy:
        return _print(_for_proxy(parsed, settings, vendors, vendor, url))
    prefix = f"/~{parsed.sandbox}" if parsed.sandbox else ""
    return _print(vendor.environment_at(f"{url}{prefix}/{vendor.name}"))


def _print(variables: Mapping[str, str]) -> int:
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _smtp(loaded: Loaded, url: str, sandbox: str) -> dict[str, str]:
    settings = loaded.settings
    host = urlsplit(server_url(url, settings)).hostname if url else reachable_host(settings.host)
    ports = {name: port for name, _, port in (pair.rpartition("=") for pair in settings.smtp_sandboxes)}
    ports.setdefault(DEFAULT, str(settings.smtp_port))
    if url and (loaded.origins["smtp_port"] == "default" or not settings.smtp_port):
        ports |= _served_ports(server_url(url, settings), settings.control_token, ports[DEFAULT])
    port = ports.get(sandbox) or ports[DEFAULT]
    if port == "0":
        raise SettingError("smtp_port is 0, a free port; give the server's port with --smtp-port")
    return smtp_environment(host or "", port, sandbox if sandbox and sandbox not in ports else DEFAULT)


def _served_ports(url: str, token: str, assumed: str) -> dict[str, str]:
    """Return the SMTP port of each sandbox of a server. Without an answer, print the assumed port and return none."""
    try:
        health = ControlClient(url, token, patience=PATIENCE).get("health")
        addresses = {DEFAULT: health["smtp"], **health.get("smtp_sandboxes", {})}
    except (CallFailed, KeyError, TypeError) as error:
        why = str(error) if isinstance(error, CallFailed) else f"the server at {url} is not mockmail"
        if assumed != "0":
            print(f"mockmail: {why}; the SMTP port is assumed to be {assumed}, see --smtp-port", file=sys.stderr)
        return {}
    return {name: str(address).rpartition(":")[2] for name, address in addresses.items()}


def _for_proxy(
    parsed: argparse.Namespace, settings: Settings, vendors: Registry, vendor: Vendor, url: str
) -> dict[str, str]:
    path = parsed.ca_file or _cache() / f"{re.sub(r'[^A-Za-z0-9.]+', '-', urlsplit(url).netloc)}.pem"
    variables = proxy_environment(
        vendor,
        url=url,
        ca_file=path.absolute(),
        hosts=proxy_hosts(settings.proxy_hosts, vendors),
        sandbox=parsed.sandbox or DEFAULT,
    )
    pem = _ca_of(url, settings.control_token)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pem)
    except OSError as error:
        raise SettingError(f"{path}: cannot be written ({error.strerror}); name another file with --ca-file") from error
    return variables


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mockmail"


def _ca_of(url: str, token: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise SettingError(f"--proxy needs the URL of the HTTP port, such as http://mockmail:8025, not {url!r}")
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(
            "GET",
            f"{parts.path}/_mockmail/ca.pem",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        response = connection.getresponse()
        pem = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise SettingError(
            f"the CA of {url} cannot be fetched ({error}); start the server first: `mockmail serve`"
        ) from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise SettingError(f"{url} does not give its CA (status {response.status}): {pem.decode('utf-8', 'replace')}")
    return pem
