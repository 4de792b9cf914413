"""What a message is looked for by, and how SQLite is asked for it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

Clause = tuple[str, list[str]]

_FIELDS = ("to", "from", "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a message must fit, all of it.

    to, sender: a whole address, or any part of one that has no local part (`@example.com`, `example`). `to` looks at
        the envelope's recipients and at To and Cc, `sender` at MAIL FROM and at From.
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


def _term(name: str | None, value: str) -> Clause:
    if name is None:
        return _words(value)
    return _subject(value) if name == "subject" else _address(name, value)


def _address(role: str, value: str) -> Clause:
    folded = value.strip().lower()
    whole = re.fullmatch(r"[^@\s]+@[^@\s]+", folded) is not None
    sql = "seq IN (SELECT seq FROM address WHERE role = ? AND address "
    if whole:
        return sql + "= ?)", [role, folded]
    return sql + "LIKE ? ESCAPE '\\')", [role, f"%{_like(folded)}%"]


def _subject(value: str) -> Clause:
    return "instr(subject_folded, ?) > 0", [value.casefold()]


def _words(value: str) -> Clause:
    words = re.findall(r"\w+", value)
    if not words:
        return "1", []
    phrase = " ".join(words).replace('"', '""')
    return "seq IN (SELECT rowid FROM words WHERE words MATCH ?)", [f'"{phrase}" *']


def _terms(query: str) -> list[tuple[str | None, str, bool]]:
    """`(field or None, value, negated)` of each term."""
    try:
        parts = shlex.split(query)
    except ValueError:
        parts = query.split()
    terms: list[tuple[str | None, str, bool]] = []
    for part in parts:
        negated = len(part) > 1 and part[0] in "-!"
        term = part[1:] if negated else part
        name, colon, value = term.partition(":")
        if colon and name.lower() in _FIELDS and value:
            terms.append((name.lower(), value, negated))
        elif term:
            terms.append((None, term, negated))
    return terms


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
