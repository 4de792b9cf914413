"""Places in a JSON text as System.Text.Json tells them."""

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
    """The place of a character."""
    before = text[:position]
    return Place(before.count("\n"), len(before[before.rfind("\n") + 1 :].encode("utf-8", "replace")))


def end_of_document(text: str) -> int:
    """The character behind the first token of a text, which must be JSON."""
    return _end_of_token(text, _skip(text, 0))


def end_of_member(text: str, name: str, element: int | None = None) -> int:
    """The character behind the first token of the last value of this name in an object, which the text must be in JSON.

    element: of this element of the list that the value is. Of an object with more members than anybody writes, the last
    member of this name at whatever level; and the end of the text where the name stands last in the midst of another.
    """
    if text.count(":") <= MOST_MEMBERS:
        return _end(text, _begin_of_value(text, _skip(text, 0) + 1, name), element)
    try:
        at = max(text.rfind(json.dumps(name, ensure_ascii=False)), 1)
        return _end(text, _begin_of_value(text, at, name), element)
    except (ValueError, IndexError):
        return len(text)


def _begin_of_value(text: str, at: int, name: str) -> int:
    """The first character of the last value of this name among the members from a place on."""
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
    """The first character of an element of the list that begins at a place."""
    at = _skip(text, at + 1)
    for _ in range(number):
        _, at = _read(text, at)
        at = _skip(text, _skip(text, at) + 1)
    return at


def _end_of_token(text: str, at: int) -> int:
    """A bracket is a token by itself."""
    return at + 1 if text[at] in "{[" else _read(text, at)[1]


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
