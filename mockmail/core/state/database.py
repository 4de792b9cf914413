"""The SQLite database of a sandbox, and the one transaction of records and mail."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from mockmail.core.errors import DataFolderError, StorageDamaged, StorageFull
from mockmail.core.state import database_file
from mockmail.core.state.documents import json_text
from mockmail.core.state.shared_files import SharedFiles

T = TypeVar("T")

log = logging.getLogger("mockmail.data")

SHRINK_FROM = 256
MOST_MOVED = 4096
"""A file is made smaller when it has this many free pages, and at most that many others, which have to be moved."""


class Database:
    """The SQLite database of one sandbox, and its transaction.

    Without a path it is in memory and holds only mail. The first write makes it. An open file may be closed so that
    another one can be opened. Raise StorageFull if the file cannot be used, DataFolderError for a file of another kind
    or version.

    path: the file. name: the sandbox's name, written into a new file. files: the open files of the server.
    before_commit: functions called before a transaction is committed; if one raises, the transaction is rolled back.
    after_commit: functions called after a transaction was committed.
    after_rollback: functions called after a transaction was rolled back.
    before_close_file: called before the file is closed, to write to it for the last time.
    """

    def __init__(self, path: Path | None = None, name: str = "default", files: SharedFiles | None = None) -> None:
        self.path = path
        self.before_commit: list[Callable[[], None]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.after_rollback: list[Callable[[], None]] = []
        self.before_close_file: Callable[[], None] | None = None
        self._name = name
        self._files = SharedFiles() if files is None else files
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False
        self._on_commit: list[Callable[[], None]] = []
        self._on_rollback: list[Callable[[], object]] | None = None
        self._failure: sqlite3.Error | None = None
        self._damage: sqlite3.Error | None = None
        self._file = None if path is None else database_file.identity(path)
        if path is not None and (path.is_symlink() or self._file is not None):
            self._open_found(path)

    @property
    def exists(self) -> bool:
        """Return whether there is a database, open or not; the first write makes it."""
        return self._connection is not None or self._file is not None

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
        """Return the connection for reading; make the database if it does not exist. Raise StorageFull."""
        connection = self._connection or self._connect()
        if self.path is not None and self._files.newest is not self:
            self._files.use(self)
        return connection

    def writing(self) -> sqlite3.Connection:
        """Return the connection, in a SQLite transaction that is committed or rolled back with the one in progress.

        Raise StorageFull if the file was moved or removed, because SQLite would write to a file without a name.
        Raise StorageDamaged if an earlier error showed that the file is damaged.
        """
        if self._on_rollback is None:
            raise RuntimeError("a write to the database needs a transaction around it")
        if self._damage is not None:
            raise self.failure(self._damage)
        connection = self.reading()
        if not connection.in_transaction:
            self._check_identity()
            connection.execute("BEGIN")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Return a context that commits all writes in it, or rolls all back after an exception.

        A transaction inside another is a part of it: an exception that leaves only the inner one rolls nothing back.
        Raise StorageFull, with everything rolled back, if the writes cannot be stored.
        """
        is_outermost = self._on_rollback is None
        if is_outermost:
            self._check_is_open()
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
            if isinstance(error, sqlite3.OperationalError) or database_file.is_damage(error):
                raise self.failure(error) from error
            raise
        if is_outermost:
            steps, self._on_commit = self._on_commit, []
            for step in (*steps, *self.after_commit):
                step()

    def failure(self, error: BaseException) -> StorageFull:
        """Return the error for users for an error of SQLite. After an error about damage, every write is refused."""
        if not database_file.is_damage(error):
            return StorageFull(f"{self._label} cannot be written ({error})")
        if self._damage is None:
            log.error("%s: is damaged (%s); stop mockmail, and start it again for advice", self.path, error)
        self._damage = sqlite3.DatabaseError(*error.args)
        return StorageDamaged(f"{self._label} is damaged on the disk ({error}): restart mockmail for advice")

    def remove(self, work: Callable[[], T]) -> T:
        """Call a function that removes things, in a transaction, and return its result.

        On a full disk, the reserve of the data folder is released, because a removal needs some room too.
        """
        if self.in_transaction or self.path is None:
            return self._in_transaction(work)
        try:
            result = self._in_transaction(work)
        except StorageFull:
            if self._damage is not None or not self._files.release_reserve():
                raise
            try:
                result = self._in_transaction(work)
                self._shrink()
            finally:
                self._files.fill_reserve()
        else:
            self._shrink()
        return result

    def _in_transaction(self, work: Callable[[], T]) -> T:
        with self.transaction():
            return work()

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

    def close_file(self) -> None:
        """Close the file; the next read or write opens it again."""
        if self.before_close_file is not None:
            self.before_close_file()
        self._disconnect()

    def close(self) -> None:
        """Close the database; later reads and writes raise StorageFull."""
        self._is_closed = True
        self._disconnect()
        self._files.forget(self)

    @property
    def _label(self) -> str:
        return f"the sandbox {self._name!r}"

    def _open_found(self, path: Path) -> None:
        try:
            database_file.check_is_file(path)
            self._connection = database_file.open_file(path, self._name)
        except (OSError, sqlite3.DatabaseError) as error:
            if database_file.is_access_error(error):
                raise StorageFull(f"cannot be opened or written ({error})") from error
            raise database_file.damaged(path, error) from error
        self._files.use(self)

    def _connect(self) -> sqlite3.Connection:
        self._check_is_open()
        if self.path is None:
            self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._connection.execute(f"PRAGMA page_size = {database_file.MEMORY_PAGE}")
            database_file.create(self._connection)
            return self._connection
        if self._file is not None:
            self._check_identity()
        try:
            self._connection = self._open_file(self.path)
        except OSError as error:
            raise StorageFull(f"{self._label} cannot be written ({error.strerror})") from error
        except sqlite3.DatabaseError as error:
            raise self.failure(error) from error
        except DataFolderError as error:
            raise self.failure(sqlite3.DatabaseError("it is of another version")) from error
        self._file = database_file.identity(self.path)
        return self._connection

    def _open_file(self, path: Path) -> sqlite3.Connection:
        while True:
            try:
                return database_file.open_file(path, self._name)
            except (OSError, sqlite3.OperationalError) as error:
                if not database_file.may_lack_descriptors(error) or not self._files.close_oldest(self):
                    raise

    def _check_is_open(self) -> None:
        if self._is_closed:
            raise StorageFull(f"{self._label} is closed: it was removed, or the server stops")

    def _check_identity(self) -> None:
        if self.path is not None and database_file.identity(self.path) != self._file:
            raise StorageFull(f"{self._label} cannot be written (the file was moved or removed: restart mockmail)")

    def _shrink(self) -> None:
        """Make the file smaller after a removal, if few pages have to be moved for it."""
        with suppress(sqlite3.DatabaseError):  # not necessary: later messages use the free pages
            connection = self.reading()
            [free] = connection.execute("PRAGMA freelist_count").fetchone()
            [pages] = connection.execute("PRAGMA page_count").fetchone()
            if free >= SHRINK_FROM and pages - free <= min(free, MOST_MOVED):
                connection.execute("PRAGMA temp_store = MEMORY")
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _disconnect(self) -> None:
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
