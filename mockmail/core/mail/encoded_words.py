"""Write header values in ASCII: plain text unchanged, other text in encoded words (RFC 2047), in lines of 78.

Decode values that contain encoded words. This takes time linear in the length of the text; Python's
`email.header.decode_header` takes quadratic time.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp, b2a_base64
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from mockmail.core.charsets import in_charset, is_charset

LINE = 78
"""The longest line, in characters, that RFC 5322 recommends."""

FOLD = "\r\n"

LONGEST_WORD = 75
"""The longest encoded word, in characters (RFC 2047, 2)."""

_OPEN_B, _OPEN_Q, _CLOSE = "=?utf-8?b?", "=?utf-8?q?", "?="
_DELIMITERS = len(_OPEN_B) + len(_CLOSE)
_PLAIN = re.compile(r"[\t -~]*")
_SAFE = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/"
_QUOTED = {byte: f"={byte:02X}" for byte in range(256) if byte not in _SAFE} | {ord(" "): "_"}
# Each repetition has a bound, so a search takes linear time.
_WORD_START = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?")
_CONTINUED = re.compile(rf"[ \t].{{0,{LINE - 2}}}(?<![ \t])(?=[ \t]|\Z)")


def fold(text: str, column: int) -> str:
    """Return the header value for a text without line breaks and without blanks around it.

    column: the number of characters before the text on its line.
    """
    lines = _plain_lines(text, column) if is_plain(text) else None
    return encode_words(text, column) if lines is None else FOLD.join(lines)


def is_plain(text: str) -> bool:
    """Return whether a header can hold a text unchanged, so that no reader decodes it to another text."""
    return "=?" not in text and ((text.isascii() and text.isprintable()) or _PLAIN.fullmatch(text) is not None)


def encode_words(text: str, column: int) -> str:
    """Return a text in encoded words, one a line, in the shorter of the two encodings: Q or base64."""
    content = text.encode("utf-8", "replace")
    quoted_length = len(content) + 2 * len(content.translate(None, _SAFE + b" "))
    base64_length = (len(content) + 2) // 3 * 4
    is_quoted = quoted_length <= base64_length
    words = _quoted_words(content, column) if is_quoted else _base64_words(content, column)
    return f"{FOLD} ".join(words)


class _Word(NamedTuple):
    """An encoded word, or a text between two. charset, content: of an encoded word; None and empty for a text."""

    start: int
    end: int
    charset: str | None = None
    content: bytes = b""


def decode_words(text: str) -> str:
    """Return a text with its encoded words decoded. Blanks between two of them are dropped.

    A word with an unknown charset or broken content is unchanged.
    """
    if "=?" not in text:
        return text
    # A character may be split between two words, so that words in one charset are decoded together.
    return "".join(
        _decoded(text, charset, list(words)) for charset, words in groupby(_words(text), lambda w: w.charset)
    )


def _words(text: str) -> Iterator[_Word]:
    position = 0
    last: _Word | None = None
    while opening := _WORD_START.search(text, position):
        closing = text.find("?=", opening.end())
        if closing < 0:
            break
        position = closing + len("?=")
        content = _content(text[opening.end() : closing], opening[2])
        if content is None or not is_charset(opening[1].lower()):
            continue
        word = _Word(opening.start(), position, opening[1].lower(), content)
        end_of_last = 0 if last is None else last.end
        if end_of_last < word.start and (last is None or not text[end_of_last : word.start].isspace()):
            yield _Word(end_of_last, word.start)
        yield word
        last = word
    yield _Word(0 if last is None else last.end, len(text))


def _content(encoded: str, encoding: str) -> bytes | None:
    try:
        return a2b_base64(f"{encoded}==") if encoding in "bB" else a2b_qp(encoded.encode(), header=True)
    except ValueError:
        return None


def _decoded(text: str, charset: str | None, words: list[_Word]) -> str:
    source = text[words[0].start : words[-1].end]
    try:
        return source if charset is None else in_charset(b"".join(word.content for word in words), charset)
    except (LookupError, ValueError):
        return source


def _plain_lines(text: str, column: int) -> list[str] | None:
    """Return the lines of a plain text; None when a word or a run of blanks is longer than a line."""
    if len(text) + column <= LINE:
        return [text]
    first = _first_line(text, max(LINE - column, 1)) or _first_line(text, LINE)
    if first is None:
        return None
    lines = [first.group()]
    position = first.end()
    while position < len(text):
        line = _CONTINUED.match(text, position)
        if line is None:
            return None
        lines.append(line.group())
        position = line.end()
    return lines


def _first_line(text: str, length: int) -> re.Match[str] | None:
    return re.match(rf".{{1,{length}}}(?<![ \t])(?=[ \t]|\Z)", text)


def _base64_words(content: bytes, column: int) -> Iterator[str]:
    start = 0
    while start < len(content):
        end = start + (_word_length(column if start == 0 else 1) - _DELIMITERS) // 4 * 3
        while end < len(content) and content[end] & 0xC0 == 0x80:  # noqa: PLR2004  # a continuation byte of UTF-8
            end -= 1
        yield f"{_OPEN_B}{b2a_base64(content[start:end], newline=False).decode('ascii')}{_CLOSE}"
        start = end


def _quoted_words(content: bytes, column: int) -> Iterator[str]:
    quoted = content.decode("latin-1").translate(_QUOTED)
    start = 0
    while start < len(quoted):
        end = _end_of_character(quoted, start + _word_length(column if start == 0 else 1) - _DELIMITERS)
        yield f"{_OPEN_Q}{quoted[start:end]}{_CLOSE}"
        start = end


def _end_of_character(quoted: str, end: int) -> int:
    """Return the last position up to `end` that splits neither an escape (`=C3`) nor a character (`=C3=A9`)."""
    if end >= len(quoted):
        return len(quoted)
    escape = quoted.find("=", end - 2, end)
    end = end if escape < 0 else escape
    while quoted[end] == "=" and quoted[end + 1] in "89AB":
        end -= 3
    return end


def _word_length(column: int) -> int:
    # A header name that leaves little of the line gets a longer line rather than words too short to hold a character.
    return max(min(LONGEST_WORD, LINE - column), LONGEST_WORD // 2)
