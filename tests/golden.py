"""Golden exchanges: a documented request, and the documented answer, as a TOML file under `fixtures/<vendor>/`.

    operation = "account.view"
    source = 'atmail API documentation, "VIEW ACCOUNT", Success'

    [given]                                  # what must have happened before, if anything
    seed = {domains = [{...}]}               # records to add
    requests = [{method = "POST", path = "/...", headers = {...}, body = "..."}]     # or {curl = "..."}
    mails = [{to = ["a@b.c"], size = 8192}]  # sent by SMTP; size in bytes, headers included

    [request]
    curl = '''curl -i ...'''                 # the page's own line; or method, path, headers, body

    [answer]
    status = 200
    headers = {Content-Type = "text/xml"}    # those that must be there
    body = '''...'''                         # XML or JSON, compared as a tree: names, order and values

    [answer.own]                             # values that are the server's own: path -> pattern of the whole value
    "/accountview/response/results/dateCreate" = '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}'

A path is the names from the root's child down, `/` between them; a place in a JSON array, or among repeated elements,
is a number (`/mailboxes/0/name`). Page indentation does not count; everything else does.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
import smtplib
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from http_client import Response, send_request
from lxml import etree

from mockmail import MockMail

FIXTURES = Path(__file__).parent.parent / "fixtures"


@dataclass
class Request:
    method: str = "GET"
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Request:
        return request_of_curl(document["curl"]) if "curl" in document else cls(**document)


def load(vendor: str) -> dict[str, dict[str, Any]]:
    """The golden exchanges of a vendor by file name."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((FIXTURES / vendor).glob("*.toml"))}


def check(golden: dict[str, Any], vendor: str, mm: MockMail) -> None:
    """Play a golden exchange against a fresh server, and compare every value of its answer."""
    given = golden.get("given", {})
    if "seed" in given:
        mm.vendor(vendor).seed(**given["seed"])
    for request in given.get("requests", ()):
        response = send(mm.url, Request.of(request))
        assert response.status < 400, f"given: {request} was answered {response.status} {response.body!r}"
    for mail in given.get("mails", ()):
        send_mail(mm, **mail)
    response = send(mm.url, Request.of(golden["request"]))
    status, headers, body = response.status, response.headers, response.body
    expected = golden["answer"]
    assert status == expected["status"], body
    for name, value in expected.get("headers", {}).items():
        assert headers.get(name) == value
    assert values(body) == with_own(values(expected.get("body", "").encode()), values(body), expected.get("own", {}))


def send(base_url: str, request: Request) -> Response:
    """Send a request as curl does."""
    headers = {"User-Agent": "curl/8.5.0", "Accept": "*/*"} | request.headers
    return send_request(base_url, request.method, request.path, request.body.encode() or None, headers=headers)


def send_mail(
    mm: MockMail, to: list[str], size: int = 0, sender: str = "sender@example.com", text: str = "Hello"
) -> None:
    """A mail by SMTP, filled up to a size."""
    head = f"From: {sender}\r\nTo: {', '.join(to)}\r\nSubject: test\r\n\r\n{text}\r\n".encode()
    filler = b"x" * max(0, size - len(head) - 2)
    lines = b"\r\n".join(filler[at : at + 900] for at in range(0, len(filler), 902)) + b"\r\n" if size else b""
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port) as client:
        client.sendmail(sender, to, (head + lines)[: size or None])


def request_of_curl(line: str) -> Request:
    """What a curl command sends."""
    words = shlex.split(line.replace("\\\n", " "))[1:]
    request, data, url = Request(), [], ""
    while words:
        word = words.pop(0)
        if word in ("-u", "--user"):
            request.headers["Authorization"] = "Basic " + base64.b64encode(words.pop(0).encode()).decode()
        elif word in ("-d", "--data", "--data-raw"):
            data.append(words.pop(0))
        elif word in ("-X", "--request"):
            request.method = words.pop(0)
        elif word in ("-H", "--header"):
            name, _, value = words.pop(0).partition(":")
            request.headers[name] = value.strip()
        elif word in ("-i", "-s", "-k"):
            continue
        else:
            url = words.pop(0) if word == "--url" else word
    parts = urlsplit(url)
    request.path = parts.path + (f"?{parts.query}" if parts.query else "")
    if data:
        request.body = "&".join(data)
        request.method = "POST" if request.method == "GET" else request.method
        request.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return request


def values(body: bytes) -> list[tuple[str, Any]]:
    """Every value of an XML or JSON document with its path, in document order; an empty body has none."""
    if not body.strip():
        return []
    if body.lstrip().startswith(b"<"):
        root = etree.fromstring(body)
        attributes = sorted((f"@{name}", value) for name, value in root.attrib.items())
        return [("@root", root.tag), *attributes, *_xml_values(root, "")]
    return list(_json_values(json.loads(body), ""))


def with_own(
    expected: list[tuple[str, Any]], actual: list[tuple[str, Any]], own: dict[str, str]
) -> list[tuple[str, Any]]:
    """The expected values, with those that are the server's own taken from the answer where they fit their pattern."""
    came = dict(actual)
    unknown = [path for path in own if path not in dict(expected)]
    assert not unknown, f"the golden answer has no {unknown}"
    return [
        (path, came[path] if path in own and path in came and _fits(own[path], came[path]) else value)
        for path, value in expected
    ]


def _fits(pattern: str, value: Any) -> bool:
    text = value if isinstance(value, str) else json.dumps(value)
    return re.fullmatch(pattern, text) is not None


def _xml_values(element: Any, path: str) -> list[tuple[str, Any]]:
    children = list(element)
    if not children:
        return [(path, element.text or "")]
    found: list[tuple[str, Any]] = []
    repeated = Counter(child.tag for child in children)
    seen: Counter[str] = Counter()
    for child in children:
        name = etree.QName(child).localname
        place = f"/{seen[child.tag]}" if repeated[child.tag] > 1 else ""
        seen[child.tag] += 1
        found += _xml_values(child, f"{path}/{name}{place}")
    return found


def _json_values(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [pair for name, child in value.items() for pair in _json_values(child, f"{path}/{name}")]
    if isinstance(value, list) and value:
        return [pair for number, child in enumerate(value) for pair in _json_values(child, f"{path}/{number}")]
    return [(path, value)]
