"""The first syntax error in a JSON text, as System.Text.Json, .NET's JSON reader, reports it.

The texts are .NET's resource strings. The order of its checks was read in its source (docs/wire/onlyoffice.md 6.1).
The module is imported when a body is not JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from mockmail.vendors.onlyoffice.system_text_json import position_text, skip_blanks

NO_TOKENS = (
    "The input does not contain any JSON tokens. "
    "Expected the input to start with a valid JSON token, when isFinalBlock is true."
)
OPEN_AT_THE_END = (
    "Expected depth to be zero at the end of the JSON payload. "
    "There is an open JSON object or array that should be closed."
)
NO_NAME_OR_VALUE = "Expected start of a property name or value, but instead reached end of data."
NO_VALUE = "Expected a value, but instead reached end of data."
NO_DIGIT = "Expected a digit ('0'-'9'), but instead reached end of data."
OPEN_STRING = "Expected end of string, but instead reached end of data."
TRAILING_COMMA = (
    "The JSON {kind} contains a trailing comma at the end which is not supported in this mode. "
    "Change the reader options."
)
TOO_DEEP = "The maximum configured depth of {depth} has been exceeded. Cannot read next JSON {kind}."
NOT_A_NAME = "is an invalid start of a property name. Expected a '\"'."
NOT_A_COLON = "is invalid after a property name. Expected a ':'."
NOT_A_VALUE = "is an invalid start of a value."
NOT_A_COMMA = "is invalid after a value. Expected either ',', '}', or ']'."
NOT_OPEN = "is invalid without a matching open."
NOT_THE_END = "is invalid after a single JSON value. Expected end of data."
NOT_A_DELIMITER = "is an invalid end of a number. Expected a delimiter."
NOT_AN_EXPONENT = "is an invalid end of a number. Expected 'E' or 'e'."
NOT_A_DIGIT_AFTER_POINT = (
    "is invalid within a number, immediately after a decimal point ('.'). Expected a digit ('0'-'9')."
)
NOT_A_DIGIT_AFTER_SIGN = (
    "is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9')."
)
NOT_ESCAPED = "is invalid within a JSON string. The string should be correctly escaped."
NOT_ESCAPABLE = "is an invalid escapable character within a JSON string. The string should be correctly escaped."
NOT_HEXADECIMAL = "is not a hex digit following '\\u' within a JSON string. The string should be correctly escaped."

LITERALS = {"n": "null", "t": "true", "f": "false"}
KINDS = {"{": "object", "[": "array"}
CLOSING = {"{": "}", "[": "]"}
DELIMITERS = frozenset(",}] \n\r\t/")
MAX_QUOTED = 200

_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]*")
_DIGITS = re.compile(r"[0-9]*")
_SPACE = r"[ \t\r\n]*+"
_STRING = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+'
_OPEN_STRING = re.compile(_STRING)
_NUMBER = r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+(?=[,}\] \n\r\t/])"
_PRIMITIVE = rf'{_STRING}"|{_NUMBER}|true|false|null'
_NAME = rf'{_STRING}"{_SPACE}:{_SPACE}'
NESTED = 2
"""The levels of arrays and objects in the values that are skipped at once."""


def _value_pattern(levels: int) -> str:
    if not levels:
        return rf"(?:{_PRIMITIVE})"
    value = _value_pattern(levels - 1) + _SPACE
    elements = rf"(?:{value}(?:,{_SPACE}{value})*+)?+"
    members = rf"(?:{_NAME}{value}(?:,{_SPACE}{_NAME}{value})*+)?+"
    return rf"(?:{_PRIMITIVE}|\[{_SPACE}{elements}\]|\{{{_SPACE}{members}\}})"


def _run_patterns(levels: int) -> dict[str, re.Pattern[str]]:
    value = rf"{_value_pattern(levels)}{_SPACE},{_SPACE}"
    return {"[": re.compile(rf"(?:{value}(?!\]|\Z))*+"), "{": re.compile(rf'(?:{_NAME}{value}(?="))*+')}


_PRIMITIVES, _VALUES = _run_patterns(0), _run_patterns(NESTED)
"""By the bracket around them, complete elements or members with their commas. A match skips all of them at once."""
_ELEMENT = re.compile(rf"{_value_pattern(0)}{_SPACE},{_SPACE}(?!\]|\Z)")
_PLAIN_NAME = re.compile(r"[^ .'/\"\[\]()\t\n\r\f\b\\\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """The first syntax error in a JSON text.

    path: the JSON path of the member whose value was being read, or `$` between members. message: its text, path and
    position included. complete: the complete values before the error, with closing brackets, so that they are JSON.
    """

    path: str
    message: str
    complete: str


def syntax_fault(text: str, max_depth: int, lists: Collection[str] = ()) -> SyntaxFault:
    """Return the first syntax error in a text that is not JSON. lists: the members, in lower case, read as lists."""
    reader = _Reader(text, max_depth, frozenset(lists))
    try:
        reader.read()
    except _FoundError as found:
        path = reader.path
        message = f"{found.message} Path: {path} | {position_text(text, found.index)}."
        return SyntaxFault(path, message, reader.complete)
    raise ValueError("the text is JSON")


class _FoundError(Exception):
    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


class _Reader:
    """Reads a text token by token, as Utf8JsonReader does.

    complete: the index of the last complete value of the outermost object, or of a list in it, and what closes it.
    """

    def __init__(self, text: str, max_depth: int, lists: frozenset[str]) -> None:
        self._text = text
        self._at = 0
        self._max_depth = max_depth
        self._lists = lists
        self._open: list[str] = []
        self._name: str | None = None
        self._elements = 0
        self._complete = (0, "")

    @property
    def path(self) -> str:
        if self._name is None:
            return "$"
        path = f"$.{self._name}" if _PLAIN_NAME.fullmatch(self._name) else f"$['{self._name}']"
        return f"{path}[{self._elements}]" if self._in_list else path

    @property
    def complete(self) -> str:
        end, closing = self._complete
        return self._text[:end] + closing

    def read(self) -> None:
        if not self._skip_to_token():
            self._fail(NO_TOKENS)
        self._value()
        while self._skip_to_token():
            if not self._open:
                self._fail_at_character(NOT_THE_END)
            self._next_token()
        if self._open:
            self._fail(OPEN_AT_THE_END)

    @property
    def _in_list(self) -> bool:
        return self._open[1:2] == ["["] and self._name is not None and self._name.lower() in self._lists

    def _next_token(self) -> None:
        character = self._text[self._at]
        if character == ",":
            self._after_comma()
        elif character in CLOSING.values():
            if character != CLOSING[self._open[-1]]:
                self._fail_at_character(NOT_OPEN)
            self._close()
        else:
            self._fail_at_character(NOT_A_COMMA)

    def _after_comma(self) -> None:
        comma, opening = self._at, self._open[-1]
        self._at += 1
        if self._at == len(self._text):
            self._fail(NO_NAME_OR_VALUE, comma)
        if not self._skip_to_token():
            self._fail(NO_NAME_OR_VALUE)
        if self._text[self._at] == CLOSING[opening]:
            self._fail(TRAILING_COMMA.format(kind=KINDS[opening]))
        self._member_or_element()

    def _member_or_element(self) -> None:
        # Called at a token after an opening bracket or a comma.
        self._skip_values()
        if self._open[-1] == "{":
            self._member()
        else:
            self._value()

    def _skip_values(self) -> None:
        begin, depth = self._at, len(self._open)
        if self._in_list and depth == 2:  # noqa: PLR2004  # the object and the list in it
            while found := _ELEMENT.match(self._text, self._at):
                self._at = found.end()
                self._elements += 1
        else:
            runs = _VALUES if depth + NESTED <= self._max_depth else _PRIMITIVES
            self._at = _end(runs[self._open[-1]], self._text, self._at)
        if self._at > begin and depth <= 2:  # noqa: PLR2004
            self._complete = (self._text.rindex(",", begin, self._at), self._closing())

    def _member(self) -> None:
        if self._text[self._at] != '"':
            self._fail_at_character(NOT_A_NAME)
        start = self._at
        self._string()
        end = self._at
        if not self._skip_to_token():
            self._fail(NO_VALUE)
        if self._text[self._at] != ":":
            self._fail_at_character(NOT_A_COLON)
        self._at += 1
        if len(self._open) == 1:
            self._name, self._elements = json.loads(self._text[start:end]), 0
        if not self._skip_to_token():
            self._fail(OPEN_AT_THE_END)
        self._value()

    def _value(self) -> None:
        character = self._text[self._at]
        if character in CLOSING:
            self._open_container(character)
            return
        if character == '"':
            self._string()
        elif character == "-" or character in "0123456789":
            self._number()
        elif character in LITERALS:
            self._literal(LITERALS[character])
        else:
            self._fail_at_character(NOT_A_VALUE)
        self._after_value()

    def _open_container(self, opening: str) -> None:
        if len(self._open) >= self._max_depth:
            self._fail(TOO_DEEP.format(depth=self._max_depth, kind=KINDS[opening]))
        self._open.append(opening)
        self._at += 1
        if len(self._open) <= 3:  # noqa: PLR2004  # the object, a list in it, and an element
            self._complete = (self._at, self._closing())
        if not self._skip_to_token():
            self._fail(OPEN_AT_THE_END)
        if self._text[self._at] == CLOSING[opening]:
            self._close()
        else:
            self._member_or_element()

    def _close(self) -> None:
        self._open.pop()
        self._at += 1
        self._after_value()

    def _after_value(self) -> None:
        depth = len(self._open)
        if depth == 1:
            self._name = None
        if depth == 2:  # noqa: PLR2004
            self._elements += 1
        if depth <= 2:  # noqa: PLR2004
            self._complete = (self._at, self._closing())

    def _closing(self) -> str:
        return "".join(CLOSING[opening] for opening in reversed(self._open))

    def _string(self) -> None:
        found = _OPEN_STRING.match(self._text, self._at)
        self._at = self._at + 1 if found is None else found.end()
        if self._at == len(self._text):
            self._fail(OPEN_STRING)
        if self._text[self._at] == "\\":
            self._fail_at_escape()
        if self._text[self._at] != '"':
            self._fail_at_character(NOT_ESCAPED)
        self._at += 1

    def _fail_at_escape(self) -> NoReturn:
        self._at += 1
        refusal = NOT_ESCAPABLE
        if self._text[self._at : self._at + 1] == "u":
            self._at = _end(_HEXADECIMAL, self._text, self._at + 1)
            refusal = NOT_HEXADECIMAL
        if self._at == len(self._text):
            self._fail(OPEN_STRING)
        self._fail_at_character(refusal)

    def _number(self) -> None:
        if self._text[self._at] == "-":
            self._at += 1
            self._demand_digit(NOT_A_DIGIT_AFTER_SIGN)
        begins_with_zero = self._text[self._at] == "0"
        self._at = self._at + 1 if begins_with_zero else _end(_DIGITS, self._text, self._at)
        if begins_with_zero and self._peek() and self._peek() in "0123456789":
            self._fail(f"Invalid leading zero before '{self._peek()}'.")
        refusal = NOT_A_DELIMITER
        if self._peek() == ".":
            self._at += 1
            self._digits(NOT_A_DIGIT_AFTER_POINT)
            refusal = NOT_AN_EXPONENT
        if self._peek() in ("e", "E"):
            self._at += 1
            if self._peek() in ("+", "-"):
                self._at += 1
            self._digits(NOT_A_DIGIT_AFTER_SIGN)
            refusal = NOT_A_DELIMITER
        if self._at == len(self._text):
            if self._open:
                self._fail(f"{_quoted(self._text[-1])} {NOT_A_DELIMITER}")
        elif self._text[self._at] not in DELIMITERS:
            self._fail_at_character(refusal)

    def _digits(self, refusal: str) -> None:
        self._demand_digit(refusal)
        self._at = _end(_DIGITS, self._text, self._at)

    def _demand_digit(self, refusal: str) -> None:
        if self._at == len(self._text):
            self._fail(NO_DIGIT)
        if self._text[self._at] not in "0123456789":
            self._fail_at_character(refusal)

    def _literal(self, literal: str) -> None:
        for number, character in enumerate(literal):
            if self._text[self._at + number : self._at + number + 1] != character:
                quoted = self._text[self._at : self._at + MAX_QUOTED]
                message = f"'{quoted}' is an invalid JSON literal. Expected the literal '{literal}'."
                self._fail(message, self._at + number)
        self._at += len(literal)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_to_token(self) -> bool:
        self._at = skip_blanks(self._text, self._at)
        return self._at < len(self._text)

    def _fail_at_character(self, refusal: str) -> NoReturn:
        self._fail(f"{_quoted(self._text[self._at])} {refusal}")

    def _fail(self, message: str, index: int | None = None) -> NoReturn:
        raise _FoundError(message, self._at if index is None else index)


def _end(pattern: re.Pattern[str], text: str, index: int) -> int:
    found = pattern.match(text, index)
    return index if found is None else found.end()


def _quoted(character: str) -> str:
    # .NET shows a byte, and one that is not printable ASCII as its number.
    first = character.encode("utf-8", "replace")[0]
    return f"'{character}'" if " " <= character <= "~" else f"'0x{first:02X}'"
