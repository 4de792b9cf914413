"""The mail store: SQLite with a full-text index. Nobody looks into a message before it is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mockmail.core.clock import Clock
from mockmail.core.errors import DataFolderError, LimitReached, StorageFull
from mockmail.core.ids import Ids
from mockmail.core.mail import mime
from mockmail.core.mail.criteria import Criteria, storable
from mockmail.core.mail.message import (
    Delivery,
    Envelope,
    Message,
    SentBy,
    envelope_from_json,
    envelope_to_json,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL,
    raw BLOB NOT NULL, envelope TEXT NOT NULL,
    client TEXT NOT NULL, vendor TEXT, operation TEXT, exchange INTEGER, relay TEXT,
    subject_folded TEXT);
CREATE TABLE IF NOT EXISTS address (seq INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS address_by_address ON address (address, role, seq);
CREATE INDEX IF NOT EXISTS address_by_message ON address (seq);
CREATE TABLE IF NOT EXISTS delivery (seq INTEGER NOT NULL, vendor TEXT, mailbox TEXT, address TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_by_message ON delivery (seq);
CREATE TABLE IF NOT EXISTS mailbox (
    vendor TEXT NOT NULL, mailbox TEXT NOT NULL, messages INTEGER NOT NULL, octets INTEGER NOT NULL,
    PRIMARY KEY (vendor, mailbox)) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, content='', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE IF NOT EXISTS progress (what TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO progress VALUES ('headers', 0), ('words', 0);
"""

WORDS_LIMIT = 1 << 20
"""How many characters of a body go into the full-text index."""

_COLUMNS = "seq, id, received_at, raw, envelope, client, vendor, operation, exchange, relay"

Observer = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a hosted mailbox holds."""

    messages: int
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """The bounds of a mail store: how many messages, how many bytes in all, how many MIME parts are looked at."""

    messages: int = 100_000
    octets: int = 2 << 30
    parts: int = 1000


class MailStore:
    """The messages of one World. It opens its database the first time it is touched."""

    def __init__(self, clock: Clock, id_seed: str, path: Path | None = None, limits: MailLimits | None = None) -> None:
        self._clock = clock
        self._id_seed = id_seed
        self._last = 0
        self._path = path
        self._limits = limits or MailLimits()
        self._connection: sqlite3.Connection | None = None
        self._count = 0
        self._octets = 0
        self._observers: list[Observer] = []

    def __repr__(self) -> str:
        return f"<MailStore: {len(self)} messages>"

    def __len__(self) -> int:
        if self._connection is None and self._path is not None:
            self._open()
        return self._count

    def add(
        self,
        raw: bytes,
        envelope: Envelope,
        sent_by: SentBy,
        deliveries: Iterable[Delivery] = (),
        *,
        message_id: str | None = None,
        received_at: str | None = None,
    ) -> Message:
        """Keep a message and tell who observes. Raises LimitReached, and keeps nothing, when the store is full.

        `message_id` and `received_at` (ISO 8601) are given for a message that comes back from a snapshot.
        """
        self._admit(len(raw))
        seq = self._last + 1
        message_id = message_id or Ids(f"{self._id_seed}/message/{seq}").token(20)
        received_at = received_at or self._clock.now().isoformat()
        with self._transaction() as db:
            db.execute(
                "INSERT INTO message (seq, id, received_at, raw, envelope, client, vendor, operation, exchange, relay)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    seq,
                    message_id,
                    received_at,
                    raw,
                    envelope_to_json(envelope),
                    sent_by.client,
                    sent_by.vendor,
                    sent_by.operation,
                    sent_by.exchange,
                    sent_by.relay,
                ),
            )
            kept = tuple(deliveries)
            self._deliver(db, seq, len(raw), kept)
        self._last = seq
        self._count += 1
        self._octets += len(raw)
        moment = datetime.fromisoformat(received_at)
        message = Message(message_id, seq, moment, raw, envelope, sent_by, kept, max_parts=self._limits.parts)
        for observer in tuple(self._observers):
            observer(message)
        return message

    def get(self, message_id: str) -> Message | None:
        """The message of this id."""
        return next(self._select("id = ?", [message_id]), None)

    def find(self, criteria: Criteria, *, limit: int = -1, newest_first: bool = False) -> list[Message]:
        """The messages that fit, in order of arrival or newest first."""
        self._index(criteria)
        condition, arguments = criteria.where()
        order = "DESC" if newest_first else "ASC"
        return list(
            self._select(f"seq > ? AND {condition} ORDER BY seq {order} LIMIT ?", [criteria.after, *arguments, limit])
        )

    def count(self, criteria: Criteria) -> int:
        """How many messages fit."""
        self._index(criteria)
        condition, arguments = criteria.where()
        sql = f"SELECT count(*) FROM message WHERE seq > ? AND {condition}"  # noqa: S608  # conditions are our own text
        return int(self._open().execute(sql, [criteria.after, *arguments]).fetchone()[0])

    def fits(self, message: Message, criteria: Criteria) -> bool:
        """Whether one message fits."""
        self._index(criteria)
        condition, arguments = criteria.where()
        sql = f"SELECT 1 FROM message WHERE seq = ? AND seq > ? AND {condition}"  # noqa: S608  # likewise
        return self._open().execute(sql, [message.cursor, criteria.after, *arguments]).fetchone() is not None

    def remove(self, message_id: str) -> bool:
        """Forget one message; its mailboxes hold one less."""
        message = self.get(message_id)
        if message is None:
            return False
        with self._transaction() as db:
            self._undeliver(db, message)
            for table in ("message", "address", "delivery"):
                db.execute(f"DELETE FROM {table} WHERE seq = ?", [message.cursor])  # noqa: S608  # our own names
        self._count -= 1
        self._octets -= message.size
        return True

    def clear(self, *, start_over: bool = False) -> int:
        """Forget all messages, and return how many they were.

        Cursors go on, so that nothing old is found after something new, unless all is to start over.
        """
        gone = len(self)
        if self._connection is not None:
            with self._transaction() as db:
                for table in ("message", "address", "delivery", "mailbox"):
                    db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
                db.execute("INSERT INTO words (words) VALUES ('delete-all')")
                if start_over:
                    db.execute("DELETE FROM sqlite_sequence")
                    db.execute("UPDATE progress SET seq = 0")
        self._last = 0 if start_over else self._last
        self._count = self._octets = 0
        return gone

    def usage(self, vendor: str, mailbox: str) -> Usage:
        """What a hosted mailbox holds."""
        if not len(self):
            return Usage(0, 0)
        sql = "SELECT messages, octets FROM mailbox WHERE vendor = ? AND mailbox = ?"
        return Usage(*(self._open().execute(sql, (vendor, mailbox)).fetchone() or (0, 0)))

    def forget_mailbox(self, vendor: str, mailbox: str) -> None:
        """A mailbox is gone with what it held; the messages stay to be looked at."""
        if len(self):
            with self._transaction() as db:
                db.execute("DELETE FROM mailbox WHERE vendor = ? AND mailbox = ?", (vendor, mailbox))
                db.execute("DELETE FROM delivery WHERE vendor = ? AND mailbox = ?", (vendor, mailbox))

    def rename_mailbox(self, vendor: str, old: str, new: str) -> None:
        """A mailbox has another name, and what it held goes with it."""
        if len(self):
            with self._transaction() as db:
                for table in ("mailbox", "delivery"):
                    sql = f"UPDATE {table} SET mailbox = ? WHERE vendor = ? AND mailbox = ?"  # noqa: S608  # our own names
                    db.execute(sql, (new, vendor, old))

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Have each message told to a function as it is kept; returns what ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
            totals = self._connection.execute("SELECT count(*), coalesce(sum(length(raw)), 0) FROM message").fetchone()
            self._count, self._octets = totals
            last = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
            self._last = last[0] if last else 0
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path or ":memory:", isolation_level=None, check_same_thread=False)
        try:
            if self._path is not None:  # what is committed survives the process; only the machine's end may cost it
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(SCHEMA)
        except sqlite3.DatabaseError as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError):
                raise StorageFull(f"{self._path}: cannot be written ({error})") from error
            raise DataFolderError(f"{self._path}: is not a mail store ({error}); move it away to start anew") from error
        return connection

    def _transaction(self) -> _Transaction:
        return _Transaction(self._open())

    def _admit(self, size: int) -> None:
        self._open()
        if self._count >= self._limits.messages:
            raise LimitReached(f"{self._count} messages are kept, the most that max_messages allows")
        if self._octets + size > self._limits.octets:
            raise LimitReached(f"{self._octets} bytes are kept, and max_mail_bytes allows {self._limits.octets}")

    def _deliver(self, db: sqlite3.Connection, seq: int, size: int, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            db.execute(
                "INSERT INTO delivery VALUES (?, ?, ?, ?)",
                (seq, delivery.vendor, delivery.mailbox, delivery.address),
            )
            if delivery.mailbox is not None:
                db.execute(
                    "INSERT INTO mailbox VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE"
                    " SET messages = messages + 1, octets = octets + excluded.octets",
                    (delivery.vendor, delivery.mailbox, size),
                )

    def _undeliver(self, db: sqlite3.Connection, message: Message) -> None:
        for delivery in message.deliveries:
            db.execute(
                "UPDATE mailbox SET messages = messages - 1, octets = octets - ? WHERE vendor = ? AND mailbox = ?",
                (message.size, delivery.vendor, delivery.mailbox),
            )

    def _select(self, condition: str, arguments: list[object]) -> Iterator[Message]:
        sql = f"SELECT {_COLUMNS} FROM message WHERE {condition}"  # noqa: S608  # conditions are our own text
        for seq, message_id, received_at, raw, envelope, client, vendor, operation, exchange, relay in (
            self._open().execute(sql, arguments).fetchall()
        ):
            yield Message(
                message_id,
                seq,
                datetime.fromisoformat(received_at),
                raw,
                envelope_from_json(envelope),
                SentBy(client=client, vendor=vendor, operation=operation, exchange=exchange, relay=relay),
                self._deliveries(seq),
                max_parts=self._limits.parts,
            )

    def _deliveries(self, seq: int) -> tuple[Delivery, ...]:
        sql = "SELECT vendor, mailbox, address FROM delivery WHERE seq = ? ORDER BY rowid"
        return tuple(Delivery(*row) for row in self._open().execute(sql, (seq,)))

    def _index(self, criteria: Criteria) -> None:
        """Look into the messages that came since the index was last asked."""
        self._advance("headers", self._index_headers)
        if criteria.needs_text:
            self._advance("words", self._index_words)

    def _advance(self, what: str, index: Callable[[sqlite3.Connection, Message], None]) -> None:
        db = self._open()
        done = db.execute("SELECT seq FROM progress WHERE what = ?", (what,)).fetchone()[0]
        last = db.execute("SELECT coalesce(max(seq), 0) FROM message").fetchone()[0]
        if last <= done:
            return
        with self._transaction():
            for message in self._select("seq > ?", [done]):
                index(db, message)
            db.execute("UPDATE progress SET seq = ? WHERE what = ?", (last, what))

    def _index_headers(self, db: sqlite3.Connection, message: Message) -> None:
        folded = storable(message.subject.casefold())
        db.execute("UPDATE message SET subject_folded = ? WHERE seq = ?", (folded, message.cursor))
        senders = [message.envelope.sender, *mime.addresses([message.from_])]
        recipients = [*message.envelope.recipients, *message.to, *message.cc]
        for role, some in (("from", senders), ("to", recipients)):
            rows = [(message.cursor, role, storable(one).lower()) for one in dict.fromkeys(some)]
            db.executemany("INSERT INTO address VALUES (?, ?, ?)", rows)

    def _index_words(self, db: sqlite3.Connection, message: Message) -> None:
        parts = [message.subject, message.from_, *message.to, *message.cc, *message.envelope.recipients]
        text = storable("\n".join([*parts, message.text[:WORDS_LIMIT]]))
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (message.cursor, text))


class _Transaction:
    """All of it or nothing, also when the process dies. Raises StorageFull where the disk takes no more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN")
        return self._connection

    def __exit__(self, kind: object, error: object, _: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        except sqlite3.OperationalError as full:
            self._take_back()
            raise StorageFull(f"the mail store cannot take more: {full}") from full
        if kind is not None:
            self._take_back()
        if isinstance(error, sqlite3.OperationalError):
            raise StorageFull(f"the mail store cannot take more: {error}") from error

    def _take_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
