"""Read form fields from a URL-encoded body, a query string, or multipart/form-data."""

from __future__ import annotations

import re
from binascii import a2b_qp
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from itertools import islice
from typing import Any, NamedTuple

from mockmail.core.charsets import in_charset
from mockmail.core.mail.mime import UNREADABLE, HeaderBudget

_DELIMITER = re.compile(rb"[\r\n]--")
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class BrokenForm(ValueError):
    """Raised for a form that cannot be read; the message says why."""


class _Policy(EmailPolicy):
    budget: HeaderBudget | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if self.budget is not None and not self.budget.spend(name, value):
            raise BrokenForm("the headers are too long")
        return name, value


_HTTP: Any = _Policy(linesep="\r\n", max_line_length=None)


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
    """Return the fields of `multipart/form-data`.

    Raise BrokenForm for a body without its boundary, too many parts, and headers that are too long or broken.
    """
    if sum(1 for _ in islice(_DELIMITER.finditer(body), limit + 2)) > limit + 1:
        raise BrokenForm(f"more than {limit} parts")
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    try:
        return _fields_of(BytesParser(policy=_HTTP.clone(budget=HeaderBudget())).parsebytes(head + body))
    except BrokenForm:
        raise
    except UNREADABLE as error:
        raise BrokenForm("a header cannot be read") from error


def _fields_of(message: EmailMessage) -> list[Field]:
    if not message.is_multipart():
        raise BrokenForm("not multipart, or without a boundary that stands in it")
    fields = []
    for part in message.iter_parts():
        name = part.get_param("name", header="Content-Disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            charset = part.get_content_charset("utf-8")
            fields.append(Field(name, _decoded(content, charset, strict=False), part.get_filename()))
    return fields


def _unquoted(body: bytes, charset: str, strict: bool) -> str:
    return _decoded(_without_percent_escapes(body) if b"%" in body else body, charset, strict=strict)


def _without_percent_escapes(body: bytes) -> bytes:
    # Read as quoted-printable, which differs only in its sign: urllib's way, escape by escape, takes seconds for
    # megabytes of them.
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
