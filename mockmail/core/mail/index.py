"""The search index: addresses, subjects and words, read from the messages at the first search that needs them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from mockmail.core.mail import mime
from mockmail.core.mail.criteria import Criteria, contains_phrase, storable
from mockmail.core.mail.message import Message
from mockmail.core.state.database import Database

WORDS_LIMIT = 1 << 20
"""The number of characters of a body that go into the full-text index."""

BATCH = 500
"""The number of messages that one transaction indexes."""

Select = Callable[[str, list[object]], Iterator[Message]]


def prepare(db: sqlite3.Connection, select: Select) -> None:
    """Give a connection the SQL function `has_phrase`: whether a message has a phrase too long for the index.

    select: returns the messages for a condition of SQL.
    """

    def has_phrase(seq: int, phrase: str) -> bool:
        return any(contains_phrase(_text_of(message), phrase) for message in select("seq = ?", [seq]))

    db.create_function("has_phrase", 2, has_phrase)


def advance(criteria: Criteria, database: Database, select: Select) -> None:
    """Index the messages that arrived since the last search of this kind, if the criteria need an index."""
    if criteria.where()[0] == "1":
        return
    for kind, index in (("headers", _index_headers), ("words", _index_words))[: 1 + criteria.needs_text]:
        [done] = database.reading().execute("SELECT seq FROM progress WHERE what = ?", (kind,)).fetchone()
        while batch := list(select("seq > ? ORDER BY seq LIMIT ?", [done, BATCH])):
            done = batch[-1].cursor
            with database.transaction():
                db = database.writing()
                for message in batch:
                    index(db, message)
                db.execute("UPDATE progress SET seq = ? WHERE what = ?", (done, kind))


def _index_headers(db: sqlite3.Connection, message: Message) -> None:
    subject = storable(message.subject.casefold())
    db.execute("UPDATE message SET subject_folded = ? WHERE seq = ?", (subject, message.cursor))
    senders = [message.envelope.sender, *mime.addresses([message.from_])]
    recipients = [*message.envelope.recipients, *message.to, *message.cc]
    for role, addresses in (("from", senders), ("to", recipients)):
        entries = [(message.cursor, role, storable(address).lower()) for address in dict.fromkeys(addresses)]
        db.executemany("INSERT INTO address VALUES (?, ?, ?)", entries)


def _index_words(db: sqlite3.Connection, message: Message) -> None:
    db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (message.cursor, _text_of(message)))


def _text_of(message: Message) -> str:
    parts = [message.subject, message.from_, *message.to, *message.cc, *message.envelope.recipients]
    return storable("\n".join([*parts, message.text[:WORDS_LIMIT]]))
