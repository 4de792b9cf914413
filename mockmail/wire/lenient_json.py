"""Read JSON as Json.NET does. It and many .NET services accept more than RFC 8259 allows.

- texts and names in single quotes, with raw line breaks in them; names without quotes
- comments, `/* */` and `//`
- a comma after the last member or element
- hexadecimal numbers (`0x1F`) of 64 bits at most

NaN, Infinity, `undefined` and constructors, which Json.NET takes too, are refused: no request to a mail API needs them.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from mockmail.wire.json_text import BrokenJson, read_json, text_of, too_many_values

MAX_LENIENT_VALUES = 25_000
"""The most values of a lenient text, which is read value by value in Python, unlike strict JSON."""

HEX_DIGITS = 16

_BLANK = re.compile(r"(?:\s++|/\*.*?\*/|//[^\r\n]*+)*+", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"-?(?:0[xX][0-9A-Fa-f]+|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_ESCAPE = r"""\\(?:[btnfr\\'"/]|u[0-9A-Fa-f]{4})"""
_TEXTS = {quote: re.compile(rf"[^{quote}\\]*+(?:{_ESCAPE}[^{quote}\\]*+)*+") for quote in "'\""}
_read_text = json.JSONDecoder(strict=False).decode
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None}


def read_lenient_json(body: bytes, *, charset: str = "utf-8", max_depth: int = 100) -> Any:
    """Return the value of a JSON body, strict or lenient; the last of equal names counts.

    Bytes that are not in the charset are replaced; for halves of surrogate pairs see `without_surrogates`.
    Raise BrokenJson for a body that Json.NET does not take, or that nests deeper than `max_depth`; Problem (413) for
    more values than MAX_VALUES or, in a lenient text, MAX_LENIENT_VALUES.
    """
    try:
        return read_json(body, charset=charset, max_depth=max_depth)
    except BrokenJson:
        return _Reader(text_of(body, charset), max_depth).document()


def without_surrogates(text: str) -> str:
    """Return a text that every Unicode encoding can represent: halves of surrogate pairs are replaced."""
    if text.isascii() or _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unescaped(text: str, quote: str) -> str:
    # The escapes that only Json.NET has are rewritten as JSON's, so that json can read the text at once.
    if "\\" not in text:
        return text
    strict = text.replace("\\\\", "\\u005c").replace("\\'", "'")  # every backslash left begins an escape
    if quote == "'":
        strict = strict.replace('\\"', '"').replace('"', '\\"')
    return str(_read_text(f'"{strict}"'))


class _Reader:
    def __init__(self, text: str, max_depth: int) -> None:
        self._text = text
        self._at = 0
        self._depth_left = max_depth
        self._values_left = MAX_LENIENT_VALUES

    def document(self) -> Any:
        value = self._value()
        self._skip()
        if self._at < len(self._text):
            self._fail("text after the value")
        return value

    def _value(self) -> Any:
        self._values_left -= 1
        if self._values_left < 0:
            raise too_many_values(MAX_LENIENT_VALUES)
        opening = self._peek()
        if opening in ("{", "["):
            return self._nested(opening)
        if opening in ("'", '"'):
            return self._string(opening)
        number = _NUMBER.match(self._text, self._at)
        return self._word() if number is None else self._number(number.group())

    def _nested(self, opening: str) -> Any:
        if not self._depth_left:
            self._fail("too many levels")
        self._depth_left -= 1
        self._at += 1
        value = self._object() if opening == "{" else self._array()
        self._depth_left += 1
        return value

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while self._peek() != "}":
            name = self._member_name()
            if self._peek() != ":":
                self._fail("expected a colon after a name")
            self._at += 1
            members[name] = self._value()
            if not self._skip_comma("}"):
                break
        self._at += 1
        return members

    def _array(self) -> list[Any]:
        elements: list[Any] = []
        while self._peek() != "]":
            elements.append(self._value())
            if not self._skip_comma("]"):
                break
        self._at += 1
        return elements

    def _skip_comma(self, closing: str) -> bool:
        found = self._peek()
        if found == closing:
            return False
        if found != ",":
            self._fail(f"expected a comma or {closing}")
        self._at += 1
        return True

    def _member_name(self) -> str:
        quote = self._peek()
        if quote in ("'", '"'):
            return self._string(quote)
        bare = _NAME.match(self._text, self._at)
        if bare is None:
            self._fail("expected a name")
        self._at = bare.end()
        return bare.group()

    def _string(self, quote: str) -> str:
        begin = self._at + 1
        found = _TEXTS[quote].match(self._text, begin)
        end = begin if found is None else found.end()
        if self._text[end : end + 1] != quote:
            self._fail_at_escape(end)
        self._at = end + 1
        return without_surrogates(_unescaped(self._text[begin:end], quote))

    def _fail_at_escape(self, at: int) -> NoReturn:
        if at == len(self._text):
            self._fail("a text without its closing quote")
        self._at = at + 1
        hexadecimal = self._text[at + 1 : at + 2] == "u"
        self._fail("expected four hexadecimal digits" if hexadecimal else "an unknown escape")

    def _number(self, text: str) -> int | float:
        self._at += len(text)
        try:
            if "x" in text.lower():
                return self._hexadecimal(text)
            return int(text) if text.lstrip("-").isdigit() else float(text)
        except ValueError:
            self._fail("a number that cannot be read")

    def _hexadecimal(self, text: str) -> int:
        # Json.NET reads 64 bits; a longer number could not be written in decimal digits again.
        if len(text.lstrip("-")) > len("0x") + HEX_DIGITS:
            self._fail("a number that cannot be read")
        return int(text, 16)

    def _word(self) -> bool | None:
        word = _NAME.match(self._text, self._at)
        if word is None or word.group() not in _WORDS:
            self._fail("expected a value")
        self._at = word.end()
        return _WORDS[word.group()]

    def _peek(self) -> str:
        self._skip()
        return self._text[self._at : self._at + 1]

    def _skip(self) -> None:
        blank = _BLANK.match(self._text, self._at)
        if blank is not None:
            self._at = blank.end()

    def _fail(self, reason: str) -> NoReturn:
        before = self._text[: self._at]
        line = before.count("\n") + 1
        raise BrokenJson(reason, self._at, line, self._at - before.rfind("\n"))
