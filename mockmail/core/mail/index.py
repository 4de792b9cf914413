"""The search index: its tables, how messages get into them, and the searches that use it.

It is written when a search needs it, so that accepting a message costs no parsing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from mockmail.core.errors import StorageFull
from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.mime import HEAD_LIMIT
from mockmail.core.mail.plan import Range, leaves, plan, without_nul
from mockmail.core.mail.terms import NAMED_FIELDS, WORD_FIELDS, Node, SearchedTexts
from mockmail.core.state.database import Database

SLICE_MESSAGES = 50
SLICE_BYTES = 1 << 17
"""The most messages, and about the most bytes of them and their envelopes, before other work gets its turn."""

RANGE = 100_000
"""The messages that SQL searches for one term before other work gets its turn."""

MERGE_AFTER = 1000
MERGE_PAGES = 256
"""The messages after which the full-text tables are merged, and the pages that are merged in one slice."""

KINDS = ("headers", "words")
"""The parts of the index: a search needs both, the first, or none."""

_TABLES = ("subject", "address", "name", "content")
_BODY_FIELDS = frozenset({*WORD_FIELDS, "attachment", "has"})
_ROLES = ("from", "to", "cc", "bcc", "reply-to", "message-id")

ReadTexts = Callable[[int, bool], SearchedTexts | None]
"""Returns the texts of the message with a cursor; without the body unless the second argument is true."""


class Index:
    """The search index of a mail store.

    read: reads the texts of a message.
    """

    def __init__(self, database: Database, read: ReadTexts) -> None:
        self._database = database
        self._read = read

    def advance(self, nodes: Sequence[Node] | None = None) -> bool:
        """Index some of the messages that a search needs, by default any search; return whether there are more.

        Return False, too, when the index cannot be written, as on a full disk.
        """
        kinds = KINDS if nodes is None else _kinds(nodes)
        try:
            return self._index_slice(kinds) or any(self._merge_slice(kind) for kind in kinds)
        except StorageFull:
            return False

    def indexed(self, nodes: Sequence[Node]) -> int | None:
        """Return the cursor up to which messages are indexed for these conditions; None if they need no index."""
        db = self._database.reading()
        return min((_progress(db, kind)[0] for kind in _kinds(nodes)), default=None)

    def cursors(self, nodes: Sequence[Node], within: Range, *, limit: int, newest_first: bool) -> list[int]:
        """Return the cursors of indexed messages that may meet the conditions; that do, if all are exact."""
        db = self._database.reading()
        query = plan(db, nodes, within)
        sql = f"{query.sql(query.seq)} ORDER BY {query.seq} {'DESC' if newest_first else 'ASC'} LIMIT ?"
        return [seq for (seq,) in db.execute(sql, [*query.arguments, limit])]

    def count(self, nodes: Sequence[Node], within: Range) -> int:
        """Return the number of indexed messages that meet the conditions, which are all exact."""
        db = self._database.reading()
        query = plan(db, nodes, within)
        return int(db.execute(query.sql("count(*)"), query.arguments).fetchone()[0])

    def has_attachment(self, seq: int) -> bool:
        """Return whether a message has an attachment; its body is read if it is not indexed."""
        db = self._database.reading()
        if seq > _progress(db, "words")[0]:
            texts = self._read(seq, True)
            return texts is not None and texts.message.has_attachment
        sql = "SELECT 1 FROM content WHERE seq = ? AND names IS NOT NULL"
        return db.execute(sql, (seq,)).fetchone() is not None

    def read(self, seq: int, nodes: Sequence[Node]) -> SearchedTexts | None:
        """Return the texts of a message that the conditions compare, or None if there is no such message."""
        return self._read(seq, "words" in _kinds(nodes))

    def _index_slice(self, kinds: Sequence[str]) -> bool:
        """Index the next messages, each of which is read once for all kinds; return whether there were some."""
        db = self._database.reading()
        done = {kind: _progress(db, kind)[0] for kind in kinds}
        sql = "SELECT seq, length(raw), length(envelope) FROM message WHERE seq > ? ORDER BY seq LIMIT ?"
        chosen = db.execute(sql, (min(done.values()), SLICE_MESSAGES)).fetchall() if kinds else []
        if not chosen:
            return False
        with self._database.transaction():
            db = self._database.writing()
            size = 0
            for seq, length, envelope in chosen:
                missing = [kind for kind in kinds if done[kind] < seq]
                texts = self._read(seq, "words" in missing)
                if texts is not None:
                    for kind in missing:
                        _WRITERS[kind](db, seq, texts)
                size += min(length, TEXT_LIMIT if "words" in missing else HEAD_LIMIT) + envelope
                if size >= SLICE_BYTES:
                    break
            db.executemany("UPDATE progress SET seq = max(seq, ?) WHERE what = ?", [(seq, kind) for kind in kinds])
        return True

    def _merge_slice(self, kind: str) -> bool:
        """Merge what many slices wrote, which makes a search several times as fast; return whether there was work."""
        done, merged = _progress(self._database.reading(), kind)
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
    for table in _TABLES:
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608  # our own names


def clear(db: sqlite3.Connection, *, start_over: bool) -> None:
    """Remove all messages from the index; with start_over, cursors begin at 1 again."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    for table in ("part", "words"):
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608  # our own names
    if start_over:
        db.execute("UPDATE progress SET seq = 0, merged = 0")


def _kinds(nodes: Sequence[Node]) -> Sequence[str]:
    if not nodes:
        return ()
    needs_body = any(leaf.field in _BODY_FIELDS for leaf in leaves(nodes))
    return KINDS if needs_body else KINDS[:1]


def _progress(db: sqlite3.Connection, kind: str) -> tuple[int, int]:
    """Return the cursors up to which messages are indexed, and merged."""
    done, merged = db.execute("SELECT seq, merged FROM progress WHERE what = ?", (kind,)).fetchone()
    return done, merged


def _index_headers(db: sqlite3.Connection, seq: int, texts: SearchedTexts) -> None:
    db.execute("INSERT INTO subject VALUES (?, ?)", (seq, texts.subject))
    addresses = [(address, role, seq) for role in _ROLES for address in dict.fromkeys(texts.addresses(role))]
    db.executemany("INSERT INTO address VALUES (?, ?, ?)", addresses)
    names = [(seq, role, text) for role in NAMED_FIELDS if (text := texts.names(role))]
    db.executemany("INSERT INTO name VALUES (?, ?, ?)", names)
    recipients, senders = ("\n".join([*texts.addresses(role), texts.names(role)]) for role in ("to", "from"))
    sql = "INSERT INTO part (rowid, subject, recipients, senders) VALUES (?, ?, ?, ?)"
    db.execute(sql, (seq, *map(without_nul, (texts.subject, recipients, senders))))


def _index_words(db: sqlite3.Connection, seq: int, texts: SearchedTexts) -> None:
    columns = texts.texts()
    sql = f"INSERT INTO words (rowid, {', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608  # our own names
    db.execute(sql, (seq, *columns.values()))
    if texts.has_html or texts.attachments is not None:
        db.execute("INSERT INTO content VALUES (?, ?, ?)", (seq, texts.attachments, texts.has_html))


_WRITERS = {"headers": _index_headers, "words": _index_words}
