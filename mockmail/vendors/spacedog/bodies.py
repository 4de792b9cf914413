"""Read the fields, JSON and query of a request as SpaceDog's server does.

The server ignores every Content-Type but those of forms, and reads a body without a charset as ISO-8859-1
(docs/wire/spacedog.md 4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockmail.core.charsets import in_charset
from mockmail.core.exchange import WireRequest
from mockmail.vendors.spacedog.jackson import words_for
from mockmail.wire.forms import BrokenForm, Field, multipart, urlencoded
from mockmail.wire.headers import charset_of
from mockmail.wire.json_text import BrokenJson, read_json

DEFAULT_CHARSET = "iso-8859-1"
_VAST = re.compile(r"[eE]\+?[0-9]{3}|[0-9]{300}")  # a number that may be beyond the bounds of a double
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters of a form or a query, one value each."""

    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """Return a parameter's value, or None."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A body read as JSON. broken: the parser's message, None if it is JSON; query: the parameters of the query."""

    text: str
    value: Any = None
    broken: str | None = None
    query: Mapping[str, str] | None = None


def form_values(request: WireRequest) -> dict[str, str]:
    """Return the parameters of query and form, the first value of each name; the query comes before the body.

    Multipart fields are not read, and a form that cannot be read is empty.
    """
    fields = query_fields(request)
    if request.content_type == "application/x-www-form-urlencoded":
        # Plain bytes are in the body's charset, percent-encoded ones are UTF-8.
        fields += _urlencoded(body_text(request).encode("utf-8", "replace"))
    found: dict[str, str] = {}
    for field in fields:
        found.setdefault(field.name, field.value)
    return found


def mail_fields(request: WireRequest) -> Form:
    """Return the fields of a mail: the last part of each name of a multipart body, else query and form."""
    if request.content_type == "multipart/form-data":
        try:
            parts = multipart(request.body, request.headers.get("Content-Type", ""))
        except (BrokenForm, LookupError, ValueError):
            parts = []
        if parts:
            return Form({part.name: sayable(part.value) for part in parts})
    return Form(form_values(request))


def query_values(request: WireRequest) -> dict[str, str]:
    """Return the parameters of the query."""
    found: dict[str, str] = {}
    for field in query_fields(request):
        found.setdefault(field.name, field.value)
    return found


def query_fields(request: WireRequest) -> list[Field]:
    """Return the parameters of the query, in order."""
    return _urlencoded(request.query.encode("utf-8", "surrogateescape")) if request.query else []


def json_body(request: WireRequest) -> JsonBody:
    """Return the body as JSON, whatever its Content-Type is."""
    text = body_text(request).removeprefix("\ufeff")
    query = query_values(request)
    if not text:
        return JsonBody(text, query=query)
    try:
        value = _first_value(text)
    except BrokenJson as error:
        return JsonBody(text, broken=words_for(text, error), query=query)
    if _VAST.search(text) and not _is_finite(value):
        return JsonBody(text, broken="a number beyond the bounds of a double", query=query)
    return JsonBody(text, sayable(value) if _SURROGATE.search(text) else value, query=query)


def _is_finite(value: Any) -> bool:
    # JSON has no infinite number, so that a response could not show it
    if isinstance(value, list | dict):
        return all(map(_is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def _first_value(text: str) -> Any:
    # Jackson ignores text after the first value.
    try:
        return read_json(text.encode("utf-8", "replace"))
    except BrokenJson as error:
        if not error.reason.startswith("Extra data"):
            raise
        return read_json(text[: error.position].encode("utf-8", "replace"))


def body_text(request: WireRequest) -> str:
    """Return the body as text."""
    try:
        return in_charset(request.body, charset_of(request.headers.get("Content-Type", "")) or DEFAULT_CHARSET)
    except (LookupError, ValueError):
        return request.body.decode(DEFAULT_CHARSET)


def _urlencoded(raw: bytes) -> list[Field]:
    try:
        return urlencoded(raw)
    except BrokenForm:
        return []


def sayable(value: Any) -> Any:
    """Return a value in which a question mark replaces each half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [sayable(child) for child in value]
    if isinstance(value, dict):
        return {sayable(name): sayable(child) for name, child in value.items()}
    return value
