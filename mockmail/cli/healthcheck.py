"""`mockmail healthcheck`: check that a server on this machine is ready."""

from __future__ import annotations

import argparse
import http.client
import math
import time

from mockmail.cli.flags import add_settings, settings_of
from mockmail.server.settings import SettingError, host_and_port, reachable_host

NAME = "healthcheck"
HELP = "check that the server on this machine is ready: exit status 0 or 1"
PAUSE = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the time to wait."""
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS", help="the seconds to wait until it is ready (0)"
    )
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Check until the server is ready or the time is over, and return 0 or 1. Raise SettingError."""
    settings = settings_of(parsed).settings
    if not 0 <= parsed.wait < math.inf:
        raise SettingError(f"--wait must be 0 or more seconds, not {parsed.wait}")
    if settings.http_port == 0:
        raise SettingError("http_port is 0, a free port; give the server's port with --http-port")
    end = time.monotonic() + parsed.wait
    while True:
        error = _check(reachable_host(settings.host), settings.http_port, settings.control_token)
        if error is None:
            return 0
        if time.monotonic() >= end:
            print(f"mockmail: {error}")
            return 1
        time.sleep(PAUSE)


def _check(host: str, port: int, token: str) -> str | None:
    address = host_and_port(host, port)
    connection = http.client.HTTPConnection(host, port, timeout=2)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", "/_mockmail/health", headers=headers)
        status = connection.getresponse().status
    except OSError as error:
        return f"nothing answers on {address} ({error.strerror or error})"
    except http.client.HTTPException as error:
        return f"the program on {address} is not an HTTP server ({str(error).strip()})"
    finally:
        connection.close()
    if status == http.client.UNAUTHORIZED:
        return f"{address} needs a token; give it with --control-token or MOCKMAIL_CONTROL_TOKEN"
    return None if status == http.client.OK else f"{address} answers with status {status}"
