"""Read the parameters of any request, for the conditions of faults and stubs: no vendor's rules apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest
from mockmail.core.rules import Parameters
from mockmail.wire.forms import BrokenForm, Field, multipart, urlencoded
from mockmail.wire.json_text import BrokenJson, read_json, write_json


def parameters_of(request: WireRequest, path: Mapping[str, str]) -> Parameters:
    """Return the values of path, query and body; from a JSON body, those of members at any depth.

    path: the values of the path template's names. The segments of a `{name*}` also count as names and values in turn.
    A query or body that cannot be read has no parameters.
    """
    found: dict[str, list[str]] = {}
    for name, value in chain(path.items(), _pairs(path), _fields(request), _members(request)):
        found.setdefault(name.lower(), []).append(value)
    return found


def _pairs(path: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for value in path.values():
        segments = value.split("/")
        yield from zip(segments[::2], segments[1::2], strict=False)


def _fields(request: WireRequest) -> Iterator[tuple[str, str]]:
    for name, value, _ in (*_form(request.query.encode("utf-8", "replace")), *_body_fields(request)):
        yield name, value


def _body_fields(request: WireRequest) -> list[Field]:
    if request.content_type == "application/x-www-form-urlencoded":
        return _form(request.body)
    if request.content_type.startswith("multipart/"):
        try:
            return multipart(request.body, request.headers.get("Content-Type", ""))
        except BrokenForm:
            pass
    return []


def _form(text: bytes) -> list[Field]:
    try:
        return urlencoded(text)
    except BrokenForm:
        return []


def _members(request: WireRequest) -> Iterator[tuple[str, str]]:
    if request.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return
    try:
        waiting: list[tuple[str, Any]] = [("", read_json(request.body))]
    except (BrokenJson, Problem):
        return
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += ((name, item) for item in value)
        elif name:
            yield name, value if isinstance(value, str) else write_json(value).decode()
