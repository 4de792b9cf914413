"""Word the errors of Jackson 2.6 for a text that is not JSON, without the position in the document."""

from __future__ import annotations

import re

from mockmail.wire.json_text import BrokenJson

VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
END = "Unexpected end-of-input"

_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_LOOKED_AT = 100_000


def words_for(text: str, error: BrokenJson) -> str:
    """Return the message of the exception."""
    at, reason = error.position, error.reason
    if reason.startswith(("deeper", "a number")):  # Jackson would read both
        return reason
    if reason.startswith(("Unterminated", "Invalid")):
        return _in_a_string(text, at, reason)
    if reason.endswith("is not JSON"):
        name = reason.partition(" ")[0]
        return f"Non-standard token '{name}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"
    if not text[at:].strip():
        kind = _open_in(text[:at])
        return END if kind is None else f"{END}: expected close marker for {kind}"
    return _unexpected(text, at, reason)


def _in_a_string(text: str, at: int, reason: str) -> str:
    if reason.startswith("Invalid control character"):
        return (
            f"Illegal unquoted character ((CTRL-CHAR, code {ord(text[at])})): "
            "has to be escaped using backslash to be included in string value"
        )
    if reason.startswith("Unterminated"):
        return f"{END}: was expecting closing quote for a string value"
    sign = text[at + 1 : at + 2] if text[at : at + 1] == "\\" else text[at : at + 1]
    return f"Unrecognized character escape {_named(sign)}" if sign else f"{END} in character escape sequence"


def _unexpected(text: str, at: int, reason: str) -> str:
    word = _WORD.match(text, at)
    if reason.startswith("Expecting value") and word is not None:
        return f"Unrecognized token '{word.group()[:_LOOKED_AT]}': was expecting ('true', 'false' or 'null')"
    wanted = VALUE
    if reason.startswith("Expecting property name"):
        wanted = "was expecting double-quote to start field name"
    elif reason.startswith("Expecting ':'"):
        wanted = "was expecting a colon to separate field name and value"
    elif reason.startswith("Expecting ','"):
        wanted = f"was expecting comma to separate {_open_in(text[:at]) or 'OBJECT'} entries"
    return f"Unexpected character ({_named(text[at])}): {wanted}"


def _open_in(before: str) -> str | None:
    if len(before) > _LOOKED_AT:
        return "OBJECT"
    opened: list[str] = []
    for sign in _TOKEN.findall(before):
        if sign in "[{":
            opened.append("ARRAY" if sign == "[" else "OBJECT")
        elif sign in "]}" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _named(sign: str) -> str:
    return f"'{sign}' (code {ord(sign)})"
