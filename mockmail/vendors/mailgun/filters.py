"""The expressions that filter events: `a OR b`, `NOT a`, `"a b"`, `>100` (docs/wire/mailgun.md 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mockmail.vendors.mailgun.errors import MailgunError

Filter = Callable[[Sequence[str]], bool]
"""Tells whether one of the values of a field fits."""

MOST_WORDS = 200
MOST_DEPTH = 20

_TOKEN = re.compile(r'"([^"]*)"|([()])|([^\s()"]+)')
_COMPARISON = re.compile(r"([<>]=?|=)?([0-9]{1,15}(?:\.[0-9]{1,15})?)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": float.__gt__,
    "<": float.__lt__,
    ">=": float.__ge__,
    "<=": float.__le__,
}


def parse_filter(text: str, *, is_whole: bool) -> Filter:
    """Return the filter of an expression; words are case-insensitive.

    is_whole: whether a value must be equal to a word; else it must contain the word. Raise MailgunError.
    """
    tokens = [(found[1], found[2] or found[3] or "") for found in _TOKEN.finditer(text)]
    if len(tokens) > MOST_WORDS:
        raise MailgunError(f"A filter may have {MOST_WORDS} words.")
    parser = _Parser(tokens, is_whole=is_whole)
    result = parser.either(0)
    if parser.tokens:
        raise _broken()
    return result


class _Parser:
    def __init__(self, tokens: list[tuple[str | None, str]], *, is_whole: bool) -> None:
        self.tokens = tokens[::-1]
        self._is_whole = is_whole

    def either(self, depth: int) -> Filter:
        if depth > MOST_DEPTH:
            raise MailgunError(f"A filter may have {MOST_DEPTH} parentheses in each other.")
        found = [self._all(depth)]
        while self._take("OR"):
            found.append(self._all(depth))
        return found[0] if len(found) == 1 else lambda values: any(each(values) for each in found)

    def _all(self, depth: int) -> Filter:
        found = [self._single(depth)]
        while self._take("AND") or (self.tokens and self.tokens[-1][1] not in ("OR", ")")):
            found.append(self._single(depth))
        return found[0] if len(found) == 1 else lambda values: all(each(values) for each in found)

    def _single(self, depth: int) -> Filter:
        is_negated = False
        while self._take("NOT"):
            is_negated = not is_negated
        if self._take("("):
            found = self.either(depth + 1)
            if not self._take(")"):
                raise _broken()
        else:
            found = self._word()
        return (lambda values: not found(values)) if is_negated else found

    def _word(self) -> Filter:
        if not self.tokens or self.tokens[-1][1] in ("OR", "AND", ")"):
            raise _broken()
        quoted, plain = self.tokens.pop()
        comparison = _COMPARISON.fullmatch(plain)
        if comparison is not None and comparison[1] in _COMPARE:
            compare, bound = _COMPARE[comparison[1]], float(comparison[2])
            return lambda values: any(each.isdecimal() and compare(float(each[:15]), bound) for each in values)
        word = (plain if quoted is None else quoted).lower()
        if self._is_whole:
            return lambda values: any(word == each.lower() for each in values)
        return lambda values: any(word in each.lower() for each in values)

    def _take(self, word: str) -> bool:
        if self.tokens and self.tokens[-1] == (None, word):
            self.tokens.pop()
            return True
        return False


def _broken() -> MailgunError:
    return MailgunError("A filter cannot be read: it is made of words, AND, OR, NOT and parentheses.")
