"""Parse the body of a message into parts, in one pass over its boundary lines.

Python's parser of email compares each line with each open boundary, and parses some headers in quadratic time. Here the
time is linear in the size of the message. No function raises an error for malformed input.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

from mockmail.core.charsets import in_charset
from mockmail.core.mail.content_headers import VALUE_LIMIT, ContentHeader, content_header
from mockmail.core.mail.mime import HEAD_LIMIT, end_of_head, head_text

DEPTH_LIMIT = 100
"""The most levels of parts in a message whose parts are parsed."""

_CONTENT_HEADER = re.compile(
    r"^(content-(?:type|disposition|id|transfer-encoding)):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_HYPHENS = re.compile(rb"[\r\n]--([^\r\n]*)")
_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
# RFC 6838, 4.2: no quote, bracket or control character, so that an attribute or a header can contain it.
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_TEXT = ContentHeader("text/plain")
_MESSAGE = ContentHeader("message/rfc822")
_MESSAGES = ("message/rfc822", "message/global")


@dataclass(slots=True)
class Part:
    """A message, or a part of one.

    raw: the bytes of the whole message, of which `start` and `end` bound the body of this part; its headers begin at
        `head`. The end of a part that contains parts is not known.
    """

    raw: bytes
    start: int
    end: int
    content_type: ContentHeader = _TEXT
    disposition: ContentHeader = field(default_factory=ContentHeader)
    encoding: str = ""
    content_id: str | None = None
    parts: list[Part] = field(default_factory=list)
    head: int = 0

    @property
    def is_container(self) -> bool:
        """Return whether the part has no content besides its parts."""
        return bool(self.parts) or self.content_type.value.startswith("multipart/")

    @property
    def filename(self) -> str | None:
        """Return the name that the sender gave, or None."""
        name = self.disposition.parameters.get("filename", self.content_type.parameters.get("name"))
        return None if name is None else name.strip()

    def walk(self) -> Iterator[Part]:
        """Return an iterator over the part and all parts in it, in order."""
        return chain([self], *(part.walk() for part in self.parts))

    def content(self) -> bytes:
        """Return the decoded bytes of the body."""
        body = self.raw[self.start : self.end]
        if self.encoding == "quoted-printable":
            return a2b_qp(body)
        try:
            return a2b_base64(body + b"==") if self.encoding == "base64" else body
        except ValueError:
            return body

    def text(self) -> str:
        """Return the body as text, in UTF-8 when its charset is unknown."""
        content = self.content()
        try:
            return in_charset(content, self.content_type.parameters.get("charset", "utf-8").lower())
        except (LookupError, ValueError):
            return content.decode("utf-8", "replace")


def part_at(raw: bytes, start: int, end_of_head: int, default: ContentHeader = _TEXT) -> Part:
    """Return the part whose headers have these positions, with a body up to the end of `raw`.

    default: the content type of a part that has no such header.
    """
    head = head_text(raw, start, min(end_of_head, start + HEAD_LIMIT))
    found: dict[str, str] = {}
    for name, value in _CONTENT_HEADER.findall(head):
        found.setdefault(name.lower(), value[:VALUE_LIMIT].replace("\n", ""))
    content_id = found.get("content-id")
    content_type = content_header(found["content-type"]) if "content-type" in found else default
    if not _MEDIA_TYPE.fullmatch(content_type.value):
        content_type = ContentHeader(_TEXT.value, content_type.parameters)
    return Part(
        raw,
        _after_line_break(raw, end_of_head),
        len(raw),
        content_type,
        content_header(found.get("content-disposition", "")),
        found.get("content-transfer-encoding", "").strip().lower(),
        None if content_id is None else content_id.strip("<> "),
        head=start,
    )


def before_line_break(raw: bytes, start: int, position: int) -> int:
    """Return the start of the line break that ends at `position`, or `position` without one; at least `start`."""
    end = raw[max(start, position - 2) : position]
    if end == b"\r\n":
        return position - 2
    return position - 1 if end.endswith((b"\r", b"\n")) else position


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed message. unparsed: when the message is parsed without its parts, a sentence that names the bound."""

    message: Part
    unparsed: str = ""


class _TooLarge(ValueError):
    pass


def parse(raw: bytes, max_parts: int) -> Parsed:
    """Parse a message; without its parts if there are more than `max_parts`, or more than `DEPTH_LIMIT` levels."""
    try:
        return Parsed(_Parser(raw, max_parts).parse())
    except _TooLarge as error:
        return Parsed(part_at(raw, 0, end_of_head(raw, 0, len(raw))), unparsed=str(error))


def body_part(message: Part, subtype: Literal["plain", "html"]) -> Part | None:
    """Return the part with the plain text or the HTML that a mail reader shows; None when there is none."""
    if message.disposition.value == "attachment":
        return None
    if not message.content_type.value.startswith("multipart/"):
        return message if message.content_type.value == f"text/{subtype}" else None
    parts = message.parts
    if message.content_type.value == "multipart/related":
        root = message.content_type.parameters.get("start", "").strip("<> ")
        parts = [part for part in parts if root and part.content_id == root][:1] or parts[:1]
    return next((found for part in parts if (found := body_part(part, subtype)) is not None), None)


def leaves(message: Part) -> Iterator[dict[str, Any]]:
    """Return the fields of a `MessagePart` for each part that is not a container of parts."""
    for part in message.walk():
        if not part.is_container:
            yield _fields(part) | {"disposition": part.disposition.value}


def attachments(message: Part) -> Iterator[dict[str, Any]]:
    """Return the fields of an `Attachment` for each attached part."""
    return map(_fields, attached(message))


def attached(message: Part) -> Iterator[Part]:
    """Return an iterator over the parts that are neither a body nor a container of parts."""
    bodies = [body_part(message, "plain"), body_part(message, "html")]
    for part in message.walk():
        is_text_alone = part is message and part.content_type.value.startswith("text/") and not part.filename
        if not (part.is_container or is_text_alone or any(part is body for body in bodies)):
            yield part


def _fields(part: Part) -> dict[str, Any]:
    return {
        "filename": part.filename,
        "content_type": part.content_type.value,
        "content": part.content(),
        "content_id": part.content_id,
    }


@dataclass(frozen=True, slots=True)
class _Open:
    """A multipart whose end has not been read. level: the number of parts around it."""

    boundary: bytes
    part: Part
    level: int


class _Parser:
    """Parses one message, in one pass over the lines that begin with two hyphens."""

    def __init__(self, raw: bytes, max_parts: int) -> None:
        self._raw = raw
        self._max_parts = max_parts
        self._count = 0
        self._lines = _HYPHENS.finditer(raw)
        self._line = next(self._lines, None)
        self._open: list[_Open] = []
        self._index_of_boundary: dict[bytes, int] = {}
        self._leaf: Part | None = None

    def parse(self) -> Part:
        message = self._begin(0, 0, _TEXT)
        while self._open and self._line is not None:
            line, found = self._line, self._boundary(self._line)
            self._line = next(self._lines, None)
            if found is not None:
                self._end_parts(line.start(), *found)
                if not found[1]:
                    self._add_part(line.end())
        if self._open:
            self._end_leaf(len(self._raw))
        return message

    def _add_part(self, line_end: int) -> None:
        parent = self._open[-1]
        default = _MESSAGE if parent.part.content_type.value == "multipart/digest" else _TEXT
        parent.part.parts.append(self._begin(_after_line_break(self._raw, line_end), parent.level + 1, default))

    def _begin(self, start: int, level: int, default: ContentHeader) -> Part:
        self._check(level)
        part = part_at(self._raw, start, self._end_of_head(start), default)
        boundary = part.content_type.parameters.get("boundary")
        if part.content_type.value.startswith("multipart/") and boundary is not None:
            self._open.append(_Open(boundary.rstrip().encode("utf-8", "replace"), part, level))
            self._index_of_boundary.setdefault(self._open[-1].boundary, len(self._open) - 1)
        elif part.content_type.value in _MESSAGES:
            part.parts.append(self._begin(part.start, level + 1, _TEXT))
        else:
            self._leaf = part
        return part

    def _end_leaf(self, position: int) -> None:
        if self._leaf is not None:
            self._leaf.end = max(self._leaf.start, before_line_break(self._raw, self._leaf.start, position))
            self._leaf = None

    def _check(self, level: int) -> None:
        if self._count > self._max_parts:
            raise _TooLarge(
                f"The parts were not parsed: there are more than {self._max_parts}. Raise the setting max_parts."
            )
        if level > DEPTH_LIMIT:
            raise _TooLarge(f"The parts were not parsed: there are more than {DEPTH_LIMIT} levels of parts.")
        self._count += 1

    def _end_of_head(self, start: int) -> int:
        """Return where the headers end, at a boundary line at the latest.

        A boundary line can look like a header. No byte is searched twice, however many such lines there are.
        """
        while self._line is not None:
            start_of_line = max(start, self._line.start() + 1)
            end = end_of_head(self._raw, start, self._line.end())
            if end <= start_of_line:
                return end
            if self._boundary(self._line) is not None:
                return start_of_line
            start = self._line.end()
            self._line = next(self._lines, None)
        return end_of_head(self._raw, start, len(self._raw))

    def _boundary(self, line: re.Match[bytes]) -> tuple[int, bool] | None:
        """Return the index of the open multipart to which a line belongs, and whether the line ends it; or None."""
        text = line[1].rstrip(b" \t")
        index = self._index_of_boundary.get(text)
        ended = self._index_of_boundary.get(text[:-2]) if text.endswith(b"--") else None
        if ended is not None and (index is None or ended < index):
            return ended, True
        return None if index is None else (index, False)

    def _end_parts(self, line_break: int, index: int, is_end: bool) -> None:
        """End the parts in an open multipart; with `is_end`, the multipart too."""
        self._end_leaf(line_break + 1)
        still_open = index if is_end else index + 1
        while len(self._open) > still_open:
            ended = self._open.pop()
            if self._index_of_boundary[ended.boundary] == len(self._open):
                del self._index_of_boundary[ended.boundary]


def _after_line_break(raw: bytes, position: int) -> int:
    found = _LINE_BREAK.match(raw, position)
    return found.end() if found else position
