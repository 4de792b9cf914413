"""Read and write JSON bodies within bounds."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockmail.core.charsets import in_charset
from mockmail.core.errors import Problem

MAX_VALUES = 100_000
"""The most values of a body: strings, numbers, true, false, null, arrays and objects."""

# A text without a closing quote matches to the end, so that it is scanned once, not again from each quote.
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

# Every value, the names of members (with their colon), and closing brackets.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)(?P<colon>\s*+:)?+|[\[\]{}]|[^\s,:\[\]{}"]++', re.DOTALL)

# Integers up to 255 with a comma after each, in which no other number begins or ends.
_BYTES = re.compile(r"(?<![\w.+-])(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\s*+,\s*+)++(?=[0-9])")

# The numbers that json.loads refuses without a position; texts are skipped. A number is scanned once, not again from
# each of its digits.
_REFUSED_NUMBER = re.compile(
    r'"(?:[^"\\]|\\.)*+"|(?P<none>-?Infinity|NaN)|(?P<long>(?<![0-9])-?[0-9]{4301,})', re.DOTALL
)


class BrokenJson(ValueError):
    """Raised for a text that is not JSON. position: the character of the error; line and column count from 1."""

    def __init__(self, reason: str, position: int = 0, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{reason}: line {line}, column {column}")
        self.reason = reason
        self.position = position
        self.line = line
        self.column = column


def _refuse_constant(name: str) -> None:
    raise BrokenJson(f"{name} is not JSON")


_STRICT = json.JSONDecoder(parse_constant=_refuse_constant)


def read_json(body: bytes, *, charset: str = "utf-8", max_depth: int = 100, has_byte_arrays: bool = False) -> Any:
    """Return the value of a JSON body. Bytes that are not in the charset are replaced, a byte order mark is skipped.

    has_byte_arrays: whether files may be arrays of integers up to 255. A row of such integers then counts as one value,
    because Python has one shared object for each of them.
    Raise BrokenJson for a body that is not JSON (NaN and Infinity are not), or nests deeper than `max_depth`; Problem
    (413) for more than MAX_VALUES values.
    """
    text = text_of(body, charset)
    check_values(_BYTES.sub("", text) if has_byte_arrays and len(text) > MAX_VALUES else text)
    _check_depth(text, max_depth)
    try:
        return _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise BrokenJson(error.msg, error.pos, error.lineno, error.colno) from error
    except ValueError as error:
        raise _number_error(text) from error


def text_of(body: bytes, charset: str) -> str:
    """Return the text of a body without its byte order mark. An unknown charset is read as UTF-8."""
    try:
        text = in_charset(body, charset)
    except (LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def check_values(text: str, most: int = MAX_VALUES) -> None:
    """Raise Problem (413) for a JSON text of more values than `most`, before they take memory."""
    # Cheap tests first: nearly all bodies are far below the bound.
    if len(text) < 2 * most or _has_few_separators(text, most):
        return
    values = 0
    for number, match in enumerate(_TOKENS.finditer(text)):
        if match["colon"] is None and match.group() not in ("]", "}"):
            values += 1
        # A JSON text has at most a name and a closing bracket for each value.
        if values > most or number >= 3 * most:
            raise too_many_values(most)


def too_many_values(most: int) -> Problem:
    """Return the refusal of a body with more JSON values than `most`."""
    return Problem(413, f"the body has more than {most} JSON values; send fewer in one request")


def write_json(value: object) -> bytes:
    """Return a value as compact JSON in UTF-8, names in their order. A lone surrogate becomes a question mark."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def dotnet_timestamp(moment: datetime) -> str:
    """Return a moment as .NET writes it in JSON: in UTC, with seven digits after the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def _number_error(text: str) -> BrokenJson:
    found = next((match for match in _REFUSED_NUMBER.finditer(text) if match.lastgroup), None)
    at = found.start() if found else 0
    reason = "a number of too many digits" if found is None or found["long"] else f"{found['none']} is not JSON"
    return _broken(text, reason, at)


def _broken(text: str, reason: str, at: int) -> BrokenJson:
    return BrokenJson(reason, at, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _has_few_separators(text: str, most: int) -> bool:
    # Each value but the first follows a comma or an opening bracket. A value and its name have at most four quotes.
    return text.count(",") + text.count("[") + text.count("{") < most and text.count('"') <= 4 * most


def _check_depth(text: str, max_depth: int) -> None:
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        bracket = match.group()
        if bracket in "[{":
            depth += 1
            if depth > max_depth:
                raise _broken(text, f"deeper than {max_depth} levels", match.start())
        elif bracket in "]}":
            depth -= 1
