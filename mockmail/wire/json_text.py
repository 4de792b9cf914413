"""JSON bodies, in and out, within bounds."""

from __future__ import annotations

import json
import re
from typing import Any

from mockmail.core.charsets import in_charset

# A text without end goes to the end: it is looked at once, not from each of its quotes anew.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

# The numbers that json.loads refuses without saying where; texts are passed over. A number is looked at once, not from
# each of its digits anew.
_NO_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<none>-?Infinity|NaN)|(?P<long>(?<![0-9])-?[0-9]{4301,})', re.DOTALL)

# Made once, since `json.dumps` makes one a call; what is written is a tree, and needs no watch for circles.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


class BrokenJson(ValueError):
    """A text that is not JSON. position: the character where that shows; line and column count from 1."""

    def __init__(self, reason: str, position: int = 0, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{reason}: line {line}, column {column}")
        self.reason = reason
        self.position = position
        self.line = line
        self.column = column


def _no_constant(name: str) -> None:
    raise BrokenJson(f"{name} is not JSON")


_STRICT = json.JSONDecoder(parse_constant=_no_constant)  # made once, likewise


def read_json(body: bytes, *, charset: str = "utf-8", max_depth: int = 100) -> Any:
    """The value of a JSON body; octets that are not in the charset are shown as replaced, a byte order mark is skipped.

    Raises BrokenJson for what is not JSON (NaN and Infinity neither), or nests deeper than `max_depth`.
    """
    text = text_of(body, charset)
    _check_depth(text, max_depth)
    try:
        return _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise BrokenJson(error.msg, error.pos, error.lineno, error.colno) from error
    except ValueError as error:
        raise _no_number(text) from error


def text_of(body: bytes, charset: str) -> str:
    """The text of a body without its byte order mark; a charset that nothing knows, or that is none, is UTF-8."""
    try:
        text = in_charset(body, charset)
    except (LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def write_json(value: object) -> bytes:
    """A value as compact JSON in UTF-8, names in the order they have; a lone surrogate becomes a question mark."""
    return _COMPACT.encode(value).encode("utf-8", "replace")


def _no_number(text: str) -> BrokenJson:
    """What is wrong with the first number that is none, or that has more digits than are read, and where it stands."""
    found = next((match for match in _NO_NUMBER.finditer(text) if match.lastgroup), None)
    at = found.start() if found else 0
    reason = "a number of too many digits" if found is None or found["long"] else f"{found['none']} is not JSON"
    return BrokenJson(reason, at, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _check_depth(text: str, max_depth: int) -> None:
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        bracket = match.group()
        if bracket in "[{":
            depth += 1
            if depth > max_depth:
                raise BrokenJson(f"deeper than {max_depth} levels", match.start())
        elif bracket in "]}":
            depth -= 1
