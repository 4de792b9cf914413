"""What searches look things up in: addresses, subjects and words, read when they are first asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from mockmail.core.mail import mime
from mockmail.core.mail.criteria import Criteria, contains_phrase, storable
from mockmail.core.mail.database import Writing
from mockmail.core.mail.message import Message

WORDS_LIMIT = 1 << 20
"""How many characters of a body go into the full-text index."""

BATCH = 500
"""How many messages are looked into at a time."""

Select = Callable[[str, list[object]], Iterator[Message]]


def prepare(db: sqlite3.Connection, select: Select) -> None:
    """Let a database's conditions ask whether a phrase that is too long for the index stands in a message.

    select: gives the messages that a condition of SQL fits.
    """

    def has_phrase(seq: int, phrase: str) -> bool:
        return any(contains_phrase(_text_of(message), phrase) for message in select("seq = ?", [seq]))

    db.create_function("has_phrase", 2, has_phrase)


def advance(criteria: Criteria, db: sqlite3.Connection, select: Select, writing: Callable[[], Writing]) -> None:
    """Look into the messages that came since somebody asked for this; to see all, nobody needs to.

    writing: begins a transaction.
    """
    if criteria.where()[0] == "1":
        return
    for what, index in (("headers", _index_headers), ("words", _index_words))[: 1 + criteria.needs_text]:
        done = db.execute("SELECT seq FROM progress WHERE what = ?", (what,)).fetchone()[0]
        while some := list(select("seq > ? ORDER BY seq LIMIT ?", [done, BATCH])):
            done = some[-1].cursor
            with writing():
                for message in some:
                    index(db, message)
                db.execute("UPDATE progress SET seq = ? WHERE what = ?", (done, what))


def _index_headers(db: sqlite3.Connection, message: Message) -> None:
    folded = storable(message.subject.casefold())
    db.execute("UPDATE message SET subject_folded = ? WHERE seq = ?", (folded, message.cursor))
    senders = [message.envelope.sender, *mime.addresses([message.from_])]
    recipients = [*message.envelope.recipients, *message.to, *message.cc]
    for role, some in (("from", senders), ("to", recipients)):
        entries = [(message.cursor, role, storable(one).lower()) for one in dict.fromkeys(some)]
        db.executemany("INSERT INTO address VALUES (?, ?, ?)", entries)


def _index_words(db: sqlite3.Connection, message: Message) -> None:
    db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (message.cursor, _text_of(message)))


def _text_of(message: Message) -> str:
    """Where words are looked for."""
    parts = [message.subject, message.from_, *message.to, *message.cc, *message.envelope.recipients]
    return storable("\n".join([*parts, message.text[:WORDS_LIMIT]]))
