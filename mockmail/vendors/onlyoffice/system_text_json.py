"""Word the errors of System.Text.Json for a text that is not JSON (.NET's resource strings; its `Path` is ours)."""

from __future__ import annotations

import re

from mockmail.vendors.onlyoffice.places import place_of
from mockmail.wire.json_text import BrokenJson

NO_TOKENS = (
    "The input does not contain any JSON tokens. "
    "Expected the input to start with a valid JSON token, when isFinalBlock is true."
)
OPEN_AT_THE_END = (
    "Expected depth to be zero at the end of the JSON payload. "
    "There is an open JSON object or array that should be closed."
)
LITERALS = {"n": "null", "t": "true", "f": "false"}
LONGEST_TOLD = 200
LONGEST_LOOKED_AT = 1_000_000
"""The most characters before an error that are searched for the member it is in."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}:,]|[^\s"\[\]{}:,]+', re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_PLAIN_NAME = re.compile(r"[^ .'/\"\[\]()\t\n\r\f\b\\\x85\u2028\u2029]+")


def complaint(text: str, error: BrokenJson, deepest: int) -> tuple[str, str]:
    """Return the JSON path at which reading ended, and the message."""
    words, at = _words(text, error, deepest)
    path = _path(text[: error.position])
    return path, f"{words} Path: {path} | {place_of(text, at)}."


def _words(text: str, error: BrokenJson, deepest: int) -> tuple[str, int]:
    at, reason = error.position, error.reason
    if reason.startswith("deeper"):
        kind = "object" if text[at] == "{" else "array"
        return f"The maximum configured depth of {deepest} has been exceeded. Cannot read next JSON {kind}.", at
    if reason.startswith("Unterminated string"):
        return "Expected end of string, but instead reached end of data.", len(text)
    if not text[at:].strip():
        return OPEN_AT_THE_END if text.strip() else NO_TOKENS, len(text)
    if reason.startswith("Invalid"):
        return _in_a_string(text, at, reason)
    if reason.startswith("Expecting value") and text[at] in LITERALS:
        return _no_literal(text, at)
    return f"{_named(text[at])} is {_expected(reason)}", at


def _no_literal(text: str, at: int) -> tuple[str, int]:
    literal = LITERALS[text[at]]
    same = next((number for number, sign in enumerate(literal) if text[at + number : at + number + 1] != sign), 0)
    return f"'{text[at : at + LONGEST_TOLD]}' is an invalid JSON literal. Expected the literal '{literal}'.", at + same


def _expected(reason: str) -> str:
    if reason.startswith("Extra data"):
        return "invalid after a single JSON value. Expected end of data."
    if reason.startswith("Expecting property name"):
        return "an invalid start of a property name. Expected a '\"'."
    if reason.startswith("Expecting ':'"):
        return "invalid after a property name. Expected a ':'."
    if reason.startswith("Expecting ','"):
        return "invalid after a value. Expected either ',', '}', or ']'."
    return "an invalid start of a value."


def _in_a_string(text: str, at: int, reason: str) -> tuple[str, int]:
    rest = "within a JSON string. The string should be correctly escaped."
    if reason.startswith("Invalid control character"):
        return f"{_named(text[at])} is invalid {rest}", at
    at += 1 if text[at] == "\\" else 0
    return f"{_named(text[at : at + 1])} is an invalid escapable character {rest}", at


def _named(sign: str) -> str:
    return f"'{sign}'" if sign.isprintable() else f"'0x{ord(sign):02X}'"


def _path(before: str) -> str:
    # `$.name` while the value of an object's member is read, and `$` between members
    depth, name, in_value = 0, "", False
    if len(before) > LONGEST_LOOKED_AT:
        return "$"
    for sign in _TOKEN.findall(before):
        if sign in "[{":
            depth += 1
            continue
        depth -= sign in "]}"
        if depth != 1:
            continue
        if sign in ":,":
            in_value = sign == ":"
        elif in_value:
            in_value = sign.startswith('"') and not _TEXT.fullmatch(sign)
        else:
            name = sign[1:-1]
    if not in_value:
        return "$"
    return f"$.{name}" if _PLAIN_NAME.fullmatch(name) else f"$['{name}']"
