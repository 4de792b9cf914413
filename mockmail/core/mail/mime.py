"""Parse messages into headers, bodies and attachments.

No function here raises an error for malformed input. Text that cannot be decoded is returned undecoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses
from functools import partial
from inspect import signature
from itertools import islice
from typing import Any, Literal

from mockmail.core.charsets import in_charset

HEAD_LIMIT = 256 * 1024
"""The bytes of a message that are searched for headers."""

VALUE_LIMIT = 4096
"""The characters of a header that are parsed for parameters, such as a boundary or a file name."""

SHORT_VALUE = 80
"""The characters of a header that are parsed once the budget for all headers is spent."""

DEPTH_LIMIT = 100
"""The most levels of parts in a message that is parsed beyond its headers."""

HEADER_BUDGET = 36_000_000
"""The budget of a `HeaderBudget`: one header of 6,000 characters, or 3,600 headers of 100."""

UNREADABLE = (AssertionError, AttributeError, HeaderParseError, LookupError, RecursionError, TypeError, ValueError)
"""The errors that Python's parsers of email and HTML raise for malformed input."""


class HeaderBudget:
    """A bound on the time that parsing the `Content-` headers of one message or form takes.

    Python's email package parses a header with parameters in time that is quadratic in its length, and again at each
    access: 100 KB of semicolons take it minutes. The budget is counted in squares of characters.
    """

    def __init__(self) -> None:
        self._left = HEADER_BUDGET

    def spend(self, name: str, value: str) -> bool:
        """Deduct the cost of a header and return True; return False when the budget does not cover it."""
        if not name.lower().startswith("content-"):
            return True
        cost = len(value) ** 2
        if cost > self._left:
            return False
        self._left -= cost
        return True


class _Policy(policy.EmailPolicy):
    budget: HeaderBudget | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:VALUE_LIMIT]
        return name, value if self.budget is None or self.budget.spend(name, value) else value[:SHORT_VALUE]

    def header_fetch_parse(self, name: str, value: str) -> Any:
        # A malformed header is read without its parameters, or as an empty one.
        for readable in (value, value.partition(";")[0]):
            try:
                return super().header_fetch_parse(name, readable)
            except UNREADABLE:
                continue
        return super().header_fetch_parse(name, "")


_POLICY: Any = _Policy(utf8=True, max_line_length=None, raise_on_defect=False)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_PUNYCODE = re.compile(r"=\?[^?a-z0-9]*punycode[^?a-z0-9]*[?*]", re.IGNORECASE)  # see NOT_CHARSETS in core/charsets.py
_DELIMITER = re.compile(rb"[\r\n]--")
# Newer Pythons reject malformed address lists by default; older ones have no such parameter.
_LENIENT: dict[str, Any] = {"strict": False} if "strict" in signature(getaddresses).parameters else {}


class Headers:
    """The decoded headers of a message, in order. Names are case-insensitive."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields = fields

    def __repr__(self) -> str:
        return f"<Headers {', '.join(name for name, _ in self._fields)}>"

    def __contains__(self, name: str) -> bool:
        return bool(self.get_all(name))

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def get(self, name: str, default: str = "") -> str:
        """Return the first header with this name, or the default."""
        return next(iter(self.get_all(name)), default)

    def get_all(self, name: str) -> list[str]:
        """Return the headers with this name, in order."""
        return [value for field, value in self._fields if field.lower() == name.lower()]

    def items(self) -> Iterator[tuple[str, str]]:
        """Return an iterator over all names and values, in order."""
        return iter(self._fields)


def headers(raw: bytes) -> Headers:
    """Return the headers of a message."""
    head = raw[:HEAD_LIMIT]
    end = re.search(rb"\r?\n\r?\n", head)
    parsed = BytesHeaderParser().parsebytes(head[: end.end()] if end else head)
    # Only raw_items keeps the bytes beyond ASCII, which other accessors replace before they can be decoded.
    return Headers([(name, decoded(str(value))) for name, value in parsed.raw_items()])


def decoded(value: str) -> str:
    """Return a header value unfolded and with its encoded words decoded."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    readable = unfolded.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        has_encoded_words = "=?" in readable and not _PUNYCODE.search(readable)
        return _without_surrogates(str(make_header(decode_header(readable)))) if has_encoded_words else readable
    except UNREADABLE:
        return readable


def addresses(values: Sequence[str]) -> list[str]:
    """Return the addresses in the values of address headers, without display names."""
    try:
        return [address for _, address in getaddresses(list(values), **_LENIENT) if address]
    except UNREADABLE:
        return []


def parse(raw: bytes, max_parts: int) -> EmailMessage:
    """Return the message as Python's email package parses it.

    Only the headers are parsed of a message with more than `max_parts` parts or `DEPTH_LIMIT` levels.
    """
    parser: Any = BytesParser(_class=EmailMessage, policy=_POLICY.clone(budget=HeaderBudget()))
    if sum(1 for _ in islice(_DELIMITER.finditer(raw), 2 * max_parts + 1)) <= 2 * max_parts:
        try:
            message: EmailMessage = parser.parsebytes(raw)
        except UNREADABLE:
            pass
        else:
            if not _is_deeper(message, DEPTH_LIMIT):
                return message
    return parser.parsebytes(raw, headersonly=True)  # type: ignore[no-any-return]


def body(message: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    """Return the plain text or the HTML that a mail reader shows; None when there is none."""
    part = _body_part(message, kind)
    return None if part is None else _text_of(part)


def attachments(message: EmailMessage) -> Iterator[dict[str, Any]]:
    """Return the fields of an `Attachment` for each part that is neither a body nor multipart."""
    bodies = [_body_part(message, "plain"), _body_part(message, "html")]
    for part in message.walk():
        is_container = part.is_multipart() or part.get_content_maintype() == "multipart"
        if is_container or any(part is body_part for body_part in bodies):
            continue
        if part is message and part.get_content_maintype() == "text" and not _header_or_none(part.get_filename):
            continue
        content_id = _header_or_none(partial(part.get, "Content-ID"))
        yield {
            "filename": _header_or_none(part.get_filename),
            "content_type": _header_or_none(part.get_content_type) or "application/octet-stream",
            "content": _bytes_of(part),
            "content_id": content_id.strip("<> ") if content_id else None,
        }


def _is_deeper(message: Message, levels: int) -> bool:
    level: list[Any] = [message]
    for _ in range(levels):
        level = [part for parent in level if parent.is_multipart() for part in parent.get_payload()]
        if not level:
            return False
    return True


def _body_part(message: EmailMessage, kind: Literal["plain", "html"]) -> Message | None:
    try:
        return message.get_body(preferencelist=(kind,))
    except UNREADABLE:
        return None


def _header_or_none(read: Callable[[], Any]) -> str | None:
    try:
        value = read()
    except UNREADABLE:
        return None
    return None if value is None else str(value)


def _without_surrogates(text: str) -> str:
    # Some charsets, such as UTF-7, decode to lone surrogates, which UTF-8 cannot encode.
    return _SURROGATES.sub("\ufffd", text)


def _bytes_of(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except UNREADABLE:
        return b""
    return content if isinstance(content, bytes) else b""


def _text_of(part: Message) -> str:
    content = _bytes_of(part)
    try:
        return _without_surrogates(in_charset(content, part.get_content_charset("utf-8")))
    except UNREADABLE:
        return content.decode("utf-8", "replace")
