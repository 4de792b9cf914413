"""Places in a JSON text as System.Text.Json tells them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MOST_MEMBERS = 10_000
_BLANK = re.compile(r"[ \t\r\n]*")


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


def end_of_member(text: str, name: str) -> int:
    """The character behind the last value of this name in the object that a text is; it must be JSON.

    Of an object with more members than anybody writes, the last member of this name, at whatever level.
    """
    read = json.JSONDecoder().raw_decode
    at = _skip(text, 0) + 1
    if text.count(":") > MOST_MEMBERS:
        at = max(text.rfind(json.dumps(name, ensure_ascii=False)), at)
    found = 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] != '"':
            return found
        key, at = read(text, at)
        at = _skip(text, _skip(text, at) + 1)
        _, at = read(text, at)
        if key == name:
            found = at
        at = _skip(text, at) + 1


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
