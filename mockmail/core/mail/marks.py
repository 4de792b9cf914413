"""Read marks and tags of messages. A message without a row in these tables is unread and has no tags."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mockmail.core.errors import InvalidValue
from mockmail.core.mail import mime
from mockmail.core.state.database import Database

MOST_TAGS = 20
"""The most tags of a message."""

LONGEST_TAG = 100
"""The longest tag, in characters."""

TABLES = ("opened", "tag")
"""The tables of marks: a row for each message that was read, and one for each tag of a message."""

TAG = r"[A-Za-z0-9._-]([A-Za-z0-9._ -]*[A-Za-z0-9._-])?"
"""A regular expression for a tag."""

_TAG = re.compile(TAG)
_X_TAGS = b"\nx-tags:"
_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9._ -]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the marks of messages. None leaves a mark as it is.

    is_read: whether the messages are read. tags: replace all tags. add_tags, remove_tags: change single tags.
    Raise InvalidValue for an invalid tag, and for too many tags.
    """

    is_read: bool | None = None
    tags: Sequence[str] | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the tags."""
        for tags in (self.tags or (), self.add_tags, self.remove_tags):
            check_tags(tags)

    def tags_after(self, tags: Iterable[str]) -> tuple[str, ...]:
        """Return the tags of a message after the change. Raise InvalidValue if they are too many."""
        removed = {tag.lower() for tag in self.remove_tags}
        kept = [tag for tag in (tags if self.tags is None else self.tags) if tag.lower() not in removed]
        return check_tags([*kept, *self.add_tags])


class Marks:
    """The read marks and tags of a mail store's messages.

    database: stores them, in the transaction of the messages.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._observers: list[Callable[[Sequence[str], Change], None]] = []

    def observe(self, observer: Callable[[Sequence[str], Change], None]) -> Callable[[], None]:
        """Call a function with the ids of changed messages, and the change. Return a function that ends this."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def change(self, cursors: Iterable[int], change: Change) -> list[str]:
        """Change the marks of messages; return the ids of the messages that were changed.

        Raise InvalidValue, and change nothing, if a message would have too many tags.
        """
        with self._database.transaction():
            db = self._database.writing()
            changed = [message_id for seq in cursors if (message_id := _change(db, seq, change)) is not None]
            if changed:
                self._database.on_commit(lambda: self._notify(changed, change))
        return changed

    def tagged(self, tag: str) -> list[int]:
        """Return the cursors of the messages with a tag, case-insensitive."""
        found = self._read("SELECT seq FROM tag WHERE folded = ? ORDER BY seq", tag.lower())
        return [seq for (seq,) in found]

    def opened(self) -> list[int]:
        """Return the cursors of the messages that were read."""
        return [seq for (seq,) in self._read("SELECT seq FROM opened")]

    def count_read(self) -> int:
        """Return the number of messages that were read."""
        [(count,)] = self._read("SELECT count(*) FROM opened") or [(0,)]
        return int(count)

    def counts(self) -> dict[str, int]:
        """Return each tag, in order, with the number of its messages."""
        return dict(self._read("SELECT min(name), count(*) FROM tag GROUP BY folded ORDER BY folded"))

    def _read(self, sql: str, *arguments: str) -> list[Any]:
        if not self._database.exists:  # a read makes no database
            return []
        try:
            return self._database.reading().execute(sql, arguments).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._database.failure(error) from error

    def _notify(self, changed: Sequence[str], change: Change) -> None:
        for observer in tuple(self._observers):
            observer(changed, change)


def check_tags(tags: Collection[str]) -> tuple[str, ...]:
    """Return tags in order, without duplicates. Raise InvalidValue for an invalid tag, and for too many tags."""
    for tag in tags:
        if len(tag) > LONGEST_TAG or not _TAG.fullmatch(tag):
            raise InvalidValue(
                f"a tag must have 1 to {LONGEST_TAG} letters, digits, '-', '.', '_' and spaces between them,"
                f" not {tag[:80]!r}"
            )
    unique: dict[str, str] = {}
    for tag in tags:
        unique.setdefault(tag.lower(), tag)
    if len(unique) > MOST_TAGS:
        raise InvalidValue(f"a message has at most {MOST_TAGS} tags, not {len(unique)}")
    return tuple(unique[folded] for folded in sorted(unique))


def header_tags(raw: bytes) -> tuple[str, ...]:
    """Return the tags that the X-Tags headers of a message list, separated by commas.

    Characters that tags cannot have become a space, and tags beyond the bounds are left out.
    """
    end = raw.find(b"\n\r\n", 0, mime.HEAD_LIMIT)
    if end < 0:
        end = raw.find(b"\n\n", 0, mime.HEAD_LIMIT)
    head = raw[: end if end >= 0 else mime.HEAD_LIMIT]
    if _X_TAGS not in b"\n" + head.lower():  # a cheap test first, because every message comes here
        return ()
    unique: dict[str, str] = {}
    for text in ",".join(mime.headers(raw).get_all("X-Tags")).split(","):
        tag = " ".join(_NOT_IN_TAGS.sub(" ", text).split())[:LONGEST_TAG].strip()
        if tag and len(unique) < MOST_TAGS:
            unique.setdefault(tag.lower(), tag)
    return tuple(unique[folded] for folded in sorted(unique))


def insert(db: sqlite3.Connection, seq: int, *, is_read: bool, tags: Iterable[str]) -> None:
    """Write the marks of a new message."""
    if is_read:
        db.execute("INSERT OR IGNORE INTO opened VALUES (?)", (seq,))
    db.executemany("INSERT INTO tag VALUES (?, ?, ?)", [(tag.lower(), seq, tag) for tag in tags])


def _change(db: sqlite3.Connection, seq: int, change: Change) -> str | None:
    """Change the marks of a message, and return its id; None if nothing changed or there is no such message."""
    row = db.execute("SELECT id FROM message WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        return None
    before = db.total_changes
    if change.is_read is not None:
        sql = "INSERT OR IGNORE INTO opened VALUES (?)" if change.is_read else "DELETE FROM opened WHERE seq = ?"
        db.execute(sql, (seq,))
    tags = tuple(tag for (tag,) in db.execute("SELECT name FROM tag WHERE seq = ? ORDER BY folded", (seq,)))
    if (wanted := change.tags_after(tags)) != tags:
        db.execute("DELETE FROM tag WHERE seq = ?", (seq,))
        insert(db, seq, is_read=False, tags=wanted)
    return str(row[0]) if db.total_changes > before else None
