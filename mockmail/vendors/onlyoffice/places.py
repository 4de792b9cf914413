"""Find positions in a JSON text, and write them as System.Text.Json does."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MOST_MEMBERS = 10_000
_BLANK = re.compile(r"[ \t\r\n]*")
_read = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a byte in it, both counted from 0."""

    line: int = 0
    byte: int = 0

    def __str__(self) -> str:
        return f"LineNumber: {self.line} | BytePositionInLine: {self.byte}"


def place_of(text: str, position: int) -> Place:
    """Return the place of a character."""
    before = text[:position]
    return Place(before.count("\n"), len(before[before.rfind("\n") + 1 :].encode("utf-8", "replace")))


def end_of_document(text: str) -> int:
    """Return the position after the first token of a text, which must be JSON."""
    return _end_of_token(text, _skip(text, 0))


def end_of_member(text: str, name: str, element: int | None = None) -> int:
    """Return the position after the first token of the last member of this name in a text, which must be a JSON object.

    element: find this element of the array that the member is instead. In an object of more than MOST_MEMBERS members
    the last member of the name at any level is taken, and the end of the text if the name is only part of another.
    """
    if text.count(":") <= MOST_MEMBERS:
        return _end(text, _begin_of_value(text, _skip(text, 0) + 1, name), element)
    try:
        at = max(text.rfind(json.dumps(name, ensure_ascii=False)), 1)
        return _end(text, _begin_of_value(text, at, name), element)
    except (ValueError, IndexError):
        return len(text)


def _begin_of_value(text: str, at: int, name: str) -> int:
    found = 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] != '"':
            return found
        key, at = _read(text, at)
        begin = _skip(text, _skip(text, at) + 1)
        _, at = _read(text, begin)
        if key == name:
            found = begin
        at = _skip(text, at) + 1


def _end(text: str, begin: int, element: int | None) -> int:
    return _end_of_token(text, begin if element is None else _begin_of_element(text, begin, element))


def _begin_of_element(text: str, at: int, number: int) -> int:
    at = _skip(text, at + 1)
    for _ in range(number):
        _, at = _read(text, at)
        at = _skip(text, _skip(text, at) + 1)
    return at


def _end_of_token(text: str, at: int) -> int:
    # a bracket is a token by itself
    return at + 1 if text[at] in "{[" else _read(text, at)[1]


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
