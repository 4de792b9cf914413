"""Read the content of a journaled request for a test: JSON, a form, XML, and its parameters by name.

Vendors read requests with their own readers (`mockmail.wire`). These are for people and tests that read the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree as ET

from multidict import MultiDict, MultiDictProxy

from mockmail.core.charsets import in_charset
from mockmail.core.mail.content_headers import content_header
from mockmail.core.mail.parts import parse

MOST_FIELDS = 10_000
"""The most fields of a form or a query that are read."""

MOST_LEVELS = 100
"""The most levels of a body whose members are parameters."""


def read_json(body: bytes) -> Any:
    """Return the value of a JSON body. Raise ValueError."""
    return json.loads(body)


def read_form(body: bytes, content_type: str) -> MultiDictProxy[str]:
    """Return the fields of a form, URL-encoded or multipart, in the order they were sent; the first `MOST_FIELDS`."""
    header = content_header(content_type)
    if header.value.startswith("multipart/"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "surrogateescape")
        parts = parse(head + body, MOST_FIELDS).message.parts
        named = [(part.disposition.parameters.get("name"), part.text()) for part in parts]
        return MultiDictProxy(MultiDict([(name, text) for name, text in named if name is not None]))
    try:
        text = in_charset(body, header.parameters.get("charset", "utf-8").lower())
    except LookupError:
        text = body.decode("utf-8", "replace")
    return read_query(text)


def read_query(text: str) -> MultiDictProxy[str]:
    """Return the parameters of a query, in the order they were sent; the first `MOST_FIELDS`."""
    pairs = "&".join(text.split("&", MOST_FIELDS)[:MOST_FIELDS])
    return MultiDictProxy(MultiDict(parse_qsl(pairs, keep_blank_values=True)))


def read_xml(body: bytes) -> ET.Element:
    """Return the root element of an XML body. Raise ValueError, also for a document type definition."""
    if b"<!DOCTYPE" in body.replace(b"\0", b""):
        raise ValueError("XML with a document type definition is not read")
    try:
        return ET.fromstring(body)  # noqa: S314  # there is no entity without a document type definition
    except (ET.ParseError, LookupError) as error:
        raise ValueError(f"the body is not XML: {error}") from error


def read_params(
    *, path: str, path_values: Mapping[str, str], query: str, content_type: str, body: bytes
) -> dict[str, Any]:
    """Return the parameters of a request by name: of its path, its query and its body, as the client sent them.

    path_values: the values of the names in the operation's path template.
    A name that is sent several times in the query or in a form has a list. The members of a JSON object, and the
    elements in the root of an XML document, are parameters. A body that cannot be read has none.
    """
    found: dict[str, Any] = {}
    for name, value in path_values.items():
        if value:
            found |= _pairs_in_rest(path, value) or {name: value}
    return found | _grouped(read_query(query).items()) | _in_body(body, content_type)


def _in_body(body: bytes, content_type: str) -> dict[str, Any]:
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type.startswith("multipart/") or media_type == "application/x-www-form-urlencoded":
            return _grouped(read_form(body, content_type).items())
        first = body.lstrip()[:1]
        if first in (b"{", b"<"):
            # NaN and the infinities, which JSON does not have, become text.
            found = json.loads(body, parse_constant=str) if first == b"{" else _content_of(read_xml(body))
            return found if isinstance(found, dict) and _is_within(found, MOST_LEVELS) else {}
        return {} if media_type or not first else _grouped(read_form(body, content_type).items())
    except (RecursionError, ValueError):
        return {}


def _pairs_in_rest(path: str, value: str) -> dict[str, str]:
    """Return the pairs of `{name*}`, the rest of a path with names and values in turn; none for another value."""
    segments = value.split("/")
    rest = [unquote(segment) for segment in path.rstrip("/").split("/")[-len(segments) :]]
    if len(segments) % 2 or rest != segments:
        return {}
    return dict(zip(segments[::2], segments[1::2], strict=True))


def _content_of(element: ET.Element) -> Any:
    children = list(element)
    if not children:
        return element.text or ""
    return _grouped((_local_name(child), _content_of(child)) for child in children)


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _is_within(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_within(each, levels - 1) for each in inner)


def _local_name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
