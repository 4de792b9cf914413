"""The mail store: SQLite with a full-text index. Nobody looks into a message before it is asked for."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mockmail.core.clock import Clock
from mockmail.core.errors import LimitReached, SeedError
from mockmail.core.ids import Ids
from mockmail.core.mail import index, rows
from mockmail.core.mail.contents import Contents
from mockmail.core.mail.criteria import Criteria, storable
from mockmail.core.mail.database import Around, Place, Writing, connect
from mockmail.core.mail.documents import arguments_of
from mockmail.core.mail.message import Delivery, Envelope, Message, SentBy, envelope_to_json

log = logging.getLogger("mockmail.mail")

ID_LENGTH = 20
"""Letters and digits of a message's id."""

MOST_WAITING = 500
"""How many messages in memory wait to be written into the database at a time."""

Observer = Callable[[Message], None]


def _nothing() -> None:
    """Nothing in this process's memory depends on it."""


def _note_done(db: sqlite3.Connection, number: int) -> None:
    db.execute("UPDATE progress SET seq = ? WHERE what = 'notes'", (number,))


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
    """The messages of one World. It opens its database the first time it is touched.

    path: the database's file; None for memory only. around: the transactions of the vendors' state, which what happens
    to mailboxes is part of.
    """

    def __init__(
        self,
        clock: Clock,
        id_seed: str,
        path: Path | None = None,
        limits: MailLimits | None = None,
        around: Around | None = None,
    ) -> None:
        self._clock = clock
        self._id_seed = id_seed
        self._last = 0
        self._path = path
        self._limits = limits or MailLimits()
        self._around = around
        self._connection: sqlite3.Connection | None = None
        self._place = Place(None)
        self._count = 0
        self._octets = 0
        self._has_foreign = False
        self._apart = Contents() if path is None else None
        self._waiting: list[Message] = []
        self._untold: list[Message] = []
        self._observers: list[tuple[Observer, Callable[[], None]]] = []

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
        self._has_foreign = self._has_foreign or message_id is not None
        message_id = message_id or self._new_id()
        moment = datetime.fromisoformat(received_at) if received_at else self._clock.now()
        kept, parts = tuple(deliveries), self._limits.parts
        message = Message(message_id, self._last + 1, moment, raw, envelope, sent_by, kept, max_parts=parts)
        if self._apart is not None:
            self._apart.keep(message)
        if self._may_wait():
            self._count_in(message)
            self._waiting.append(message)
            self._tell()
            return message
        with self._writing() as db:
            rows.insert(db, [message], self._apart)
            self._count_in(message)
        return message

    def append_transcript(self, message_id: str, lines: Sequence[str]) -> None:
        """Add lines to the transcript of a message; do nothing if there is no such message."""
        message = self.get(message_id)
        if message is None:
            return
        envelope = replace(message.envelope, transcript=(*message.envelope.transcript, *lines))
        if self._apart is not None:
            self._apart.keep(replace(message, envelope=envelope))
            return
        with self._writing() as db:
            db.execute("UPDATE message SET envelope = ? WHERE seq = ?", [envelope_to_json(envelope), message.cursor])

    def replace(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Keep the messages of these documents in place of all others.

        Raises SeedError or LimitReached, and changes nothing.
        """
        try:
            self._act("replace", documents)
        except sqlite3.IntegrityError as error:
            raise SeedError(f"snapshot: mail: two messages have the same id ({error})") from error

    def get(self, message_id: str) -> Message | None:
        """The message of this id."""
        return next(self._select("id = ?", [message_id]), None)

    def find(self, criteria: Criteria, *, limit: int = -1, newest_first: bool = False) -> list[Message]:
        """The messages that fit, in order of arrival or newest first."""
        self._look_into(criteria)
        condition, arguments = criteria.where()
        order = "DESC" if newest_first else "ASC"
        return list(
            self._select(f"seq > ? AND {condition} ORDER BY seq {order} LIMIT ?", [criteria.after, *arguments, limit])
        )

    def count(self, criteria: Criteria) -> int:
        """How many messages fit."""
        self._look_into(criteria)
        condition, arguments = criteria.where()
        sql = f"SELECT count(*) FROM message WHERE seq > ? AND {condition}"  # noqa: S608  # conditions are our own text
        return int(self._open().execute(sql, [criteria.after, *arguments]).fetchone()[0])

    def fits(self, message: Message, criteria: Criteria) -> bool:
        """Whether one message fits."""
        self._look_into(criteria)
        condition, arguments = criteria.where()
        sql = f"SELECT 1 FROM message WHERE seq = ? AND seq > ? AND {condition}"  # noqa: S608  # likewise
        return self._open().execute(sql, [message.cursor, criteria.after, *arguments]).fetchone() is not None

    def remove(self, message_id: str) -> bool:
        """Forget one message; its mailboxes hold one less."""
        message = self.get(message_id)
        if message is None:
            return False
        with self._writing() as db:
            rows.undeliver(db, message)
            for table in ("message", "address", "delivery"):
                db.execute(f"DELETE FROM {table} WHERE seq = ?", [message.cursor])  # noqa: S608  # our own names
            db.execute("UPDATE total SET messages = messages - 1, octets = octets - ?", [message.size])
            self._count -= 1
            self._octets -= message.size
        return True

    def clear(self, *, start_over: bool = False) -> int:
        """Forget all messages, and return how many they were.

        Cursors go on, so that nothing old is found after something new, unless all is to start over.
        """
        gone = len(self)
        if self._connection is not None:
            self._act("clear", start_over)
        return gone

    def usage(self, vendor: str, mailbox: str) -> Usage:
        """What a hosted mailbox holds."""
        if not len(self):
            return Usage(0, 0)
        sql = "SELECT messages, octets FROM mailbox WHERE vendor = ? AND mailbox = ?"
        return Usage(*(self._open().execute(sql, (vendor, storable(mailbox))).fetchone() or (0, 0)))

    def forget_mailbox(self, vendor: str, mailbox: str) -> None:
        """A mailbox is gone with what it held; the messages stay to be looked at."""
        if len(self):
            self._act("forget", vendor, storable(mailbox))

    def forget_mailboxes(self, vendor: str) -> None:
        """All of a vendor's mailboxes are gone, likewise."""
        if len(self):
            self._act("forget_all", vendor)

    def rename_mailbox(self, vendor: str, old: str, new: str) -> None:
        """A mailbox has another name, and what it held goes with it."""
        if len(self):
            self._act("rename", vendor, storable(old), storable(new))

    def redo(self, notes: Iterable[tuple[int, Iterable[Sequence[Any]]]], last: int) -> None:
        """Do what a process that was killed wrote down, and did not come to do. last: the number of the last notes.

        Where more was done than was ever written down, somebody put messages beside another state: that counts anew.
        """
        done = self._open().execute("SELECT seq FROM progress WHERE what = 'notes'").fetchone()[0]
        for number, acts in notes:
            if number > done:
                with self._writing() as db:
                    for what, *arguments in acts:
                        self._perform(db, what, arguments)
                    _note_done(db, number)
        if done > last:
            with self._writing() as db:
                _note_done(db, last)

    def last_exchange(self) -> int:
        """The highest number that an exchange had which caused one of the messages; 0 for none."""
        return int(self._open().execute("SELECT exchange FROM total").fetchone()[0])

    def observe(self, observer: Observer, ended: Callable[[], None] = _nothing) -> Callable[[], None]:
        """Have each message told to a function as it is kept, and another that no more will come.

        Returns what ends that.
        """
        entry = (observer, ended)
        self._observers.append(entry)
        return lambda: self._observers.remove(entry)

    def close(self) -> None:
        """Close the database, and tell who observes."""
        for _, ended in tuple(self._observers):
            ended()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        """The database, with all messages in it."""
        db = self._database()
        if self._waiting:
            with Writing(db, None, _nothing, _nothing):
                rows.insert(db, self._waiting, self._apart)
            self._waiting = []
        return db

    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection, (self._count, self._octets, self._last) = connect(self._path)
            self._place = Place(self._path)
            self._has_foreign = self._count > 0
            index.prepare(self._connection, self._select)
        return self._connection

    def _writing(self) -> Writing:
        before = (self._last, self._count, self._octets)

        def undo() -> None:
            self._last, self._count, self._octets = before
            self._untold.clear()

        db = self._open()
        self._place.check()
        return Writing(db, self._around, self._tell, undo)

    def _tell(self) -> None:
        """Tell who observes; what is kept is kept, whatever becomes of that."""
        if self._apart is not None:
            self._apart.tidy(self._count, self._octets, self._cursors)
        untold, self._untold = self._untold, []
        for message in untold:
            for observer, _ in tuple(self._observers):
                try:
                    observer(message)
                except Exception:
                    log.exception("an observer failed at message %s", message.id)

    def _act(self, what: str, *arguments: Any) -> None:
        """Do something that a transaction of the vendors' state may be around, and note it there."""
        if self._around is not None and self._around.in_transaction:
            self._around.note([what, *arguments])
        with self._writing() as db:
            self._perform(db, what, arguments)

    def _perform(self, db: sqlite3.Connection, what: str, arguments: Sequence[Any]) -> None:
        if what == "clear":
            self._clear(db, start_over=arguments[0])
        elif what == "forget":
            for table in ("mailbox", "delivery"):
                db.execute(f"DELETE FROM {table} WHERE vendor = ? AND mailbox = ?", arguments)  # noqa: S608  # our own
        elif what == "forget_all":
            for table in ("mailbox", "delivery"):
                db.execute(f"DELETE FROM {table} WHERE vendor = ?", arguments)  # noqa: S608  # our own names
        elif what == "rename":
            rows.rename(db, *arguments)
        elif what == "replace":
            self._clear(db, start_over=False)
            for document in arguments[0]:
                self.add(**arguments_of(document))

    def _clear(self, db: sqlite3.Connection, *, start_over: bool) -> None:
        for table in ("message", "address", "delivery", "mailbox"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
        db.execute("INSERT INTO words (words) VALUES ('delete-all')")
        db.execute("UPDATE total SET messages = 0, octets = 0")
        if start_over:
            db.execute("DELETE FROM sqlite_sequence")
            db.execute("UPDATE progress SET seq = 0 WHERE what IN ('headers', 'words')")
            self._last = 0
        self._count = self._octets = 0

    def _new_id(self) -> str:
        """An id of the message that comes next; a snapshot from elsewhere may have brought the one it would have."""
        seed = f"{self._id_seed}/message/{self._last + 1}"
        if not self._has_foreign:
            return Ids.derived(seed, ID_LENGTH)
        ids = Ids(seed)
        chosen = ids.token(ID_LENGTH)
        while self.get(chosen) is not None:
            chosen = ids.token(ID_LENGTH)
        return chosen

    def _may_wait(self) -> bool:
        """Whether a message may stay in this process's memory alone: it would be nowhere else anyway."""
        if self._path is not None or self._database().in_transaction or len(self._waiting) >= MOST_WAITING:
            return False
        return self._around is None or not self._around.in_transaction

    def _count_in(self, message: Message) -> None:
        self._last = message.cursor
        self._count += 1
        self._octets += message.size
        self._untold.append(message)

    def _admit(self, size: int) -> None:
        self._database()
        if self._count >= self._limits.messages:
            raise LimitReached(f"{self._count} messages are kept, the most that max_messages allows")
        if self._octets + size > self._limits.octets:
            raise LimitReached(f"{self._octets} bytes are kept, and max_mail_bytes allows {self._limits.octets}")

    def _select(self, condition: str, arguments: list[object]) -> Iterator[Message]:
        sql = f"SELECT {rows.COLUMNS} FROM message WHERE {condition}"  # noqa: S608  # conditions are our own text
        for row in self._open().execute(sql, arguments).fetchall():
            yield rows.message_of(row, self._deliveries(row[0]), self._limits.parts, self._apart)

    def _cursors(self) -> list[int]:
        return [seq for (seq,) in self._open().execute("SELECT seq FROM message")]

    def _deliveries(self, seq: int) -> tuple[Delivery, ...]:
        sql = "SELECT vendor, mailbox, address FROM delivery WHERE seq = ? ORDER BY rowid"
        return tuple(Delivery(*row) for row in self._open().execute(sql, (seq,)))

    def _look_into(self, criteria: Criteria) -> None:
        """Have the index hold what somebody asks for."""
        index.advance(criteria, self._open(), self._select, self._writing)
