"""Spellings of a secret parameter, and everything that a server shows of a request."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from http_client import send_request
from logs import logger_to

from mockmail.inprocess.strictness import failures_of
from mockmail.server.console import Console

SECRET = "Zq7hunter2"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=b0und"
JOURNAL_CUT = 65536


class Body(NamedTuple):
    """A body with the secret. label: how it is spelled."""

    label: str
    content_type: str
    content: bytes


def form_bodies(name: str, rest: str = "") -> Iterator[Body]:
    """Return the spellings of a form with a secret parameter. rest: the other fields."""
    head = f"{rest}&" if rest else ""
    escaped = f"%{ord(name[0]):02x}{name[1:]}"
    filler = "x" * (JOURNAL_CUT - len(head) - len(name) - len(SECRET) - 2)
    for label, content in {
        "form": f"{head}{name}={SECRET}",
        "form, encoded name": f"{head}{escaped}={SECRET}",
        "form, name in upper case": f"{head}{name.upper()}={SECRET}",
        "form, repeated name": f"{head}{name}=other&{name}={SECRET}&{name}=third",
        "form, array name": f"{head}{name}[]={SECRET}",
        "form, indexed name": f"{head}{name}%5B0%5D={SECRET}",
        "form, cut in the value": f"{head}z={filler}&{name}={SECRET}{SECRET}",
    }.items():
        yield Body(label, FORM, content.encode())
    yield Body("form, without a content type", "", f"{head}{name}={SECRET}".encode())


def multipart_bodies(name: str) -> Iterator[Body]:
    """Return the spellings of a multipart form with a secret parameter."""
    encoded = name[:-1] + f"%{ord(name[-1]):02x}"
    for label, parameter in {
        "quoted name": f'name="{name}"',
        "bare name": f"name={name}",
        "encoded name": f"name*=utf-8''{encoded}",
        "continued name": f'name*0="{name[:3]}"; name*1="{name[3:]}"',
        "name with a backslash": f'name="{name[:3]}\\{name[3:]}"',
        "folded name": f'\r\n name="{name}"',
    }.items():
        content = f"--b0und\r\nContent-Disposition: form-data; {parameter}\r\n\r\n{SECRET}\r\n--b0und--\r\n"
        yield Body(f"multipart, {label}", MULTIPART, content.encode())
    yield Body(
        "multipart, header in lower case",
        MULTIPART,
        f'--b0und\ncontent-disposition:form-data;name="{name}"\n\n{SECRET}\n--b0und--\n'.encode(),
    )


def json_bodies(name: str, rest: str = "") -> Iterator[Body]:
    """Return the spellings of a JSON object with a secret member. rest: the other members."""
    head = f"{rest}," if rest else ""
    escaped = f"{name[:4]}\\u{ord(name[4]):04x}{name[5:]}"
    filler = "x" * (JOURNAL_CUT - len(head) - len(name) - len(SECRET) - 12)
    for label, content in {
        "JSON": f'{{{head}"{name}":"{SECRET}"}}',
        "JSON, blanks": f'{{{head} "{name}" \n:\t"{SECRET}" }}',
        "JSON, escaped name": f'{{{head}"{escaped}":"{SECRET}"}}',
        "JSON, escape in the value": f'{{{head}"{name}":"a\\"{SECRET}"}}',
        "JSON, name in upper case": f'{{{head}"{name.upper()}":"{SECRET}"}}',
        "JSON, repeated name": f'{{{head}"{name}":"other","{name}":"{SECRET}"}}',
        "JSON, array": f'{{{head}"{name}":["{SECRET}"]}}',
        "JSON, object": f'{{{head}"{name}":{{"value":["{SECRET}"]}}}}',
        "JSON, name without quotes": f'{{{head}{name}:"{SECRET}"}}',
        "JSON, single quotes": f"{{{head}'{name}':'{SECRET}'}}",
        "JSON, comments": f'{{{head}/* a */"{name}"/*:*/:// "\n"{SECRET}",}}',
        "JSON, value without quotes": f'{{{head}"{name}":{SECRET}}}',
        "JSON, missing comma": f'{{{head}"a":"b" "{name}":"{SECRET}"}}',
        "JSON, text after it": f'{{{head}"a":"b"}} {{"{name}":"{SECRET}"}}',
        "JSON, unfinished": f'{{{head}"{name}":"{SECRET}',
        "JSON, cut in the value": f'{{{head}"z":"{filler}","{name}":"{SECRET}{SECRET}"}}',
    }.items():
        yield Body(label, JSON, content.encode())
    plain = f'{{{head}"{name}":"{SECRET}"}}'
    yield Body("JSON, as a form", FORM, plain.encode())
    yield Body("JSON, without a content type", "", plain.encode())
    yield Body("JSON, UTF-16", f"{JSON}; charset=utf-16", plain.encode("utf-16"))
    yield Body("JSON, UTF-16 without a charset", JSON, plain.encode("utf-16"))


class Watched:
    """A server whose console is kept, and its control API."""

    def __init__(self, mm: Any) -> None:
        self.mm = mm
        self.console = io.StringIO()
        Console(logger_to(self.console)).watch(mm.server.sandboxes.get())

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a request and return how the control API shows it."""
        send_request(self.mm.url, method, path, body, headers=headers)
        [newest, *_] = self.get("requests?limit=1")["requests"]
        return dict(self.get(f"requests/{newest['id']}"))

    def get(self, path: str) -> Any:
        """Return a document of the control API."""
        return send_request(self.mm.url, "GET", f"/_mockmail/{path}").json

    def everything(self) -> str:
        """Return all that is shown of the requests and messages since the last time."""
        requests = self.get("requests?limit=1000")
        messages = self.get("messages")["messages"]
        parts = [requests, self.get("requests/unmatched"), messages]
        parts += [self.get(f"requests/{request['id']}") for request in requests["requests"]]
        parts += [self.get(f"messages/{message['id']}") for message in messages]
        python = [f"{exchange} {exchange!r}" for exchange in self.mm.requests]
        python.append(failures_of(self.mm))
        self.mm.requests.clear()
        return "\n".join([json.dumps(part) for part in parts] + python + [self.console.getvalue()])
