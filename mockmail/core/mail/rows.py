"""Write messages to the tables of the database, and read them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mockmail.core.mail import index, mailboxes, marks, mime
from mockmail.core.mail.message import Delivery, Envelope, Message, SentBy
from mockmail.core.mail.terms import storable

_LISTED = "seq, id, received_at, client, vendor, operation, exchange, relay, envelope"

COLUMNS = f"{_LISTED}, transcript, raw"
"""In the order of the table, whose last column is `raw` so that SQLite can read the others without it."""

_MARKS = (
    "EXISTS (SELECT 1 FROM opened WHERE opened.seq = message.seq),"
    " (SELECT json_group_array(name) FROM (SELECT name FROM tag WHERE tag.seq = message.seq ORDER BY folded))"
)

HEAD_GUESS = 8 << 10
"""The first bytes of a message that are searched for its headers. Headers are rarely longer."""

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_ENVELOPE = tuple(field.name for field in fields(Envelope) if field.name != "transcript")


@dataclass(frozen=True, slots=True)
class Removed:
    """A message that was removed, and the bytes that it took."""

    message_id: str
    size: int


def envelope_texts(envelope: Envelope) -> tuple[str, str]:
    """Return the columns `envelope` and `transcript` of a message; they are ASCII, so a character is a byte.

    Optional fields of the envelope that are empty are left out.
    """
    named = {name: getattr(envelope, name) for name in _ENVELOPE}
    named = {name: value for name, value in named.items() if value or name in ("sender", "recipients")}
    return json.dumps(named), json.dumps(envelope.transcript)


def insert(db: sqlite3.Connection, message: Message, texts: tuple[str, str], size: int) -> None:
    """Write a message and its deliveries, and add it to the totals.

    texts: as `envelope_texts` returns them. size: the bytes that it takes of the store.
    """
    sent_by = message.sent_by
    db.execute(
        f"INSERT INTO message ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # our own names
        (
            message.cursor,
            message.id,
            message.received_at.isoformat(),
            sent_by.client,
            sent_by.vendor,
            sent_by.operation,
            sent_by.exchange,
            sent_by.relay and storable(sent_by.relay),
            *texts,
            message.raw,
        ),
    )
    for delivery in message.deliveries:
        mailboxes.insert(db, message.cursor, message.size, delivery)
    if message.is_read or message.tags:
        marks.insert(db, message.cursor, is_read=message.is_read, tags=message.tags)
    db.execute(
        "UPDATE total SET messages = messages + 1, size = size + ?, exchange = max(exchange, ?)",
        (size, sent_by.exchange or 0),
    )


def append_transcript(db: sqlite3.Connection, message_id: str, lines: Sequence[str]) -> int:
    """Add lines to the transcript of a message, if it still exists, and return by how many bytes it grew."""
    row = db.execute("SELECT transcript FROM message WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        return 0
    written = json.dumps([*json.loads(row[0]), *lines])
    grown = len(written) - len(row[0])
    db.execute("UPDATE message SET transcript = ? WHERE id = ?", (written, message_id))
    db.execute("UPDATE total SET size = size + ?", (grown,))
    return grown


def remove(db: sqlite3.Connection, seq: int) -> Removed | None:
    """Remove a message and its deliveries, and subtract it from the totals. Return None if it does not exist."""
    sql = "SELECT id, length(raw), length(envelope) + length(transcript) FROM message WHERE seq = ?"
    row = db.execute(sql, (seq,)).fetchone()
    if row is None:
        return None
    message_id, raw, texts = row
    mailboxes.remove(db, seq, raw)
    for table in ("message", *marks.TABLES):
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608  # our own names
    index.remove(db, seq)
    db.execute("UPDATE total SET messages = messages - 1, size = size - ?", (raw + texts,))
    return Removed(message_id, raw + texts)


def clear(db: sqlite3.Connection, *, start_over: bool) -> None:
    """Remove all messages; with start_over, cursors begin at 1 again."""
    for table in ("message", *mailboxes.TABLES, *marks.TABLES):
        db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    index.clear(db, start_over=start_over)
    db.execute("UPDATE total SET messages = 0, size = 0")
    if start_over:
        db.execute("DELETE FROM sqlite_sequence")


def totals(db: sqlite3.Connection) -> tuple[int, int, int]:
    """Return the number and the bytes of all messages, and the last cursor."""
    messages, size = db.execute("SELECT messages, size FROM total").fetchone()
    [last] = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone() or [0]
    return messages, size, last


def exists(db: sqlite3.Connection, seq: int) -> bool:
    """Return whether there is a message with this cursor."""
    return db.execute("SELECT 1 FROM message WHERE seq = ?", (seq,)).fetchone() is not None


def read(db: sqlite3.Connection, condition: str, argument: object, max_parts: int) -> Message | None:
    """Return the message that meets a condition, or None."""
    sql = f"SELECT {_LISTED}, {_MARKS}, transcript, raw FROM message WHERE {condition}"  # noqa: S608  # our own names
    row = db.execute(sql, (argument,)).fetchone()
    if row is None:
        return None
    deliveries = db.execute("SELECT vendor, mailbox, address FROM delivery WHERE seq = ? ORDER BY rowid", (row[0],))
    return _message(row, [Delivery(*delivery) for delivery in deliveries], max_parts)


def read_start(
    db: sqlite3.Connection, seq: int, max_parts: int, length: int | None = None
) -> tuple[Message, int] | None:
    """Return a message with only the first of its bytes, without transcript and deliveries, and its size.

    length: the number of bytes; without it, those of the headers. Return None if there is no such message.
    """
    sql = f"SELECT {_LISTED}, {_MARKS}, '[]', length(raw) FROM message WHERE seq = ?"  # noqa: S608  # our own names
    row = db.execute(sql, (seq,)).fetchone()
    if row is None:
        return None
    *listed, size = row
    with db.blobopen("message", "raw", seq, readonly=True) as blob:
        raw = blob.read(HEAD_GUESS if length is None else length)
        if length is None and not _END_OF_HEAD.search(raw):
            raw += blob.read(mime.HEAD_LIMIT - len(raw))
    return _message([*listed, raw], (), max_parts), size


def _message(row: Sequence[Any], deliveries: Iterable[Delivery], max_parts: int) -> Message:
    seq, message_id, received_at, client, vendor, operation, exchange, relay, envelope, *marked, transcript, raw = row
    try:
        moment = datetime.fromisoformat(received_at)
        tags = tuple(json.loads(marked[1]))
        dialogue = Envelope.from_document({**json.loads(envelope), "transcript": json.loads(transcript)})
    except (TypeError, ValueError) as error:
        raise sqlite3.DatabaseError(f"message {seq} has a value that mockmail did not write") from error
    return Message(
        message_id,
        seq,
        moment,
        raw,
        dialogue,
        SentBy(client=client, vendor=vendor, operation=operation, exchange=exchange, relay=relay),
        tuple(deliveries),
        is_read=bool(marked[0]),
        tags=tags,
        max_parts=max_parts,
    )
