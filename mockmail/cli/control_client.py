"""The control API as the verbs use it, on a running server."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from mockmail.cli.flags import add_settings, settings_of
from mockmail.core.errors import MockMailError
from mockmail.core.sandboxes import check_name
from mockmail.server.settings import SettingError, Settings, host_and_port, reachable_host

PATIENCE = 30.0
"""The seconds that a response may take, and the next piece of a stream, which sends a comment more often."""


PIECE = 1 << 16
"""The bytes of a download that are read at once."""


class CallFailed(MockMailError):
    """The server refused a call, or nothing answers. status: the HTTP status, 0 for no response."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class ControlClient:
    """Calls the control API of a running server, in one sandbox.

    patience: the seconds that a response may take.
    """

    def __init__(self, url: str, token: str = "", sandbox: str = "", *, patience: float = PATIENCE) -> None:
        self._server = url
        self._url = f"{url}/~{sandbox}/_mockmail" if sandbox else f"{url}/_mockmail"
        self._token = token
        self._patience = patience
        # The server is on this machine or named by the user; `mockmail env --proxy` must not redirect these calls.
        self._opener = build_opener(ProxyHandler({}))

    def get(self, path: str, /, **query: Any) -> Any:
        """Return the response to a GET; a parameter that is None is left out. Raise CallFailed."""
        return self._read("GET", _with_query(path, query))

    def post(self, path: str, /, **body: Any) -> Any:
        """Return the response to a POST; a field that is None is left out. Raise CallFailed."""
        given = {name: value for name, value in body.items() if value is not None}
        return self._read("POST", path, json.dumps(given).encode())

    def upload(self, path: str, content: bytes, media_type: str) -> Any:
        """Return the response to a POST of a file. Raise CallFailed."""
        return self._read("POST", path, content, media_type)

    def download(self, path: str, /, **query: Any) -> Iterator[bytes]:
        """Yield the pieces of a file; a parameter that is None is left out. Raise CallFailed."""
        with self._open("GET", _with_query(path, query)) as response:
            try:
                while piece := response.read(PIECE):
                    yield piece
            except (OSError, HTTPException) as error:
                raise self._lost(error) from error

    def events(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the events from now on. Raise CallFailed, also when the server stops."""
        with self._open("GET", _with_query("events", query)) as stream:
            try:
                for line in stream:
                    if line.startswith(b"data: "):
                        yield json.loads(line.removeprefix(b"data: "))
            except (OSError, HTTPException) as error:
                raise self._lost(error) from error
        raise CallFailed(f"the server at {self._server} stopped")

    def _lost(self, error: Exception) -> CallFailed:
        return CallFailed(f"the connection to the server at {self._server} is lost ({error})")

    def _read(self, method: str, path: str, body: bytes | None = None, media_type: str = "application/json") -> Any:
        with self._open(method, path, body, media_type) as response:
            try:
                content = response.read()
            except (OSError, HTTPException) as error:
                raise self._lost(error) from error
        try:
            return json.loads(content) if content else None
        except ValueError as error:
            raise CallFailed(f"the server at {self._server} is not mockmail: it does not respond with JSON") from error

    def _open(
        self, method: str, path: str, body: bytes | None = None, media_type: str = "application/json"
    ) -> HTTPResponse:
        request = Request(f"{self._url}/{path}", method=method)  # noqa: S310  # server_url allows only http and https
        if body is not None:
            request.data = body
            request.add_header("Content-Type", media_type)
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            response: HTTPResponse = self._opener.open(request, timeout=self._patience)
        except HTTPError as error:
            raise self._refused(error) from error
        except (OSError, HTTPException) as error:
            why = getattr(error, "reason", None) or error
            advice = "start it with `mockmail serve`, or give its URL with --url"
            raise CallFailed(f"no mockmail answers at {self._server} ({why}); {advice}") from error
        return response

    def _refused(self, error: HTTPError) -> CallFailed:
        if error.code == HTTPStatus.UNAUTHORIZED:
            return CallFailed(
                f"{self._server} needs a token; give it with --control-token or MOCKMAIL_CONTROL_TOKEN", 401
            )
        try:
            text = str(json.loads(error.read())["error"])
        except (OSError, HTTPException, ValueError, TypeError, KeyError):
            text = f"{self._server} responds with status {error.code}; is it mockmail?"
        return CallFailed(text, error.code)


def _with_query(path: str, query: Mapping[str, Any]) -> str:
    given = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{quote(path)}?{given}" if given else quote(path)


def add_server(parser: argparse.ArgumentParser, usage: str = "%(prog)s [OPTION]...") -> None:
    """Add the server's URL, the sandbox and the settings."""
    parser.add_argument(
        "--url", default="", help="the server's base URL (default: a server on this machine with these settings)"
    )
    parser.add_argument("--sandbox", default="", metavar="NAME", help="a sandbox (default: the default one)")
    add_settings(parser, usage)


def client_of(parsed: argparse.Namespace) -> ControlClient:
    """Return a client for the server and the sandbox of the flags. Raise SettingError, Problem."""
    settings = settings_of(parsed).settings
    if parsed.sandbox:
        check_name(parsed.sandbox)
    return ControlClient(server_url(parsed.url, settings), settings.control_token, parsed.sandbox)


def server_url(url: str, settings: Settings) -> str:
    """Return the base URL of the server: the given one, or that of a server with these settings. Raise SettingError."""
    if url:
        if not re.match(r"https?://[^/]", url):
            raise SettingError(f"--url must be the server's base URL, such as http://mockmail:8025, not {url!r}")
        return url.rstrip("/")
    if settings.http_port == 0:
        raise SettingError("http_port is 0, a free port; give the server's URL with --url")
    return f"http://{host_and_port(reachable_host(settings.host), settings.http_port)}"


def printable(text: str, most: int = 200) -> str:
    """Replace the characters of a text that could control the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:most])
