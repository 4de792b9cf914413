"""The mail store's database: its tables, its file, and its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mockmail.core.errors import DataFolderError, StorageFull

VERSION = 1
TABLES = """
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL,
    raw BLOB NOT NULL, envelope TEXT NOT NULL,
    client TEXT NOT NULL, vendor TEXT, operation TEXT, exchange INTEGER, relay TEXT,
    subject_folded TEXT);
CREATE TABLE address (seq INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX address_by_address ON address (address, role, seq);
CREATE INDEX address_by_message ON address (seq);
CREATE TABLE delivery (seq INTEGER NOT NULL, vendor TEXT, mailbox TEXT, address TEXT NOT NULL);
CREATE INDEX delivery_by_message ON delivery (seq);
CREATE TABLE mailbox (
    vendor TEXT NOT NULL, mailbox TEXT NOT NULL, messages INTEGER NOT NULL, octets INTEGER NOT NULL,
    PRIMARY KEY (vendor, mailbox)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE progress (what TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE total (messages INTEGER NOT NULL, octets INTEGER NOT NULL, exchange INTEGER NOT NULL);
INSERT INTO progress VALUES ('headers', 0), ('words', 0), ('notes', 0);
INSERT INTO total VALUES (0, 0, 0);
"""
# `total` spares the start a look at every message; `notes` is the number of the last transaction of the vendors' state
# whose part in here is done.

LONGEST_LOG = 8 << 20
"""How many bytes SQLite's log keeps of the disk once it is written back."""


def connect(path: Path | None) -> tuple[sqlite3.Connection, tuple[int, int, int]]:
    """A mail store's database, made if it is the first time (None: in memory), and its figures.

    The figures are how many messages there are, how many bytes they have, and the number of the last one ever.

    Raises StorageFull where it cannot be written, DataFolderError for a file of another kind or version.
    """
    if path is not None and path.exists() and not path.is_file():
        raise DataFolderError(f"{path}: is not a file; move it away to start without messages")
    try:
        connection = sqlite3.connect(path or ":memory:", timeout=1.0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise StorageFull(f"{path}: cannot be opened ({error})") from error
    try:
        if path is not None:  # what is committed survives the process; only the machine's end may cost it
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
        _make_tables(connection, path)
        return connection, _figures(connection)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise StorageFull(f"{path}: cannot be written ({error})") from error
        raise DataFolderError(
            f"{path}: is not a mail store, or damaged ({error}); bring back a copy of it, or move it away to start"
            " without its messages"
        ) from error
    except DataFolderError:
        connection.close()
        raise


def _make_tables(connection: sqlite3.Connection, path: Path | None) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    is_new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if is_new:
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
    elif found != VERSION:
        raise DataFolderError(
            f"{path}: is a mail store of version {found}, and this mockmail reads {VERSION}: use the mockmail that"
            " wrote it, or move the file away to start without its messages"
        )


def _figures(connection: sqlite3.Connection) -> tuple[int, int, int]:
    messages, octets, exchange = connection.execute("SELECT messages, octets, exchange FROM total").fetchone()
    notes = connection.execute("SELECT seq FROM progress WHERE what = 'notes'").fetchone()[0]
    [last] = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone() or [0]
    if not all(isinstance(one, int) for one in (messages, octets, exchange, notes, last)):
        raise ValueError("its figures are no numbers")
    return messages, octets, last


class Place:
    """Where a mail store's file is, to know it from whatever may come to stand there. None: in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._found = self._look()

    def check(self) -> None:
        """Raise StorageFull where the file is there no more: SQLite would write on, into what nobody can open again."""
        if self._path is not None and self._look() != self._found:
            raise StorageFull(f"{self._path}: cannot take more (somebody took it away: restart mockmail)")

    def _look(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


class Around(Protocol):
    """A transaction of the vendors' state that one of the mail store's may be part of."""

    @property
    def in_transaction(self) -> bool:
        """Whether there is one now."""

    def join(self, party: Writing) -> None:
        """Have a party end as the transaction does."""

    def note(self, note: list[object]) -> None:
        """Write beside the transaction what the party is to do."""


class Writing:
    """All of some writes or nothing, also when the process dies. Raises StorageFull where the disk takes no more.

    Inside a transaction of the vendors' state it ends as that does, inside another of its kind as that one.
    kept: called when it is. undone: brings back what is kept in memory.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        around: Around | None,
        kept: Callable[[], None],
        undone: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._around = around if around is not None and around.in_transaction else None
        self._kept = kept
        self._undone = undone
        self._outermost = False

    def __enter__(self) -> sqlite3.Connection:
        self._outermost = not self._connection.in_transaction
        if self._outermost:
            self._connection.execute("BEGIN")
            if self._around is not None:
                self._around.join(self)
        return self._connection

    def __exit__(self, kind: object, error: object, _: object) -> None:
        if kind is not None:
            self.take_back()
            if isinstance(error, sqlite3.OperationalError):
                raise StorageFull(f"the mail store cannot take more: {error}") from error
        elif self._outermost and self._around is None:
            self.settle()

    def settle(self, number: int = 0) -> None:
        """Keep the writes, and the number of the notes that asked for them."""
        try:
            if number:
                self._connection.execute("UPDATE progress SET seq = ? WHERE what = 'notes'", (number,))
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as full:
            self.take_back()
            raise StorageFull(f"the mail store cannot take more: {full}") from full
        self._kept()

    def take_back(self) -> None:
        """Undo the writes, and all others of the transaction."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._undone()
