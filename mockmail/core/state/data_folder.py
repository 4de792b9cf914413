"""The data folder of a server: one server at a time, a SQLite file for each sandbox, a version."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.database_file import rename_advice, sandbox_of

FORMAT = 2
VERSION_FILE, LOCK, SANDBOXES, RESERVE = "mockmail.json", "lock", "sandboxes", "reserve"

RESERVED_BYTES = 1 << 20
"""The bytes of the file that is removed when a full disk leaves no room to remove messages."""

_OWNERS = (b"mockmail at ", b"process ")
"""The first words of an owner's name in the lock file."""


class DataFolder:
    """The folder with the sandboxes' files, locked for one server. Only its owner can read the files; none is a link.

    A sandbox's file is `sandboxes/N.sqlite`: no name from a request is ever part of a path. A file is renamed to
    `.N.removed` before it is removed, so that the next start can finish a removal that a kill interrupted.
    Raise DataFolderError for a folder that another server uses, that another version made, or that is not usable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: int | None = _open(path / LOCK)
        except OSError as error:
            why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
            raise DataFolderError(
                f"{path}: cannot be used as a data folder ({why});"
                f" name a folder that the user {os.geteuid()} may write to"
            ) from error
        self._folder: int | None = None
        try:
            self._take_lock(self._lock)
            self._folder = self._lock_folder()
            self.write_owner(f"process {os.getpid()}, which is starting")
            self._check_version()
            self._files, self._last = self._find()
            if _free_bytes(path) > 2 * RESERVED_BYTES:
                self.fill_reserve()
        except BaseException:
            self.close()
            raise

    def sandboxes(self) -> dict[str, Path]:
        """Return the file of each sandbox by its name."""
        return dict(sorted(self._files.items()))

    def path_of(self, name: str) -> Path:
        """Return the file of a sandbox; a new sandbox gets the next number."""
        path = self._files.get(name)
        if path is None:
            self._last += 1
            path = self._files[name] = self.path / SANDBOXES / f"{self._last}.sqlite"
        return path

    def remove(self, name: str) -> None:
        """Remove the file of a sandbox. Raise StorageFull, and keep it, if that fails."""
        path = self._files[name]
        removed = path.with_name(f".{path.stem}.removed")
        try:
            path.rename(removed)
        except OSError as error:
            raise StorageFull(f"the file of the sandbox {name!r} cannot be removed ({error.strerror})") from error
        del self._files[name]
        _clean_up(removed)

    def forget(self, name: str) -> None:
        """Forget a sandbox whose file was never made."""
        self._files.pop(name, None)

    def release_reserve(self) -> bool:
        """Remove the reserved bytes, so that there is room on a full disk; return False if there are none."""
        try:
            (self.path / RESERVE).unlink()
        except OSError:
            return False
        return True

    def fill_reserve(self) -> None:
        """Reserve room for a time when the disk is full, as far as there is room now."""
        content = hashlib.shake_128(RESERVE.encode()).digest(RESERVED_BYTES)  # some file systems give no room to zeros
        with suppress(OSError):
            file = _open(self.path / RESERVE)
            try:
                size = os.fstat(file).st_size
                os.pwrite(file, content[size:], size)
            finally:
                os.close(file)

    def write_owner(self, words: str) -> None:
        """Write the owner's name into the lock file, if there is room for it."""
        if self._lock is not None:
            with suppress(OSError):
                os.ftruncate(self._lock, 0)
                os.pwrite(self._lock, words.encode(), 0)

    def close(self) -> None:
        """Release the lock."""
        for file in (self._folder, self._lock):
            if file is not None:
                os.close(file)
        self._folder = self._lock = None

    def _take_lock(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(lock, 4096, 0).decode("utf-8", "replace").strip() or "another process"
            raise DataFolderError(f"{self.path}: is in use by {owner}; stop it, or choose another folder") from error
        except OSError as error:
            raise DataFolderError(
                f"{self.path}: cannot be locked ({error.strerror}); choose a folder on a disk of this machine"
            ) from error
        found = os.pread(lock, 64, 0)
        if found and not found.startswith(_OWNERS):
            raise DataFolderError(f"{self.path / LOCK}: was not written by mockmail; choose a folder of its own")

    def _lock_folder(self) -> int | None:
        # The lock file may have been deleted under a running server, and a new one has a lock of its own.
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(folder)
            raise DataFolderError(
                f"{self.path}: is in use by a process whose file {LOCK!r} was deleted; stop it, or choose another"
                " folder"
            ) from error
        except OSError:  # some file systems lock no folders; the lock file must be enough
            os.close(folder)
            return None
        return folder

    def _check_version(self) -> None:
        path = self.path / VERSION_FILE
        try:
            with os.fdopen(_open(path), "r+b") as file:
                content = file.read()
                if not content:
                    file.write(json.dumps({"format": FORMAT}).encode() + b"\n")
                    return
            found = json.loads(content)
        except OSError as error:
            raise DataFolderError(
                f"{path}: cannot be used ({error.strerror}); make room, or choose another folder"
            ) from error
        except (ValueError, RecursionError):
            found = None
        version = found.get("format") if isinstance(found, dict) else None
        if version == 1:
            raise DataFolderError(
                f"{self.path}: has the format 1 of an earlier mockmail, and this one reads {FORMAT}: serve it with the"
                " earlier one, save `GET /_mockmail/state` of each sandbox and `PUT` it into this one, or move the"
                " folder away to start with an empty one"
            )
        if version != FORMAT:
            raise DataFolderError(
                f"{self.path}: was made by another mockmail ({VERSION_FILE} says format {version!r}, this one reads"
                f" {FORMAT}): use that version, or move the folder away to start with an empty one"
            )

    def _find(self) -> tuple[dict[str, Path], int]:
        folder = self.path / SANDBOXES
        entries = _entries(folder)
        for path in entries:
            if path.name.startswith(".") and path.suffix == ".removed":
                _clean_up(path)
        numbers = [int(path.name.partition(".")[0]) for path in entries if path.name.partition(".")[0].isdecimal()]
        found: dict[str, Path] = {}
        for path in entries:
            if path.suffix != ".sqlite" or path.name.startswith("."):
                continue
            name = sandbox_of(path)
            if name is None:
                _unlink(path)
            elif name in found:
                raise DataFolderError(
                    f"{path}: the sandbox {name!r} is in {found[name]} already; {rename_advice(path)}"
                )
            else:
                found[name] = path
        return found, max(numbers, default=0)


def _free_bytes(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def _open(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with suppress(PermissionError):  # the file is another user's
        os.fchmod(file, 0o600)
    return file


def _entries(path: Path) -> list[Path]:
    if path.is_symlink():
        raise DataFolderError(f"{path}: is a symbolic link; move it away, or make the data folder itself the link")
    try:
        path.mkdir(exist_ok=True, mode=0o700)
        return sorted(path.iterdir())
    except OSError as error:
        why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
        raise DataFolderError(f"{path}: cannot be used ({why}); move it away, or choose another data folder") from error


def _clean_up(removed: Path) -> None:
    # SQLite's other files first, because a new database with the same name would read them.
    _unlink(removed.with_name(f"{removed.name.split('.')[1]}.sqlite"), files=("-wal", "-shm"))
    with suppress(OSError):
        removed.unlink()


def _unlink(path: Path, files: tuple[str, ...] = ("", "-wal", "-shm")) -> None:
    for suffix in files:
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()
