"""The search index: its tables, how messages get into them, and the SQL of a search.

It is written when a search needs it, so that accepting a message costs no parsing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from mockmail.core.errors import StorageFull
from mockmail.core.mail.criteria import TEXT_LIMIT, SearchedTexts, Term, contains_phrase
from mockmail.core.mail.mime import HEAD_LIMIT
from mockmail.core.state.database import Database

SLICE_MESSAGES = 100
SLICE_BYTES = 1 << 20
"""The most messages, and about the most bytes read of them, that are indexed before other work gets its turn."""

RANGE = 100_000
LONG_PHRASE_RANGE = 50
"""The messages that are searched before other work gets its turn: for one term, and for a phrase that needs bodies."""

MERGE_AFTER = 1000
MERGE_PAGES = 256
"""The messages after which the full-text tables are merged, and the pages that are merged in one slice."""

GRAMS = 16
"""The most sequences of three characters that the index looks up for a part of a subject or an address."""

PROBED = 100
"""The rows from which on a search looks for another term that may have fewer."""

LONGEST_INDEXED_PHRASE = 50
"""The words of a phrase that the index looks up: for each, SQLite loads all its positions in a message at once."""

LONGEST_PART = 1000
"""The characters of a part of a subject or an address that the index looks up; the rest is only compared."""

GRAM = 3
_COLUMNS = {"subject": "subject", "to": "recipients", "from": "senders"}

Range = tuple[int, int]
"""The first and the last cursor of the messages that are searched."""

ReadTexts = Callable[[int, bool], SearchedTexts | None]
"""Returns the texts of the message with a cursor; without the body unless the second argument is true."""


@dataclass
class _Query:
    """The SQL for a search.

    source: the table whose rows are read, in the order of `seq`; `subject` has a row for each indexed message.
    met: the terms that every row of the source meets.
    """

    source: str = "subject"
    seq: str = "subject.seq"
    met: list[Term] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    arguments: list[object] = field(default_factory=list)

    def add(self, condition: str, *arguments: object) -> Self:
        """Add a condition that the rows must meet, and return the query."""
        self.conditions.append(condition)
        self.arguments.extend(arguments)
        return self

    def sql(self, result: str) -> str:
        """Return the statement that selects `result`, without an order."""
        join = "" if self.source == "subject" else f" CROSS JOIN subject ON subject.seq = {self.seq}"
        return f"SELECT {result} FROM {self.source}{join} WHERE {' AND '.join(self.conditions)}"  # noqa: S608  # our text

    def probe(self) -> str:
        """Return the statement that counts the rows of the source, up to PROBED."""
        rows = f"SELECT 1 FROM {self.source} WHERE {' AND '.join(self.conditions)} LIMIT {PROBED}"  # noqa: S608  # our text
        return f"SELECT count(*) FROM ({rows})"  # noqa: S608  # our text


def range_size(terms: list[Term]) -> int:
    """Return the number of messages that are searched at once for these terms."""
    # What a full-text term costs depends on the whole store and not on the range.
    size = RANGE // max(sum(term.field != "words" for term in terms), 1)
    return min(size, LONG_PHRASE_RANGE) if any(map(_is_long, terms)) else size


class Index:
    """The search index of a mail store.

    read: reads the texts of a message.
    """

    def __init__(self, database: Database, read: ReadTexts) -> None:
        self._database = database
        self._read = read
        self._prepared: sqlite3.Connection | None = None

    def advance(self, terms: list[Term]) -> bool:
        """Index some of the messages that a search with these terms needs; return whether there are more.

        Return False, too, when the index cannot be written, as on a full disk.
        """
        try:
            return any(self._index_slice(kind) or self._merge_slice(kind) for kind in _kinds(terms))
        except StorageFull:
            return False

    def cursors(self, terms: list[Term], within: Range, *, limit: int, newest_first: bool) -> list[int]:
        """Return the cursors of the messages that meet the terms, in order of arrival or newest first."""
        unindexed = self._match_unindexed(terms, within)
        query = self._query(terms, within)
        sql = f"{query.sql(query.seq)} ORDER BY {query.seq} {'DESC' if newest_first else 'ASC'} LIMIT ?"
        indexed = [seq for (seq,) in self._reading().execute(sql, [*query.arguments, limit])]
        found = [*reversed(unindexed), *indexed] if newest_first else [*indexed, *unindexed]
        return found if limit < 0 else found[:limit]

    def count(self, terms: list[Term], within: Range) -> int:
        """Return the number of messages that meet the terms."""
        unindexed = self._match_unindexed(terms, within)
        query = self._query(terms, within)
        [count] = self._reading().execute(query.sql("count(*)"), query.arguments).fetchone()
        return int(count) + len(unindexed)

    def _match_unindexed(self, terms: list[Term], within: Range) -> list[int]:
        """Bring the index up to date, and search the messages that it lacks because it cannot be written."""
        while self.advance(terms):
            pass
        db = self._reading()
        done = min(_progress(db, kind)[0] for kind in _kinds(terms))
        first, last = within
        sql = "SELECT seq FROM message WHERE seq BETWEEN ? AND ? ORDER BY seq"
        cursors = db.execute(sql, (max(done + 1, first), last)).fetchall()
        return [seq for (seq,) in cursors if self._matches(seq, terms)]

    def _matches(self, seq: int, terms: list[Term]) -> bool:
        texts = self._read(seq, True)
        return texts is not None and all(term.matches(texts) for term in terms)

    def _query(self, terms: list[Term], within: Range) -> _Query:
        """Return the search of the indexed messages.

        It reads the rows of the first source that has few of them, and checks the other terms for each row. Rows are
        read in the order of arrival, so that a search that finds enough messages early ends early.
        """
        db = self._reading()
        *others, query = [source.add(f"{source.seq} BETWEEN ? AND ?", *within) for source in _sources(terms)]
        for source in others:
            if db.execute(source.probe(), source.arguments).fetchone()[0] < PROBED:
                query = source
                break
        for term in terms:
            if term not in query.met:
                condition, *arguments = _condition(term)
                query.add(f"NOT ({condition})" if term.is_negated else condition, *arguments)
        return query

    def _reading(self) -> sqlite3.Connection:
        db = self._database.reading()
        if db is not self._prepared:
            db.create_function("has_phrase", 2, self._has_phrase)
            self._prepared = db
        return db

    def _has_phrase(self, seq: int, phrase: str) -> bool:
        """Return whether a message has a phrase that is too long for the full-text table."""
        texts = self._read(seq, True)
        return texts is not None and contains_phrase(texts, phrase)

    def _index_slice(self, kind: str) -> bool:
        sql = "SELECT seq, length(raw) FROM message WHERE seq > ? ORDER BY seq LIMIT ?"
        db = self._reading()
        chosen = db.execute(sql, (_progress(db, kind)[0], SLICE_MESSAGES)).fetchall()
        if not chosen:
            return False
        with self._database.transaction():
            db = self._database.writing()
            size = 0
            for seq, length in chosen:
                texts = self._read(seq, kind == "words")
                if texts is not None:
                    (_index_headers if kind == "headers" else _index_words)(db, seq, texts)
                size += min(length, HEAD_LIMIT if kind == "headers" else TEXT_LIMIT)
                if size >= SLICE_BYTES:
                    break
            db.execute("UPDATE progress SET seq = ? WHERE what = ?", (seq, kind))
        return True

    def _merge_slice(self, kind: str) -> bool:
        """Merge what many slices wrote, which makes a search several times as fast; return whether there was work."""
        done, merged = _progress(self._reading(), kind)
        if done - merged <= max(MERGE_AFTER, merged // 4):
            return False
        table = "part" if kind == "headers" else "words"
        with self._database.transaction():
            db = self._database.writing()
            before = db.total_changes
            sql = f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)"  # noqa: S608  # our own names
            db.execute(sql, (-MERGE_PAGES,))
            if db.total_changes - before < 2:  # noqa: PLR2004  # FTS5's sign that nothing is left to merge
                db.execute("UPDATE progress SET merged = seq WHERE what = ?", (kind,))
        return True


def remove(db: sqlite3.Connection, seq: int) -> None:
    """Remove a message from the index; entries of the full-text tables stay, and lead to no row of `subject`."""
    for table in ("subject", "address"):
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608  # our own names


def clear(db: sqlite3.Connection, *, start_over: bool) -> None:
    """Remove all messages from the index; with start_over, cursors begin at 1 again."""
    for table in ("subject", "address"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    for table in ("part", "words"):
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608  # our own names
    if start_over:
        db.execute("UPDATE progress SET seq = 0, merged = 0")


def _kinds(terms: list[Term]) -> list[str]:
    return ["headers", "words"] if any(term.field == "words" for term in terms) else ["headers"]


def _progress(db: sqlite3.Connection, kind: str) -> tuple[int, int]:
    """Return the cursors up to which messages are indexed, and merged."""
    done, merged = db.execute("SELECT seq, merged FROM progress WHERE what = ?", (kind,)).fetchone()
    return done, merged


def _index_headers(db: sqlite3.Connection, seq: int, texts: SearchedTexts) -> None:
    db.execute("INSERT INTO subject VALUES (?, ?)", (seq, texts.subject))
    for role, addresses in (("from", texts.senders), ("to", texts.recipients)):
        db.executemany("INSERT INTO address VALUES (?, ?, ?)", [(address, role, seq) for address in addresses])
    columns = [texts.subject, "\n".join(texts.recipients), "\n".join(texts.senders)]
    sql = "INSERT INTO part (rowid, subject, recipients, senders) VALUES (?, ?, ?, ?)"
    db.execute(sql, (seq, *map(_without_nul, columns)))


def _index_words(db: sqlite3.Connection, seq: int, texts: SearchedTexts) -> None:
    db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (seq, texts.text))


def _sources(terms: list[Term]) -> list[_Query]:
    """Return the tables that a search can read, each for some of the terms; at least one, the cheapest first."""
    positive = [term for term in terms if not term.is_negated]
    whole = [term for term in positive if term.is_whole_address]
    parts = [(term, _grams(term)) for term in positive if not term.is_whole_address]
    # Subjects and addresses of a test run often differ in a number only, and the other sequences are in all of them.
    numbers = [(term, [gram for gram in grams if gram.isdecimal()]) for term, grams in parts]
    words = [term for term in positive if term.field == "words"]
    sources = [
        _Query("address", "address.seq", [term]).add("address.role = ? AND address.address = ?", term.field, term.value)
        for term in whole
    ]
    for term, grams in (*numbers, *parts):
        if grams:
            match = f"{{{_COLUMNS[term.field]}}} : ({' '.join(map(_quoted, grams))})"
            sources.append(_Query("part", "part.rowid").add("part MATCH ?", match))
    if words:
        query = _Query("words", "words.rowid", [term for term in words if not _is_long(term)])
        sources.append(query.add("words MATCH ?", " AND ".join(map(_phrase, words))))
    return sources or [_Query()]


def _condition(term: Term) -> tuple[str, *tuple[str, ...]]:
    """Return a condition on a row of `subject`, and its arguments."""
    if term.field == "subject":
        return "instr(subject.folded, ?) > 0", term.value
    if term.field == "words":
        condition = "subject.seq IN (SELECT rowid FROM words WHERE words MATCH ?)"
        if not _is_long(term):
            return condition, _phrase(term)
        return f"({condition} AND has_phrase(subject.seq, ?))", _phrase(term), term.value
    comparison = "address = ?" if term.is_whole_address else "instr(address, ?) > 0"
    sql = f"EXISTS (SELECT 1 FROM address WHERE seq = subject.seq AND role = ? AND {comparison})"  # noqa: S608  # constants
    return sql, term.field, term.value


def _grams(term: Term) -> list[str]:
    """Return sequences of three characters that a part of a subject or address has, spread over it."""
    if term.field == "words":
        return []
    value = _without_nul(term.value[:LONGEST_PART])
    grams = list(dict.fromkeys(value[start : start + GRAM] for start in range(len(value) - GRAM + 1)))
    return grams[:: -(-len(grams) // GRAMS)] if grams else []


def _without_nul(text: str) -> str:
    # The tokenizer ends at a NUL.
    return text.replace("\0", "\ufffd")


def _is_long(term: Term) -> bool:
    return term.field == "words" and term.value.count(" ") >= LONGEST_INDEXED_PHRASE


def _phrase(term: Term) -> str:
    words = term.value.split(" ")
    if len(words) <= LONGEST_INDEXED_PHRASE:
        return f"{_quoted(term.value)} *"
    return _quoted(" ".join(words[:LONGEST_INDEXED_PHRASE]))


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))
