"""Search criteria, and the SQL conditions and full-text queries that they become."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category, normalize

from mockmail.core.errors import TooManyTerms
from mockmail.core.mail.addresses import address_forms

Clause = tuple[str, list[str]]

MOST_TERMS = 100
"""The most terms in a query."""

LONGEST_INDEXED_PHRASE = 50
"""The words of a phrase that the index looks up: for each, SQLite loads all its positions in a message at once."""

_TERM = re.compile(r"""([-!]?)(?:(to|from|subject):)?("[^"]*"?|[^\s"]\S*)""", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Conditions that a message must meet, all of them.

    to, sender: a whole address, or a part that has no `@` or begins with it (`jane`, `@example.com`). `to` is compared
        with the envelope's recipients, To and Cc; `sender` with MAIL FROM and From. Both forms of a domain beyond
        ASCII match.
    subject: a part of the subject, case-insensitive.
    text: consecutive words of the body, the subject or the addresses.
    query: words as in `text`, and terms `to:`, `from:` and `subject:`; quotes join words, `-` excludes a term.
    after: a cursor; only messages that arrived after it match.
    """

    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    text: str | None = None
    query: str | None = None
    after: int = 0

    def __str__(self) -> str:
        names = (("to", self.to), ("from", self.sender), ("subject", self.subject), ("text", self.text))
        terms = [f"{name}={value!r}" for name, value in (*names, ("query", self.query)) if value]
        return ", ".join(terms) or "anything"

    @property
    def needs_text(self) -> bool:
        """Return whether the search needs the full-text index of the bodies."""
        return bool(self.text) or any(name is None for name, _, _ in _terms(self.query or ""))

    def where(self) -> Clause:
        """Return a condition on the table `message`, and its arguments. Raise TooManyTerms."""
        clauses: list[Clause] = []
        if self.to is not None:
            clauses.append(_address("to", self.to))
        if self.sender is not None:
            clauses.append(_address("from", self.sender))
        if self.subject is not None:
            clauses.append(_subject(self.subject))
        if self.text:
            clauses.append(_words(self.text))
        for name, value, negated in _terms(self.query or ""):
            sql, arguments = _term(name, value)
            clauses.append((f"NOT ({sql})" if negated else sql, arguments))
        arguments = [argument for _, arguments in clauses for argument in arguments]
        return " AND ".join(sql for sql, _ in clauses) or "1", arguments


def contains_phrase(text: str, phrase: str) -> bool:
    """Return whether a text contains the words of a phrase consecutively; the last one may be the start of a word."""
    return f" {_normalized_words(phrase)}" in f" {_normalized_words(text)} "


def _normalized_words(text: str) -> str:
    """Return the words without case and diacritics, a blank between any two."""
    if not text.isascii():
        text = "".join(character for character in normalize("NFD", text) if category(character) != "Mn")
    return " ".join(_WORD.findall(text.casefold()))


def storable(text: str) -> str:
    """Return a text that SQLite can store: bytes that are not UTF-8, and lone surrogates, become U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)


def _term(name: str | None, value: str) -> Clause:
    if name is None:
        return _words(value)
    return _subject(value) if name == "subject" else _address(name, value)


def _address(role: str, value: str) -> Clause:
    lower_cased = storable(value.strip().lower())
    is_whole = re.fullmatch(r"[^@\s]+@[^@\s]+", lower_cased) is not None
    condition = "address = ?" if is_whole else "instr(address, ?) > 0"
    forms = [storable(form) for form in address_forms(lower_cased)]
    either = " OR ".join([condition] * len(forms))
    return f"seq IN (SELECT seq FROM address WHERE role = ? AND ({either}))", [role, *forms]  # noqa: S608  # constants


def _subject(value: str) -> Clause:
    return "instr(subject_folded, ?) > 0", [storable(value.casefold())]


def _words(value: str) -> Clause:
    words = _WORD.findall(normalize("NFC", value))
    if not words:
        return "1", []
    condition = "seq IN (SELECT rowid FROM words WHERE words MATCH ?)"
    if len(words) <= LONGEST_INDEXED_PHRASE:
        return condition, [f'"{" ".join(words)}" *']
    return f"({condition} AND has_phrase(seq, ?))", [f'"{" ".join(words[:LONGEST_INDEXED_PHRASE])}"', " ".join(words)]


def _terms(query: str) -> list[tuple[str | None, str, bool]]:
    """Return `(field or None, value, negated)` of each term."""
    found = _TERM.findall(query)
    if len(found) > MOST_TERMS:
        raise TooManyTerms(f"a query has at most {MOST_TERMS} terms, not {len(found)}")
    terms = ((field.lower() or None, value.strip('"'), bool(sign)) for sign, field, value in found)
    return [(field, value, negated) for field, value, negated in terms if value]
