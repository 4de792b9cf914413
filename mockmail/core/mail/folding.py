"""A text as a header has it: ASCII as it stands, all else in encoded words (RFC 2047), folded, in linear time."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator
from functools import lru_cache

LINE = 78
"""Characters of a line, as RFC 5322 would have it."""

FOLD = "\r\n"

LONGEST_WORD = 75
"""Characters of an encoded word (RFC 2047, 2)."""

_OPEN_B, _OPEN_Q, _CLOSE = "=?utf-8?b?", "=?utf-8?q?", "?="
_MARKS = len(_OPEN_B) + len(_CLOSE)
_PLAIN = re.compile(r"[\t -~]*")
_SAFE = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/"
_QUOTED = {octet: f"={octet:02X}" for octet in range(256) if octet not in _SAFE} | {ord(" "): "_"}
_CONTINUED = re.compile(rf"[ \t].{{0,{LINE - 2}}}(?<![ \t])(?=[ \t]|\Z)")


def folded(text: str, used: int) -> str:
    """A text without line breaks, and no blank around it. used: how many characters stand before it on its line."""
    lines = _plain_lines(text, used) if is_plain(text) else None
    return encoded(text, used) if lines is None else FOLD.join(lines)


def is_plain(text: str) -> bool:
    """Whether a text can stand in a header as it is, and means itself there."""
    return "=?" not in text and ((text.isascii() and text.isprintable()) or _PLAIN.fullmatch(text) is not None)


def encoded(text: str, used: int) -> str:
    """A text in encoded words, a line each: quoted where that is the shorter way, else in base64."""
    octets = text.encode("utf-8", "replace")
    special = len(octets.translate(None, _SAFE + b" "))
    is_quoted = len(octets) + 2 * special <= 4 * -(-len(octets) // 3)
    words = _quoted_words(octets, used) if is_quoted else _base64_words(octets, used)
    return f"{FOLD} ".join(words)


def _plain_lines(text: str, used: int) -> list[str] | None:
    """The lines of a plain text; None where a word or a run of blanks is longer than a line."""
    if len(text) + used <= LINE:
        return [text]
    first = _first_line(max(LINE - used, 1)).match(text) or _first_line(LINE).match(text)
    if first is None:
        return None
    rest = text[first.end() :]
    lines = _CONTINUED.findall(rest)
    return [first.group(), *lines] if sum(map(len, lines)) == len(rest) else None


@lru_cache(maxsize=64)
def _first_line(room: int) -> re.Pattern[str]:
    return re.compile(rf".{{1,{room}}}(?<![ \t])(?=[ \t]|\Z)")


def _base64_words(octets: bytes, used: int) -> Iterator[str]:
    at = 0
    while at < len(octets):
        end = at + (_room(used if at == 0 else 1) - _MARKS) // 4 * 3
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # noqa: PLR2004  # UTF-8's: a character goes on
            end -= 1
        yield f"{_OPEN_B}{b2a_base64(octets[at:end], newline=False).decode('ascii')}{_CLOSE}"
        at = end


def _quoted_words(octets: bytes, used: int) -> Iterator[str]:
    quoted = octets.decode("latin-1").translate(_QUOTED)
    at = 0
    while at < len(quoted):
        end = _end_of_character(quoted, at + _room(used if at == 0 else 1) - _MARKS)
        yield f"{_OPEN_Q}{quoted[at:end]}{_CLOSE}"
        at = end


def _end_of_character(quoted: str, end: int) -> int:
    """The last place up to `end` where a character ends: neither `=C3` nor `=C3=A9` may be torn apart."""
    if end >= len(quoted):
        return len(quoted)
    begun = quoted.find("=", end - 2, end)
    end = end if begun < 0 else begun
    while quoted[end] == "=" and quoted[end + 1] in "89AB":
        end -= 3
    return end


def _room(used: int) -> int:
    """Characters of an encoded word on a line; what stands before it is never so long that there is none."""
    return max(min(LONGEST_WORD, LINE - used), LONGEST_WORD // 2)
