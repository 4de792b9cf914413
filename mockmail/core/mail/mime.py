"""Looking into a message: headers, bodies, links and attachments, from bytes that anybody may have written.

Every function answers for any input. What cannot be read is left as it stands rather than refused: the raw message is
always there for whoever wants to know better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses
from html.parser import HTMLParser
from inspect import signature
from typing import Any, Literal

HEAD_LIMIT = 256 * 1024
"""How many bytes of a message are looked at for headers."""

# Nothing else is refolded, decoded or rejected: what the sender wrote is what is read.
_POLICY = policy.EmailPolicy(utf8=True, max_line_length=None, raise_on_defect=False)
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
# Later Pythons refuse odd address lists unless they are told not to; earlier ones do not know the word.
_LENIENT: dict[str, Any] = {"strict": False} if "strict" in signature(getaddresses).parameters else {}
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
    return Headers([(name, decoded(str(value))) for name, value in parsed.items()])


def decoded(value: str) -> str:
    """A header's value with its encoded words read and its folds undone."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    readable = unfolded.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(readable))) if "=?" in readable else readable
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return readable


def addresses(values: Sequence[str]) -> list[str]:
    """The bare addresses in some address headers."""
    return [address for _, address in getaddresses(list(values), **_LENIENT) if address]


def parse(raw: bytes, max_parts: int) -> EmailMessage:
    """The message as Python's email package reads it.

    A message of more parts than `max_parts` is read as its headers alone: reading each part costs more than it tells.
    """
    fan_out = raw.count(b"\n--") > 2 * max_parts
    parser = BytesParser(_class=EmailMessage, policy=_POLICY)
    return parser.parsebytes(raw, headersonly=fan_out)  # type: ignore[no-any-return,return-value,unused-ignore]


def body(message: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    """The plain text or the HTML that a person would be shown; None when there is none."""
    try:
        part = message.get_body(preferencelist=(kind,))
    except (AttributeError, LookupError, ValueError):
        return None
    return None if part is None else _text_of(part)


def attachments(message: EmailMessage) -> Iterator[dict[str, Any]]:
    """Each part that is neither a body nor a container."""
    bodies = {id(part) for part in (message.get_body((kind,)) for kind in ("plain", "html")) if part is not None}
    for part in message.walk():
        if part.is_multipart() or id(part) in bodies:
            continue
        if part is message and part.get_content_maintype() == "text" and not part.get_filename():
            continue
        yield {
            "filename": part.get_filename(),
            "content_type": part.get_content_type(),
            "content": _octets_of(part),
            "content_id": str(part["Content-ID"]).strip("<> ") if part["Content-ID"] else None,
        }


def links(html: str, text: str) -> list[str]:
    """The addresses that HTML links to, then those written in text, each once."""
    reader = _HtmlReader()
    reader.feed(html)
    found = [*reader.links, *(match.rstrip(".,;:!?") for match in _LINK.findall(text))]
    return list(dict.fromkeys(found))


def text_of_html(html: str) -> str:
    """What a person reads of HTML."""
    reader = _HtmlReader()
    reader.feed(html)
    return re.sub(r"\s+", " ", "".join(reader.text)).strip()


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
        self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._hidden = max(0, self._hidden - 1)
        self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def _octets_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text_of(part: Message) -> str:
    octets = _octets_of(part)
    charset = part.get_content_charset("utf-8")
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")
