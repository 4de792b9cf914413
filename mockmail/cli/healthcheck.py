"""`mockmail healthcheck`: whether a server on this machine answers."""

from __future__ import annotations

import argparse
import http.client
import time

from mockmail.cli.flags import add_settings, settings_of

NAME = "healthcheck"
HELP = "ask the server on 127.0.0.1 whether it serves: exit status 0 or 1"
PAUSE = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to wait for it."""
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="keep asking for so long (0)")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Ask until it serves, or the time is over."""
    settings = settings_of(parsed).settings
    end = time.monotonic() + parsed.wait
    while True:
        trouble = _ask(settings.http_port, settings.control_token)
        if trouble is None:
            return 0
        if time.monotonic() >= end:
            print(f"mockmail: {trouble}")
            return 1
        time.sleep(PAUSE)


def _ask(port: int, token: str) -> str | None:
    """None when it serves, else why not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", "/_mockmail/health", headers=headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"nothing answers on 127.0.0.1:{port} ({error})"
    finally:
        connection.close()
    return None if status == http.client.OK else f"127.0.0.1:{port} answers {status}"
