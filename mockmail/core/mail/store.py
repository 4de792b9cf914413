"""The mail store: the messages of one World in its database, with a full-text index."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.errors import LimitReached, SeedError
from mockmail.core.ids import Ids
from mockmail.core.mail import rows
from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.index import Index
from mockmail.core.mail.mailboxes import Mailboxes
from mockmail.core.mail.marks import Marks
from mockmail.core.mail.message import Delivery, Envelope, Message, MessageSummary, SentBy
from mockmail.core.mail.plan import Range
from mockmail.core.mail.removals import Removals
from mockmail.core.mail.retention import PRUNED, Retention
from mockmail.core.mail.search import Search
from mockmail.core.mail.terms import SearchedTexts
from mockmail.core.state.database import Database

log = logging.getLogger("mockmail.mail")

MANY = 1000
"""The messages after which `when_many` is called; a search indexes fewer in a fraction of a second."""

ID_LENGTH = 20
"""Letters and digits of a message's id."""

P = ParamSpec("P")
T = TypeVar("T")
Observer = Callable[[Message], None]


def _nothing() -> None:
    pass


def _reads(method: Callable[Concatenate[MailStore, P], T]) -> Callable[Concatenate[MailStore, P], T]:
    """Return a method of a store that raises errors of the database as StorageFull."""

    @wraps(method)
    def read(self: MailStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except sqlite3.DatabaseError as error:
            raise self._database.failure(error) from error  # a decorator of this class

    return read


class MailStore:
    """The messages of one World. In memory, the database is opened when the first message is touched.

    database: stores the messages; its transaction includes the changes made here.
    marks: the read marks and tags of the messages. mailboxes: the hosted ones that copies were delivered to.
    removals: observed to learn which messages were removed.
    when_many: called after each `MANY` messages, so that a server can index them. It may be replaced.
    """

    def __init__(
        self, clock: Clock, id_seed: str, database: Database | None = None, limits: MailLimits | None = None
    ) -> None:
        self._clock = clock
        self._id_seed = id_seed
        self._database = database or Database()
        self._limits = limits or MailLimits()
        self._last = self._count = self._size = 0
        self._has_foreign = False
        self._retention = Retention(self._database, clock, self._limits)
        self.marks = Marks(self._database)
        self.mailboxes = Mailboxes(self._database)
        self.removals = Removals(self._database)
        self.when_many = _nothing
        self._index = Index(self._database, self._texts)
        self._newest: SearchedTexts | None = None  # read once for all observers
        self._new: list[Message] = []
        self._observers: list[tuple[Observer, Callable[[], None]]] = []
        if self._database.exists:
            self._read_totals()

    def __len__(self) -> int:
        return self._count

    @property
    def last(self) -> int:
        """Return the cursor of the newest message, even if it was removed; 0 for none."""
        return self._last

    @property
    def has_many(self) -> bool:
        """Return whether there are `MANY` messages."""
        return self._count >= MANY

    @property
    def is_awaited(self) -> bool:
        """Return whether an observer is to be told when the store is closed."""
        return any(ended is not _nothing for _, ended in self._observers)

    @property
    def size(self) -> int:
        """Return the bytes of all messages, with envelopes and transcripts."""
        return self._size

    def add(
        self,
        raw: bytes,
        envelope: Envelope,
        sent_by: SentBy,
        deliveries: Iterable[Delivery] = (),
        *,
        message_id: str | None = None,
        received_at: str | None = None,
        is_read: bool = False,
        tags: tuple[str, ...] = (),
    ) -> Message:
        """Store a message and call the observers. Raise LimitReached, and store nothing, when the store is full.

        `message_id` and `received_at` (ISO 8601) are given for a message from a snapshot.
        """
        texts = rows.envelope_texts(envelope)
        size = len(raw) + sum(map(len, texts))
        surplus = 0 if message_id else self._retention.surplus(self._count)
        self._admit(size, surplus)
        self._has_foreign = self._has_foreign or message_id is not None
        message_id = message_id or self._new_id()
        moment = datetime.fromisoformat(received_at) if received_at else self._clock.now()
        kept, parts = tuple(deliveries), self._limits.parts
        cursor = self._last + 1
        message = Message(message_id, cursor, moment, raw, envelope, sent_by, kept, is_read, tags, max_parts=parts)
        with self._database.transaction():
            if surplus:
                self._remove_each(self._retention.oldest(surplus))
            self._remove_expired()
            rows.insert(self._writing(), message, texts, size)
            self._last = message.cursor
            self._count += 1
            self._size += size
            self._new.append(message)
            self._database.on_commit(self._notify)
            if cursor % MANY == 0:
                self._database.on_commit(self.when_many)
        return message

    def append_transcript(self, message_id: str, lines: Sequence[str]) -> None:
        """Add lines to the transcript of a message; nothing happens if it is no longer there."""
        with self._database.transaction():
            self._size += rows.append_transcript(self._writing(), message_id, lines)

    def replace(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Replace all messages by these, each given as the arguments of `add`.

        Raise SeedError or LimitReached, and change nothing, if a message cannot be stored.
        """
        try:
            with self._database.transaction():
                self._clear(start_over=False)
                for message in messages:
                    self.add(**message)
        except sqlite3.IntegrityError as error:
            raise SeedError(f"snapshot: mail: two messages have the same id ({error})") from error

    @_reads
    def get(self, message_id: str) -> Message | None:
        """Return the message with this id, or None."""
        return self._read("id = ?", message_id)

    @_reads
    def at(self, cursor: int) -> Message | None:
        """Return the message with this cursor, or None."""
        return self._read("seq = ?", cursor)

    @_reads
    def has(self, cursor: int) -> bool:
        """Return whether there is a message with this cursor."""
        return self._count > 0 and rows.exists(self._database.reading(), cursor)

    @_reads
    def summary(self, cursor: int) -> MessageSummary | None:
        """Return the document of a message in a list, or None. The body is read only for parts that are not indexed."""
        found = rows.read_start(self._database.reading(), cursor, self._limits.parts) if self._count else None
        if found is None:
            return None
        message, size = found
        is_head_enough = message.size == size or not message.has_parts
        has_attachment = message.has_attachment if is_head_enough else self._index.has_attachment(cursor)
        return msgspec.structs.replace(message.summary(), size=size, has_attachment=has_attachment)

    @_reads
    def search(
        self, criteria: Criteria, *, counts: bool = False, limit: int = -1, newest_first: bool = False
    ) -> Search:
        """Return a search that is done in steps, of the messages that match, in order of arrival or newest first.

        counts: only count them.
        """
        return Search(
            self._index,
            criteria.conditions(self._clock.now()),
            self._within(criteria),
            self._database.failure,
            counts=counts,
            limit=limit,
            newest_first=newest_first,
            total=None if criteria.after or criteria.before else self._count,
        )

    @_reads
    def index_more(self) -> bool:
        """Index some of the messages for searches to come; return whether there are more. Raise StorageFull."""
        return self._count > 0 and self._index.advance()

    def _within(self, criteria: Criteria) -> Range:
        if not self._count:
            return 1, 0
        first = self._database.reading().execute("SELECT min(seq) FROM message").fetchone()[0] or 1
        last = min(self._last, criteria.before - 1) if criteria.before else self._last
        return max(criteria.after + 1, first), last

    def cursors(self, criteria: Criteria, *, limit: int = -1, newest_first: bool = False) -> list[int]:
        """Return the cursors of the messages that match, in order of arrival or newest first."""
        search = self.search(criteria, limit=limit, newest_first=newest_first)
        search.finish()
        return search.found

    def find(self, criteria: Criteria, *, limit: int = -1, newest_first: bool = False) -> list[Message]:
        """Return the messages that match, in order of arrival or newest first."""
        return self.read_all(self.cursors(criteria, limit=limit, newest_first=newest_first))

    def read_all(self, cursors: Iterable[int]) -> list[Message]:
        """Return the messages with these cursors that are there, in the order of the cursors."""
        return [message for cursor in cursors if (message := self.at(cursor)) is not None]

    def count(self, criteria: Criteria) -> int:
        """Return the number of messages that match."""
        if criteria == Criteria():
            return self._count
        search = self.search(criteria, counts=True)
        search.finish()
        return search.count

    def fits(self, message: Message, criteria: Criteria) -> bool:
        """Return whether one message matches. Only this message is read."""
        newest = self._newest
        texts = newest if newest is not None and newest.message is message else SearchedTexts(message)
        first, last = criteria.after + 1, criteria.before - 1 if criteria.before else message.cursor
        conditions = criteria.conditions(self._clock.now())
        return first <= message.cursor <= last and all(node.matches(texts) for node in conditions)

    def remove(self, message_id: str) -> bool:
        """Remove one message, from its mailboxes too; return False when there is none with this id."""
        message = self.get(message_id)
        return message is not None and self.remove_all([message.cursor]) > 0

    def remove_all(self, cursors: Iterable[int]) -> int:
        """Remove messages, from their mailboxes too, in one transaction; return the number of those that were there.

        A caller that has many gives them in slices of `PRUNED`.
        """
        return self._database.remove(lambda: self._remove_each(cursors))

    def remove_expired(self) -> int:
        """Remove the oldest messages that are older than max_age, at most `PRUNED`, and return their number."""
        return self._database.remove(self._remove_expired) if self._count and self._retention.is_expired() else 0

    def clear(self, *, start_over: bool = False) -> int:
        """Remove all messages, and return their number.

        start_over: let cursors begin at 1 again; otherwise a new message never has the cursor of a removed one.
        """
        removed = len(self)
        if self._database.exists:
            self._database.remove(lambda: self._clear(start_over=start_over))
        return removed

    @_reads
    def last_exchange(self) -> int:
        """Return the highest number of a request that sent one of the messages; 0 for none."""
        return int(self._database.reading().execute("SELECT exchange FROM total").fetchone()[0])

    def observe(self, observer: Observer, ended: Callable[[], None] = _nothing) -> Callable[[], None]:
        """Call `observer` with each stored message, and `ended` when the store is closed.

        Return a function that ends the observation.
        """
        entry = (observer, ended)
        self._observers.append(entry)
        return lambda: self._observers.remove(entry)

    def close(self) -> None:
        """Call the `ended` function of each observer, and close the database."""
        for _, ended in tuple(self._observers):
            ended()
        self._database.close()

    def _read(self, condition: str, argument: object) -> Message | None:
        # An empty store may have no database, and a read makes none.
        if not self._count:
            return None
        return rows.read(self._database.reading(), condition, argument, self._limits.parts)

    def _writing(self) -> sqlite3.Connection:
        before = (self._last, self._count, self._size, self._has_foreign)

        def undo() -> None:
            self._last, self._count, self._size, self._has_foreign = before
            self._retention.forget()
            self._new.clear()

        db = self._database.writing()
        self._database.on_rollback(undo)
        return db

    def _notify(self) -> None:
        new, self._new = self._new, []
        for message in new:
            self._newest = SearchedTexts(message)
            for observer, _ in tuple(self._observers):
                try:
                    observer(message)
                except Exception:
                    log.exception("an observer failed at message %s", message.id)
        self._newest = None

    def _remove_each(self, cursors: Iterable[int]) -> int:
        before = self._count
        for cursor in cursors:
            removed = rows.remove(self._writing(), cursor)
            if removed is not None:
                self._count -= 1
                self._size -= removed.size
                self.removals.note(removed.message_id)
        self._retention.forget()
        return before - self._count

    def _remove_expired(self) -> int:
        removed = 0
        while self._count and removed < PRUNED and self._retention.is_expired():
            removed += self._remove_each(self._retention.oldest(1))
        return removed

    def _clear(self, *, start_over: bool) -> None:
        self._retention.forget()
        rows.clear(self._writing(), start_over=start_over)
        if self._count:
            self.removals.note_all()
        self._count = self._size = 0
        if start_over:
            self._last = 0

    def _new_id(self) -> str:
        seed = f"{self._id_seed}/message/{self._last + 1}"
        if not self._has_foreign:
            return Ids.derived(seed, ID_LENGTH)
        # A snapshot may have brought a message that has the id of this number.
        ids = Ids(seed)
        chosen = ids.token(ID_LENGTH)
        while self.get(chosen) is not None:
            chosen = ids.token(ID_LENGTH)
        return chosen

    def _admit(self, size: int, surplus: int) -> None:
        if self._count >= self._limits.messages and not surplus:
            raise LimitReached(f"{self._count} messages are kept, the most that max_messages allows")
        if self._size + size > self._limits.size:
            raise LimitReached(
                f"{self._size} bytes are kept, the message takes {size}, and max_mail_bytes allows {self._limits.size}"
            )

    def _read_totals(self) -> None:
        self._count, self._size, self._last = rows.totals(self._database.reading())
        self._has_foreign = self._count > 0

    def _texts(self, cursor: int, with_body: bool) -> SearchedTexts | None:
        length = TEXT_LIMIT if with_body else None
        found = rows.read_start(self._database.reading(), cursor, self._limits.parts, length)
        return None if found is None else SearchedTexts(*found)
