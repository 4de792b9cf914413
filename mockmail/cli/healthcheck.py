"""`mockmail healthcheck`: whether a server on this machine answers."""

from __future__ import annotations

import argparse
import http.client
import math
import time

from mockmail.cli.flags import add_settings, settings_of
from mockmail.server.addresses import reached, written
from mockmail.server.settings import SettingError

NAME = "healthcheck"
HELP = "ask the server on this machine whether it serves: exit status 0 or 1"
PAUSE = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to wait for it."""
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="keep asking for so long (0)")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """ControlRequest until it serves, or the time is over."""
    settings = settings_of(parsed).settings
    if not 0 <= parsed.wait < math.inf:
        raise SettingError(f"--wait must be a number of seconds, not {parsed.wait}")
    if settings.http_port == 0:
        raise SettingError("http_port is 0, any free one: say with --http-port which one the server has")
    end = time.monotonic() + parsed.wait
    while True:
        trouble = _ask(reached(settings.host), settings.http_port, settings.control_token)
        if trouble is None:
            return 0
        if time.monotonic() >= end:
            print(f"mockmail: {trouble}")
            return 1
        time.sleep(PAUSE)


def _ask(host: str, port: int, token: str) -> str | None:
    """None when it serves, else why not, in one line."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", "/_mockmail/health", headers=headers)
        status = connection.getresponse().status
    except OSError as error:
        return f"nothing answers on {written(host, port)} ({error.strerror or error})"
    except http.client.HTTPException as error:
        return f"what answers on {written(host, port)} is no HTTP server ({str(error).strip()})"
    finally:
        connection.close()
    if status == http.client.UNAUTHORIZED:
        return f"{written(host, port)} asks for its token: give it with --control-token, or in MOCKMAIL_CONTROL_TOKEN"
    return None if status == http.client.OK else f"{written(host, port)} answers {status}"
