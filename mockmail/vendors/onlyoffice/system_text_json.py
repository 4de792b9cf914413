"""Positions in a JSON text, as System.Text.Json, .NET's JSON reader, names them in its errors."""

from __future__ import annotations

import json
import re

MAX_MEMBERS = 10_000

_BLANK = re.compile(r"[ \t\r\n]*")
_read = json.JSONDecoder().raw_decode


def position_text(text: str, index: int) -> str:
    """Return the position of a character: the line and the byte in it, counted from 0."""
    line = text.count("\n", 0, index)
    byte = len(text[text.rfind("\n", 0, index) + 1 : index].encode("utf-8", "replace"))
    return f"LineNumber: {line} | BytePositionInLine: {byte}"


def end_of_document(text: str) -> int:
    """Return the index after the first token of a JSON text."""
    return _end_of_token(text, skip_blanks(text, 0))


def end_of_member(text: str, name: str, element: int | None = None) -> int:
    """Return the index after the first token of the last member of this name in the text of a JSON object.

    element: find this element of the array in that member. In an object of more than MAX_MEMBERS members, the last
    member of this name at any depth is found, or the end of the text if the name is only part of another.
    """
    index = skip_blanks(text, 0) + 1
    if text.count(":") > MAX_MEMBERS:
        index = max(text.rfind(json.dumps(name, ensure_ascii=False)), 1)
    try:
        start = _start_of_member(text, index, name)
        return _end_of_token(text, start if element is None else _start_of_element(text, start, element))
    except (ValueError, IndexError):
        return len(text)


def skip_blanks(text: str, index: int) -> int:
    """Return the index of the next token."""
    blank = _BLANK.match(text, index)
    return blank.end() if blank else index


def _start_of_member(text: str, index: int, name: str) -> int:
    found = 0
    while True:
        index = skip_blanks(text, index)
        if text[index : index + 1] != '"':
            return found
        key, index = _read(text, index)
        start = skip_blanks(text, skip_blanks(text, index) + 1)
        _, index = _read(text, start)
        if key == name:
            found = start
        index = skip_blanks(text, index) + 1


def _start_of_element(text: str, index: int, element: int) -> int:
    index = skip_blanks(text, index + 1)
    for _ in range(element):
        _, index = _read(text, index)
        index = skip_blanks(text, skip_blanks(text, index) + 1)
    return index


def _end_of_token(text: str, index: int) -> int:
    # A bracket is a token of its own.
    return index + 1 if text[index] in "{[" else _read(text, index)[1]
