"""Read form fields from a URL-encoded body, a query string, or multipart/form-data."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from mockmail.core.charsets import in_charset
from mockmail.core.mail.content_headers import VALUE_LIMIT, content_header
from mockmail.core.mail.mime import end_of_head
from mockmail.core.mail.parts import Part, before_line_break, part_at

PART_HEAD_LIMIT = VALUE_LIMIT
"""The most bytes of the headers of a part, so that each of them is read whole."""

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class BrokenForm(ValueError):
    """Raised for a form that cannot be read; the message says why."""


class Field(NamedTuple):
    """A field of a form. filename: None unless the form says that the field is a file."""

    name: str
    value: str
    filename: str | None = None


def urlencoded(body: bytes, *, charset: str = "utf-8", strict: bool = False, limit: int = 10_000) -> list[Field]:
    """Return the fields of `application/x-www-form-urlencoded`, blank ones too, in the order they were sent.

    strict: raise BrokenForm for a broken percent escape and for bytes that are not in the charset; otherwise keep the
    escape and replace the bytes, as most servers do.
    Raise BrokenForm for more fields than `limit`.
    """
    if not body:
        return []
    if strict and _BROKEN_ESCAPE.search(body):
        raise BrokenForm("a percent sign is not followed by two hexadecimal digits")
    if body.count(b"&") >= limit:
        raise BrokenForm(f"more than {limit} fields")
    pairs = [pair.partition(b"=") for pair in body.replace(b"+", b" ").split(b"&") if pair]
    return [Field(_unquoted(name, charset, strict), _unquoted(value, charset, strict)) for name, _, value in pairs]


def multipart(body: bytes, content_type: str, *, limit: int = 1000) -> list[Field]:
    """Return the fields of `multipart/form-data`, as `multipart_parts` reads them. Raise BrokenForm."""
    return [Field(name, part.text(), part.filename) for name, part in multipart_parts(body, content_type, limit=limit)]


def multipart_parts(body: bytes, content_type: str, *, limit: int = 1000) -> list[tuple[str, Part]]:
    """Return the named parts of `multipart/form-data`, in time linear in the length of the body.

    Raise BrokenForm for a body without its boundary, too many parts, headers that are too long, and a part that is
    multipart itself.
    """
    header = content_header(content_type)
    boundary = header.parameters.get("boundary")
    if boundary is None or not header.value.startswith("multipart/"):
        raise BrokenForm("not multipart, or without a boundary")
    lines = list(islice(_boundary_lines(body, boundary.rstrip()), limit + 2))
    if not lines:
        raise BrokenForm(f"no line is the boundary {boundary[:80]!r} with two hyphens before it")
    if len(lines) > limit + 1:
        raise BrokenForm(f"more than {limit} parts")
    return list(_parts(body, lines))


def _boundary_lines(body: bytes, boundary: str) -> Iterator[re.Match[bytes]]:
    delimiter = re.escape(f"--{boundary}".encode("utf-8", "replace"))
    for found in re.finditer(delimiter + rb"(--)?[ \t]*(?:\r\n|\r|\n|\Z)", body):
        if found.start() == 0 or body[found.start() - 1] in b"\r\n":
            yield found


def _parts(body: bytes, lines: Sequence[re.Match[bytes]]) -> Iterator[tuple[str, Part]]:
    for number, line in enumerate(lines, 1):
        if line[1]:
            return
        start = line.end()
        stop = lines[number].start() if number < len(lines) else len(body)
        head = end_of_head(body, start, stop)
        if head - start > PART_HEAD_LIMIT:
            raise BrokenForm(f"the headers of part {number} are too long: at most {PART_HEAD_LIMIT} bytes are read")
        part = part_at(body, start, head)
        if part.content_type.value.startswith("multipart/"):
            raise BrokenForm(f"part {number} is multipart itself: send each file as a part of the form")
        part.end = max(part.start, before_line_break(body, part.start, stop))
        name = part.disposition.parameters.get("name")
        if name is not None:
            yield name, part


def _unquoted(body: bytes, charset: str, strict: bool) -> str:
    return _decoded(_without_percent_escapes(body) if b"%" in body else body, charset, strict=strict)


def _without_percent_escapes(body: bytes) -> bytes:
    # Decode the escapes as quoted-printable, which differs only in the sign. urllib decodes one escape after the other,
    # which takes seconds for a megabyte.
    whole = _BROKEN_ESCAPE.sub(b"%25", body)
    return a2b_qp(whole.replace(b"=", b"=3D").replace(b"%", b"="))


def _decoded(body: bytes, charset: str, *, strict: bool) -> str:
    if charset == "utf-8" and not strict:
        return body.decode("utf-8", "replace")
    try:
        return in_charset(body, charset, "strict" if strict else "replace")
    except UnicodeDecodeError as error:
        raise BrokenForm(f"bytes that are not {charset}") from error
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")
