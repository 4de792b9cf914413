"""The SQLite database of a sandbox: schema, file, and the one transaction of records and mail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.documents import json_text

VERSION = 3
"""The `user_version` of the file. Version 1 was the mail store of the folder format 1; 2 had another search index."""

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    position INTEGER PRIMARY KEY, vendor_table TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (vendor_table, key));
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL,
    client TEXT NOT NULL, vendor TEXT, operation TEXT, exchange INTEGER, relay TEXT,
    envelope TEXT NOT NULL, transcript TEXT NOT NULL, raw BLOB NOT NULL);
CREATE TABLE delivery (seq INTEGER NOT NULL, vendor TEXT, mailbox TEXT, address TEXT NOT NULL);
CREATE INDEX delivery_by_message ON delivery (seq);
CREATE TABLE mailbox (
    vendor TEXT NOT NULL, mailbox TEXT NOT NULL, messages INTEGER NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (vendor, mailbox)) WITHOUT ROWID;
CREATE TABLE total (messages INTEGER NOT NULL, size INTEGER NOT NULL, exchange INTEGER NOT NULL);
CREATE TABLE subject (seq INTEGER PRIMARY KEY, folded TEXT NOT NULL);
CREATE TABLE address (
    address TEXT NOT NULL, role TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (address, role, seq)) WITHOUT ROWID;
CREATE INDEX address_by_message ON address (seq);
CREATE VIRTUAL TABLE part USING fts5 (
    subject, recipients, senders, content='', columnsize=0, detail=column, tokenize="trigram case_sensitive 1");
CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE progress (
    what TEXT PRIMARY KEY, seq INTEGER NOT NULL, merged INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO progress VALUES ('headers', 0, 0), ('words', 0, 0);
INSERT INTO total VALUES (0, 0, 0);
"""

LONGEST_WAL = 8 << 20
"""The most bytes of SQLite's write-ahead log that stay on the disk after a checkpoint."""

ADVICE = "bring back a copy of it, or move it away with its -wal and -shm files to start without this sandbox"

ROOM_ADVICE = "make room on the disk, or let this user write to the file, and start again"


class Database:
    """The SQLite database of one sandbox, and its transaction.

    Without a path it is in memory, is opened at first use, and holds only mail.
    Raise StorageFull if the file cannot be written, DataFolderError for a file of another kind or version.

    path: the file. name: the sandbox's name, written into a new file.
    before_commit: functions called before a transaction is committed; if one raises, the transaction is rolled back.
    after_commit: functions called after a transaction was committed.
    after_rollback: functions called after a transaction was rolled back.
    """

    def __init__(self, path: Path | None = None, name: str = "default") -> None:
        self.path = path
        self.before_commit: list[Callable[[], None]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.after_rollback: list[Callable[[], None]] = []
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False
        self._on_commit: list[Callable[[], None]] = []
        self._on_rollback: list[Callable[[], object]] | None = None
        self._failure: sqlite3.Error | None = None
        if path is not None:
            self._connection = _open_file(path, name)
            self._file = _identity(path)

    @property
    def is_open(self) -> bool:
        """Return whether there is a connection."""
        return self._connection is not None

    @property
    def in_transaction(self) -> bool:
        """Return whether a transaction is in progress."""
        return self._on_rollback is not None

    @property
    def has_writes(self) -> bool:
        """Return whether the transaction in progress has written to SQLite."""
        return self._connection is not None and self._connection.in_transaction

    def reading(self) -> sqlite3.Connection:
        """Return the connection, to read. Raise StorageFull after `close`."""
        if self._connection is None:
            if self._is_closed:
                raise StorageFull(f"{self.path or 'the sandbox'}: is closed")
            self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            _create(self._connection)
        return self._connection

    def writing(self) -> sqlite3.Connection:
        """Return the connection, in a SQLite transaction that is committed or rolled back with the one in progress.

        Raise StorageFull if the file was moved or removed: SQLite would write to a file without a name.
        """
        if self._on_rollback is None:
            raise RuntimeError("a write to the database needs a transaction around it")
        connection = self.reading()
        if not connection.in_transaction:
            if self.path is not None and _identity(self.path) != self._file:
                raise StorageFull(f"{self.path}: cannot take more (the file was moved or removed: restart mockmail)")
            connection.execute("BEGIN")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Return a context that keeps all writes inside, or, when an exception leaves it, none.

        A transaction inside another is a part of it: an exception that leaves only the inner one undoes nothing.
        Raise StorageFull, with everything rolled back, when the writes cannot be kept.
        """
        is_outermost = self._on_rollback is None
        if is_outermost:
            self._on_rollback = []
            self._failure = None
        try:
            yield
            if is_outermost:
                self._commit()
        except BaseException as error:
            if isinstance(error, sqlite3.Error):
                self._failure = error  # the outermost transaction must not be committed, even if this is caught
            if is_outermost:
                self._roll_back()
            if isinstance(error, sqlite3.OperationalError):
                raise StorageFull(f"{self.path or 'the database'}: cannot take more ({error})") from error
            raise
        if is_outermost:
            steps, self._on_commit = self._on_commit, []
            for step in (*steps, *self.after_commit):
                step()

    def on_commit(self, step: Callable[[], None]) -> None:
        """Call a function after the transaction in progress is committed."""
        self._on_commit.append(step)

    def on_rollback(self, step: Callable[[], object]) -> None:
        """Call a function when the transaction in progress is rolled back; the last registered is called first."""
        if self._on_rollback is not None:
            self._on_rollback.append(step)

    def metadata(self) -> dict[str, Any]:
        """Return the values of the table `meta` by name. Raise ValueError if a value is not JSON."""
        return {name: json.loads(value) for name, value in self.reading().execute("SELECT name, value FROM meta")}

    def set_metadata(self, name: str, value: object) -> None:
        """Write a value into the table `meta`."""
        self.writing().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json_text(value)))

    def close(self) -> None:
        """Close the connection; later reads and writes raise StorageFull."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commit(self) -> None:
        if self._failure is not None:
            raise self._failure
        for step in self.before_commit:
            step()
        if self.has_writes:
            self.reading().execute("COMMIT")
        self._on_rollback = None

    def _roll_back(self) -> None:
        if self.has_writes:
            self.reading().execute("ROLLBACK")
        steps, self._on_rollback = self._on_rollback or [], None
        self._on_commit.clear()
        for step in (*reversed(steps), *self.after_rollback):
            step()


def sandbox_of(path: Path) -> str | None:
    """Return the name of the sandbox in a file; None for a database without tables, which a kill leaves behind.

    Raise DataFolderError for a file that cannot be read, or of another kind or version.
    """
    if not path.is_file():
        raise DataFolderError(f"{path}: is not a file; move it away")
    try:
        connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise DataFolderError(f"{path}: cannot be opened ({error}); {ROOM_ADVICE}") from error
    try:
        if _is_empty(connection):
            return None
        _check_version(connection, path)
        [value] = connection.execute("SELECT value FROM meta WHERE name = 'sandbox'").fetchone() or ["null"]
        name = json.loads(value)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        if _is_for_want_of_room(error):
            raise DataFolderError(f"{path}: cannot be opened ({error}); {ROOM_ADVICE}") from error
        raise _damaged(path, error) from error
    finally:
        connection.close()
    if not isinstance(name, str):
        raise DataFolderError(f"""{path}: has no sandbox's name; {rename_advice(path)}""")
    return name


def rename_advice(path: Path) -> str:
    """Return the advice to give the sandbox in a file another name, with the command that does it."""
    command = f"""sqlite3 {path} "INSERT OR REPLACE INTO meta VALUES ('sandbox', '\\"NAME\\"')\""""  # noqa: S608  # shown
    return f"give it another name: {command}"


def _open_file(path: Path, name: str) -> sqlite3.Connection:
    if path.exists() and not path.is_file():
        raise DataFolderError(f"{path}: is not a file; move it away")
    try:
        connection = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise StorageFull(f"{path}: cannot be opened ({error})") from error
    try:
        # A committed transaction survives the end of the process; only the end of the machine may lose the last ones.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {LONGEST_WAL}")
        if _is_empty(connection):
            _create(connection, name)
        else:
            _check_version(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if _is_for_want_of_room(error):
            raise StorageFull(f"{path}: cannot be written ({error})") from error
        raise _damaged(path, error) from error
    except DataFolderError:
        connection.close()
        raise
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0)


def _create(connection: sqlite3.Connection, name: str = "default") -> None:
    connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION};")
    connection.execute("INSERT INTO meta VALUES ('sandbox', ?)", (json_text(name),))
    connection.execute("COMMIT")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != VERSION:
        raise DataFolderError(
            f"{path}: is a database of version {found}, and this mockmail reads {VERSION}: use the mockmail that wrote"
            " it, or move the file away to start without this sandbox"
        )
    connection.execute("SELECT count(*) FROM meta")
    connection.execute("SELECT messages, size, exchange FROM total")


def _is_for_want_of_room(error: Exception) -> bool:
    # SQLITE_ERROR is about the content of the file; other operational errors are about the disk or permissions.
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR


def _damaged(path: Path, error: Exception) -> DataFolderError:
    return DataFolderError(f"{path}: is not a mockmail database, or damaged ({error}); {ADVICE}")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
