"""Looking into a message: headers, bodies, links and attachments, from bytes that anybody may have written.

Every function answers for any input. What cannot be read is left as it stands rather than refused: the raw message is
always there for whoever wants to know better.
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
from html.parser import HTMLParser
from inspect import signature
from itertools import islice
from typing import Any, Literal

from mockmail.core.charsets import in_charset
from mockmail.core.mail.header_room import HeaderRoom

HEAD_LIMIT = 256 * 1024
"""How many bytes of a message are looked at for headers."""

VALUE_LIMIT = 4096
"""How many characters of a header are read for parameters, such as a boundary or a file's name."""

SHORT_VALUE = 80
"""How many characters of a header are read when others have taken the room that there is for all."""

DEPTH_LIMIT = 100
"""How deep a message may nest to be looked into."""

# What Python's email package raises, one way or another, for what is no message.
_UNREADABLE = (AssertionError, AttributeError, HeaderParseError, LookupError, RecursionError, TypeError, ValueError)


class _Policy(policy.EmailPolicy):
    """Nothing is refolded, decoded or rejected, and no header is read further than it is worth.

    room: what may yet be read; without it, a value's beginning.
    """

    room: HeaderRoom | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:VALUE_LIMIT]
        return name, value if self.room is None or self.room.takes(name, value) else value[:SHORT_VALUE]

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """A header that cannot be read says what stands before its parameters, or nothing."""
        for readable in (value, value.partition(";")[0]):
            try:
                return super().header_fetch_parse(name, readable)
            except _UNREADABLE:
                continue
        return super().header_fetch_parse(name, "")


_POLICY: Any = _Policy(utf8=True, max_line_length=None, raise_on_defect=False)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_PUNYCODE = re.compile(r"=\?[^?a-z0-9]*punycode[^?a-z0-9]*[?*]", re.IGNORECASE)  # see core/charsets.py
_DELIMITER = re.compile(rb"[\r\n]--")
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
# Later Pythons refuse odd address lists unless they are told not to; earlier ones do not know the word.
_LENIENT: dict[str, Any] = {"strict": False} if "strict" in signature(getaddresses).parameters else {}
# Elements that stand within a line: a word may begin inside one and end behind it.
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
    }
    | {"q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr"}
)
_BODIES: tuple[Literal["plain", "html"], ...] = ("plain", "html")
_INVISIBLE = ("script", "style", "head", "template", "title")


class Headers:
    """A message's headers, decoded, in the order they stand, found in any case of name."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields = fields

    def __repr__(self) -> str:
        return f"<Headers {', '.join(name for name, _ in self._fields)}>"

    def __contains__(self, name: str) -> bool:
        return any(one.lower() == name.lower() for one, _ in self._fields)

    def __getitem__(self, name: str) -> str:
        for one, value in self._fields:
            if one.lower() == name.lower():
                return value
        raise KeyError(name)

    def get(self, name: str, default: str = "") -> str:
        """The first header of this name."""
        return next(iter(self.get_all(name)), default)

    def get_all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for one, value in self._fields if one.lower() == name.lower()]

    def items(self) -> Iterator[tuple[str, str]]:
        """Each name and value."""
        return iter(self._fields)


def headers(raw: bytes) -> Headers:
    """The headers of a message."""
    head = raw[:HEAD_LIMIT]
    end = re.search(rb"\r?\n\r?\n", head)
    parsed = BytesHeaderParser().parsebytes(head[: end.end()] if end else head)
    # As it stands in the message: read any other way, octets beyond ASCII are lost before they can be decoded.
    return Headers([(name, decoded(str(value))) for name, value in parsed.raw_items()])


def decoded(value: str) -> str:
    """A header's value with its encoded words read and its folds undone."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    readable = unfolded.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        encoded = "=?" in readable and not _PUNYCODE.search(readable)
        return _whole(str(make_header(decode_header(readable)))) if encoded else readable
    except _UNREADABLE:
        return readable


def addresses(values: Sequence[str]) -> list[str]:
    """The bare addresses in some address headers."""
    try:
        return [address for _, address in getaddresses(list(values), **_LENIENT) if address]
    except _UNREADABLE:
        return []


def parse(raw: bytes, max_parts: int) -> EmailMessage:
    """The message as Python's email package reads it.

    A message of more parts than `max_parts`, or of more than `DEPTH_LIMIT` levels, is read as its headers alone:
    reading each part costs more than it tells.
    """
    parser: Any = BytesParser(_class=EmailMessage, policy=_POLICY.clone(room=HeaderRoom()))
    if sum(1 for _ in islice(_DELIMITER.finditer(raw), 2 * max_parts + 1)) <= 2 * max_parts:
        try:
            message: EmailMessage = parser.parsebytes(raw)
        except _UNREADABLE:
            pass
        else:
            if not _is_deeper(message, DEPTH_LIMIT):
                return message
    return parser.parsebytes(raw, headersonly=True)  # type: ignore[no-any-return]


def body(message: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    """The plain text or the HTML that a person would be shown; None when there is none."""
    part = _body_part(message, kind)
    return None if part is None else _text_of(part)


def attachments(message: EmailMessage) -> Iterator[dict[str, Any]]:
    """Each part that is neither a body nor a container."""
    bodies = [_body_part(message, kind) for kind in _BODIES]
    for part in message.walk():
        container = part.is_multipart() or part.get_content_maintype() == "multipart"
        if container or any(part is one for one in bodies):
            continue
        if part is message and part.get_content_maintype() == "text" and not _of(part.get_filename):
            continue
        content_id = _of(partial(part.get, "Content-ID"))
        yield {
            "filename": _of(part.get_filename),
            "content_type": _of(part.get_content_type) or "application/octet-stream",
            "content": _octets_of(part),
            "content_id": content_id.strip("<> ") if content_id else None,
        }


def links(html: str, text: str) -> list[str]:
    """The addresses that HTML links to, then those written in text, each once."""
    reader = _read_html(html)
    found = [*reader.links, *(match.rstrip(".,;:!?") for match in _LINK.findall(text))]
    return list(dict.fromkeys(found))


def text_of_html(html: str) -> str:
    """What a person reads of HTML."""
    return re.sub(r"\s+", " ", "".join(_read_html(html).text)).strip()


class _HtmlReader(HTMLParser):
    """Collects links and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag in ("a", "area") and target:
            self.links.append(target)
        if tag in _INVISIBLE:
            self._hidden += 1
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._hidden = max(0, self._hidden - 1)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text.append(" ")


def _read_html(html: str) -> _HtmlReader:
    """What there is to read, up to where it is no HTML."""
    reader = _HtmlReader()
    try:
        reader.feed(html)
    except _UNREADABLE:
        return reader
    return reader


def _is_deeper(message: Message, levels: int) -> bool:
    within: list[Message] = [message]
    for _ in range(levels):
        within = [part for one in within if one.is_multipart() for part in _parts_of(one)]
        if not within:
            return False
    return True


def _parts_of(message: Message) -> list[Message]:
    payload: Any = message.get_payload()
    return payload if isinstance(payload, list) else []


def _body_part(message: EmailMessage, kind: Literal["plain", "html"]) -> Message | None:
    try:
        return message.get_body(preferencelist=(kind,))
    except _UNREADABLE:
        return None


def _of(value: Callable[[], Any]) -> str | None:
    """What a header says; None where it says nothing that can be read."""
    try:
        found = value()
    except _UNREADABLE:
        return None
    return None if found is None else str(found)


def _whole(text: str) -> str:
    """A text without halves of surrogate pairs, which some charsets can say and no output can."""
    return _SURROGATES.sub("\ufffd", text)


def _octets_of(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _UNREADABLE:
        return b""
    return content if isinstance(content, bytes) else b""


def _text_of(part: Message) -> str:
    octets = _octets_of(part)
    try:
        return _whole(in_charset(octets, part.get_content_charset("utf-8")))
    except _UNREADABLE:
        return octets.decode("utf-8", "replace")
