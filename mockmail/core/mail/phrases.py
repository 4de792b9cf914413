"""Words that stand one after the other: what the index is asked for, and what it would ask too much of it."""

from __future__ import annotations

import re
from unicodedata import category, normalize

LOOKED_UP = 50
"""How many words of a phrase the index is asked for. For each it holds all places of that word in a message at once."""

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text, as the index parts them."""
    return _WORD.findall(normalize("NFC", text))


def stands_in(text: str, phrase: str) -> bool:
    """Whether a phrase's words stand in a text, one after the other, the last of them perhaps only begun."""
    return f" {_folded(phrase)}" in f" {_folded(text)} "


def _folded(text: str) -> str:
    """The words without case and diacritics, a blank between any two."""
    if not text.isascii():
        text = "".join(one for one in normalize("NFD", text) if category(one) != "Mn")
    return " ".join(_WORD.findall(text.casefold()))
