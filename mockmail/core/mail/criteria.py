"""What a message is looked for by, and how SQLite is asked for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockmail.core.errors import TooManyTerms
from mockmail.core.mail.addresses import spellings
from mockmail.core.mail.phrases import LOOKED_UP, words_of

Clause = tuple[str, list[str]]

MOST_TERMS = 100
"""How many terms a query may have."""

_TERM = re.compile(r"""([-!]?)(?:(to|from|subject):)?("[^"]*"?|[^\s"]\S*)""", re.IGNORECASE)
_SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a message must fit, all of it.

    to, sender: a whole address, or any part of one that has no local part (`@example.com`, `example`). `to` looks at
        the envelope's recipients and at To and Cc, `sender` at MAIL FROM and at From. A domain beyond ASCII may be
        written as it is read or as DNS has it, here and there.
    subject: any part of the subject, in any case.
    text: words that stand in the body, the subject or the addresses, one after the other.
    query: words as in `text`, and `to:` `from:` `subject:` terms; quotes hold blanks together, `-` excludes.
    after: the cursor of a message, to look only at what came later.
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
        """Whether bodies must have been read into the index."""
        return bool(self.text) or any(name is None for name, _, _ in _terms(self.query or ""))

    def where(self) -> Clause:
        """A condition on the table `message`, and its arguments."""
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


def storable(text: str) -> str:
    """Text that SQLite takes: octets that are not UTF-8, and halves of surrogate pairs, are shown as replaced."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)


def _term(name: str | None, value: str) -> Clause:
    if name is None:
        return _words(value)
    return _subject(value) if name == "subject" else _address(name, value)


def _address(role: str, value: str) -> Clause:
    folded = storable(value.strip().lower())
    whole = re.fullmatch(r"[^@\s]+@[^@\s]+", folded) is not None
    condition = "address = ?" if whole else "instr(address, ?) > 0"
    written = [storable(one) for one in spellings(folded)]
    either = " OR ".join([condition] * len(written))
    return f"seq IN (SELECT seq FROM address WHERE role = ? AND ({either}))", [role, *written]  # noqa: S608  # our own


def _subject(value: str) -> Clause:
    return "instr(subject_folded, ?) > 0", [storable(value.casefold())]


def _words(value: str) -> Clause:
    words = words_of(value)
    if not words:
        return "1", []
    condition = "seq IN (SELECT rowid FROM words WHERE words MATCH ?)"
    if len(words) <= LOOKED_UP:
        return condition, [f'"{" ".join(words)}" *']
    return f"({condition} AND has_phrase(seq, ?))", [f'"{" ".join(words[:LOOKED_UP])}"', " ".join(words)]


def _terms(query: str) -> list[tuple[str | None, str, bool]]:
    """`(field or None, value, negated)` of each term. Raises TooManyTerms."""
    found = _TERM.findall(query)
    if len(found) > MOST_TERMS:
        raise TooManyTerms(f"a query has at most {MOST_TERMS} terms, not {len(found)}")
    terms = ((field.lower() or None, value.strip('"'), bool(sign)) for sign, field, value in found)
    return [(field, value, negated) for field, value, negated in terms if value]
