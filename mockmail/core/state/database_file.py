"""Make, open and check the SQLite file of a sandbox."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from mockmail.core.errors import DataFolderError
from mockmail.core.state.documents import json_text

VERSION = 6
"""The `user_version` of the file. Version 1 was the mail store of the folder format 1; 2 and 4 had
other search indexes; the total of 3 did not count envelopes; 5 had no read marks and tags."""

_MARKS = """
CREATE TABLE opened (seq INTEGER PRIMARY KEY);
CREATE TABLE tag (
    folded TEXT NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (folded, seq)) WITHOUT ROWID;
CREATE INDEX tag_by_message ON tag (seq);
"""

_UPGRADES = {5: _MARKS}
"""The statements that make a database of an earlier version one of VERSION."""

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
CREATE TABLE name (
    seq INTEGER NOT NULL, role TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (seq, role)) WITHOUT ROWID;
CREATE TABLE content (seq INTEGER PRIMARY KEY, names TEXT, has_html INTEGER NOT NULL);
CREATE VIRTUAL TABLE part USING fts5 (
    subject, recipients, senders, content='', columnsize=0, detail=column, tokenize="trigram case_sensitive 1");
CREATE VIRTUAL TABLE words USING fts5 (
    subject, addresses, plain, html, names, content='', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE progress (
    what TEXT PRIMARY KEY, seq INTEGER NOT NULL, merged INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO progress VALUES ('headers', 0, 0), ('words', 0, 0);
INSERT INTO total VALUES (0, 0, 0);
"""

MEMORY_PAGE = 8 << 10
"""The bytes of a page of a database in memory. Three messages of 2 KB fit into one; into a page of 4 KB, only one."""

LONGEST_WAL = 8 << 20
"""The most bytes of SQLite's write-ahead log that stay on the disk after a checkpoint."""

ADVICE = "bring back a copy of it, or move it away with its -wal and -shm files to start without this sandbox"

ROOM_ADVICE = "make room on the disk, or let this user write to the file, and start again"


def sandbox_of(path: Path) -> str | None:
    """Return the name of the sandbox in a file; None for a database without tables, which a kill may leave.

    After an unclean stop, the whole database is checked. Raise DataFolderError for a file that cannot be read, that is
    damaged, or of another kind or version.
    """
    check_is_file(path)
    was_closed = not path.with_name(f"{path.name}-wal").exists()
    try:
        connection = _connect(path)
        try:
            if _is_empty(connection):
                return None
            check_version(connection, path)
            if not was_closed:
                _check_pages(connection)
            [value] = connection.execute("SELECT value FROM meta WHERE name = 'sandbox'").fetchone() or ["null"]
            name = json.loads(value)
        finally:
            connection.close()
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        if is_access_error(error):
            raise DataFolderError(f"{path}: cannot be opened ({error}); {ROOM_ADVICE}") from error
        raise damaged(path, error) from error
    if not isinstance(name, str):
        raise DataFolderError(f"""{path}: does not name its sandbox; {rename_advice(path)}""")
    return name


def rename_advice(path: Path) -> str:
    """Return the advice to give the sandbox in a file another name, with the command that does it."""
    command = f"""sqlite3 {path} "INSERT OR REPLACE INTO meta VALUES ('sandbox', '\\"NAME\\"')\""""  # noqa: S608  # shown
    return f"give it another name: {command}"


def open_file(path: Path, name: str) -> sqlite3.Connection:
    """Return a connection to a sandbox's file, which is made if there is none, and upgraded if it is of version 5.

    Raise DataFolderError for a file of another kind or version, OSError or sqlite3.DatabaseError if it cannot be used.
    """
    # SQLite gives its other files the same mode, and follows a link only for this one.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with suppress(PermissionError):  # the file is another user's
        os.fchmod(file, 0o600)
    os.close(file)
    connection = _connect(path)
    try:
        is_new = _is_empty(connection)
        if not is_new:
            check_version(connection, path)
        # A committed transaction survives a kill of the process; only a crash of the machine may lose the last ones.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {LONGEST_WAL}")
        connection.execute("PRAGMA secure_delete = OFF")  # zeros over removed messages would need room on a full disk
        if is_new:
            create(connection, name)
        else:
            _upgrade(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def create(connection: sqlite3.Connection, name: str = "default") -> None:
    """Make the tables of an empty database."""
    connection.executescript(f"BEGIN; {SCHEMA} {_MARKS} PRAGMA user_version = {VERSION};")
    connection.execute("INSERT INTO meta VALUES ('sandbox', ?)", (json_text(name),))
    connection.execute("COMMIT")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raise DataFolderError for a version that cannot be read or upgraded, sqlite3.DatabaseError for another kind."""
    found = _version(connection)
    if found != VERSION and found not in _UPGRADES:
        raise DataFolderError(
            f"{path}: is a database of version {found}, and this mockmail reads {VERSION}: use the mockmail that wrote"
            " it, or move the file away to start without this sandbox"
        )
    connection.execute("SELECT count(*) FROM meta")
    connection.execute("SELECT messages, size, exchange FROM total")


def check_is_file(path: Path) -> None:
    """Raise DataFolderError for a folder, a symbolic link, and everything else that is not a file."""
    if path.is_symlink() or not path.is_file():
        raise DataFolderError(f"{path}: is not a file; move it away")


def is_access_error(error: BaseException) -> bool:
    """Return whether an error is about the disk or permissions, not about the content of the file."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR
    return isinstance(error, OSError)


def may_lack_descriptors(error: OSError | sqlite3.OperationalError) -> bool:
    """Return whether an error may say that the process has too many open files."""
    if isinstance(error, OSError):
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_CANTOPEN


def is_damage(error: BaseException) -> bool:
    """Return whether an error says that the file is damaged."""
    return (
        type(error) is sqlite3.DatabaseError
    )  # the errors of its subclasses are about statements, values and the disk


def damaged(path: Path, error: Exception) -> DataFolderError:
    """Return the error about a file that is damaged, or of another kind."""
    return DataFolderError(f"{path}: is not a mockmail database, or damaged ({error}); {ADVICE}")


def identity(path: Path) -> tuple[int, int] | None:
    """Return the device and the inode of a file; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return _connect_as(path, "NORMAL")
    except sqlite3.OperationalError as error:
        if not is_access_error(error):
            raise
        # Without room for the -shm file, SQLite can still read, and write later, if nobody else opens the database.
        return _connect_as(path, "EXCLUSIVE")


def _connect_as(path: Path, locking_mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA locking_mode = {locking_mode}")
        _is_empty(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _upgrade(connection: sqlite3.Connection) -> None:
    """Make a database of an earlier version one of VERSION, in one transaction."""
    if (found := _version(connection)) in _UPGRADES:
        connection.executescript(f"BEGIN IMMEDIATE; {_UPGRADES[found]} PRAGMA user_version = {VERSION}; COMMIT;")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0)


def _check_pages(connection: sqlite3.Connection) -> None:
    [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found.rpartition("\n")[2])
