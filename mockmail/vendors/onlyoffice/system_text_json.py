"""The errors of System.Text.Json, .NET's JSON reader: their texts, and positions in a JSON text.

The texts are .NET's resource strings.
"""

from __future__ import annotations

import json
import re

from mockmail.wire.json_text import BrokenJson

NO_TOKENS = (
    "The input does not contain any JSON tokens. "
    "Expected the input to start with a valid JSON token, when isFinalBlock is true."
)
OPEN_AT_THE_END = (
    "Expected depth to be zero at the end of the JSON payload. "
    "There is an open JSON object or array that should be closed."
)
EXPECTED = {
    "Extra data": "invalid after a single JSON value. Expected end of data.",
    "Expecting property name": "an invalid start of a property name. Expected a '\"'.",
    "Expecting ':'": "invalid after a property name. Expected a ':'.",
    "Expecting ','": "invalid after a value. Expected either ',', '}', or ']'.",
    "": "an invalid start of a value.",
}
"""Texts by the start of the reason that Python gives."""
LITERALS = {"n": "null", "t": "true", "f": "false"}
MAX_QUOTED = 200
MAX_MEMBERS = 10_000
MAX_SEARCHED = 1_000_000
"""The most characters before an error that are searched for the member that contains it."""

_BLANK = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}:,]|[^\s"\[\]{}:,]+', re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_PLAIN_NAME = re.compile(r"[^ .'/\"\[\]()\t\n\r\f\b\\\x85\u2028\u2029]+")
_read = json.JSONDecoder().raw_decode


def position_text(text: str, index: int) -> str:
    """Return the position of a character: the line and the byte in it, counted from 0."""
    line = text.count("\n", 0, index)
    byte = len(text[text.rfind("\n", 0, index) + 1 : index].encode("utf-8", "replace"))
    return f"LineNumber: {line} | BytePositionInLine: {byte}"


def end_of_document(text: str) -> int:
    """Return the index after the first token of a JSON text."""
    return _end_of_token(text, _skip(text, 0))


def end_of_member(text: str, name: str, element: int | None = None) -> int:
    """Return the index after the first token of the last member of this name in the text of a JSON object.

    element: find this element of the array in that member. In an object of more than MAX_MEMBERS members, the last
    member of this name at any depth is found, or the end of the text if the name is only part of another.
    """
    index = _skip(text, 0) + 1
    if text.count(":") > MAX_MEMBERS:
        index = max(text.rfind(json.dumps(name, ensure_ascii=False)), 1)
    try:
        start = _start_of_member(text, index, name)
        return _end_of_token(text, start if element is None else _start_of_element(text, start, element))
    except (ValueError, IndexError):
        return len(text)


def syntax_error(text: str, error: BrokenJson, max_depth: int) -> tuple[str, str]:
    """Return the JSON path of a syntax error, and its text.

    The path names the member whose value was being read, and is `$` between members.
    """
    message, index = _message(text, error, max_depth)
    path = _path(text[: error.position])
    return path, f"{message} Path: {path} | {position_text(text, index)}."


def _start_of_member(text: str, index: int, name: str) -> int:
    found = 0
    while True:
        index = _skip(text, index)
        if text[index : index + 1] != '"':
            return found
        key, index = _read(text, index)
        start = _skip(text, _skip(text, index) + 1)
        _, index = _read(text, start)
        if key == name:
            found = start
        index = _skip(text, index) + 1


def _start_of_element(text: str, index: int, element: int) -> int:
    index = _skip(text, index + 1)
    for _ in range(element):
        _, index = _read(text, index)
        index = _skip(text, _skip(text, index) + 1)
    return index


def _end_of_token(text: str, index: int) -> int:
    # A bracket is a token of its own.
    return index + 1 if text[index] in "{[" else _read(text, index)[1]


def _skip(text: str, index: int) -> int:
    blank = _BLANK.match(text, index)
    return blank.end() if blank else index


def _message(text: str, error: BrokenJson, max_depth: int) -> tuple[str, int]:
    index, reason = error.position, error.reason
    if reason.startswith("deeper"):
        kind = "object" if text[index] == "{" else "array"
        return f"The maximum configured depth of {max_depth} has been exceeded. Cannot read next JSON {kind}.", index
    if reason.startswith("Unterminated string"):
        return "Expected end of string, but instead reached end of data.", len(text)
    if not text[index:].strip():
        return OPEN_AT_THE_END if text.strip() else NO_TOKENS, len(text)
    if reason.startswith("Invalid"):
        return _message_in_string(text, index, reason)
    if reason.startswith("Expecting value") and text[index] in LITERALS:
        return _literal_message(text, index)
    expected = next(message for start, message in EXPECTED.items() if reason.startswith(start))
    return f"{_quoted(text[index])} is {expected}", index


def _literal_message(text: str, index: int) -> tuple[str, int]:
    literal = LITERALS[text[index]]
    same = next((n for n, character in enumerate(literal) if text[index + n : index + n + 1] != character), 0)
    quoted = text[index : index + MAX_QUOTED]
    return f"'{quoted}' is an invalid JSON literal. Expected the literal '{literal}'.", index + same


def _message_in_string(text: str, index: int, reason: str) -> tuple[str, int]:
    rest = "within a JSON string. The string should be correctly escaped."
    if reason.startswith("Invalid control character"):
        return f"{_quoted(text[index])} is invalid {rest}", index
    index += 1 if text[index] == "\\" else 0
    return f"{_quoted(text[index : index + 1])} is an invalid escapable character {rest}", index


def _quoted(character: str) -> str:
    return f"'{character}'" if character.isprintable() else f"'0x{ord(character):02X}'"


def _path(before: str) -> str:
    if len(before) > MAX_SEARCHED:
        return "$"
    depth, name, in_value = 0, "", False
    for part in _TOKEN.findall(before):
        if part in "[{":
            depth += 1
            continue
        depth -= part in "]}"
        if depth != 1:
            continue
        if part in ":,":
            in_value = part == ":"
        elif in_value:
            in_value = part.startswith('"') and not _TEXT.fullmatch(part)
        else:
            name = part[1:-1]
    if not in_value:
        return "$"
    return f"$.{name}" if _PLAIN_NAME.fullmatch(name) else f"$['{name}']"
