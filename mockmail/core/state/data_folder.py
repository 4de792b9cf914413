"""The data folder of a server: one server at a time, a folder for each sandbox, a version."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.files import ADVICE, json_object, write_whole
from mockmail.core.state.storage import CHANGES, FORMAT, STATE

ABOUT, LOCK, SANDBOXES, NAME = "mockmail.json", "lock", "sandboxes", "name"

_HOLDERS = (b"mockmail at ", b"process ")
"""How what a holder says of itself begins."""


class DataFolder:
    """Where a server keeps what must survive.

    A sandbox's folder is a number: no name that came with a request is ever part of a path. It is made, and removed,
    under a name that begins with a dot: what a killed server left of one is cleared away by the next.
    Raises DataFolderError for a folder that another server has, or that a later version made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: int | None = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
            raise DataFolderError(
                f"{path}: cannot be used as a data folder ({why});"
                f" name a folder that the user {os.geteuid()} may write to"
            ) from error
        try:
            self._take_lock(self._lock)
            self.say(f"process {os.getpid()}, which is starting")
            self._check_version()
            self._folders, self._last = self._find()
        except BaseException:
            self.close()
            raise

    def sandboxes(self) -> list[str]:
        """The names of the sandboxes that are kept."""
        return sorted(self._folders)

    def sandbox(self, name: str) -> Path:
        """A sandbox's folder, made if it is the first time. Raises StorageFull."""
        folder = self._folders.get(name)
        if folder is None:
            self._last += 1
            folder = self._folders[name] = self._make(name, self.path / SANDBOXES / str(self._last))
        return folder

    def remove(self, name: str) -> None:
        """Forget a sandbox with all that is in its folder. Raises StorageFull, and keeps it, where that cannot be."""
        folder = self._folders.get(name)
        if folder is not None:
            gone = _hidden(folder)
            try:
                folder.rename(gone)
            except OSError as error:
                raise StorageFull(f"{folder}: cannot be removed ({error.strerror})") from error
            del self._folders[name]
            _clear_away(gone)

    def say(self, words: str) -> None:
        """Leave word of who has the folder, for the next who wants it, if there is room for it."""
        if self._lock is not None:
            with suppress(OSError):
                os.ftruncate(self._lock, 0)
                os.pwrite(self._lock, words.encode(), 0)

    def close(self) -> None:
        """Let another server have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make(self, name: str, folder: Path) -> Path:
        draft = _hidden(folder)
        try:
            draft.mkdir(parents=True)
            write_whole(draft / NAME, name + "\n")
            draft.rename(folder)
        except OSError as error:
            raise StorageFull(f"{folder}: cannot be made ({error.strerror})") from error
        finally:
            _clear_away(draft)
        return folder

    def _take_lock(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 4096, 0).decode("utf-8", "replace").strip() or "another process"
            raise DataFolderError(f"{self.path}: is in use by {holder}; stop it, or choose another folder") from error
        except OSError as error:
            raise DataFolderError(
                f"{self.path}: cannot be locked ({error.strerror}); choose a folder on a disk of this machine"
            ) from error
        found = os.pread(lock, 64, 0)
        if found and not found.startswith(_HOLDERS):
            raise DataFolderError(f"{self.path / LOCK}: was not written by mockmail; choose a folder of its own")

    def _check_version(self) -> None:
        about = self.path / ABOUT
        try:
            octets = about.read_bytes() if about.exists() else b""
        except OSError as error:
            raise DataFolderError(f"{about}: cannot be read ({error.strerror}); {ADVICE}") from error
        if not octets:
            try:
                write_whole(about, json.dumps({"format": FORMAT}) + "\n")
            except StorageFull as error:
                raise DataFolderError(f"{error}; make room, or choose another folder") from error
            return
        found = json_object(octets, str(about)).get("format")
        if found != FORMAT:
            raise DataFolderError(
                f"{self.path}: was made by another mockmail (format {found!r}, this one reads {FORMAT});"
                " use that version, or move the folder away to start anew"
            )

    def _find(self) -> tuple[dict[str, Path], int]:
        """The sandboxes' folders by name, and the highest number that one has. What is left of others goes."""
        kept: dict[str, Path] = {}
        last = 0
        for folder in _entries(self.path / SANDBOXES):
            if folder.name.startswith(".") and folder.name[1:].isdigit():
                _clear_away(folder)
                continue
            last = max(last, int(folder.name) if folder.name.isascii() and folder.name.isdigit() else 0)
            name = _name_of(folder)
            if name in kept:
                raise DataFolderError(
                    f"{folder / NAME}: the sandbox {name!r} is in {kept[name]} already: write another name into one"
                )
            if name is not None:
                kept[name] = folder
        return kept, last


def _entries(path: Path) -> list[Path]:
    try:
        path.mkdir(exist_ok=True)
        return sorted(path.iterdir())
    except OSError as error:
        why = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror
        raise DataFolderError(f"{path}: cannot be used ({why}); move it away, or choose another data folder") from error


def _name_of(folder: Path) -> str | None:
    """The name of the sandbox whose folder it is; None where it is none of ours."""
    if not (folder / NAME).exists():
        if any((folder / file).exists() for file in (STATE, CHANGES)):
            raise DataFolderError(
                f"{folder / NAME}: is missing: write the sandbox's name (`default`?) into it, or move {folder} away"
            )
        return None
    try:
        return (folder / NAME).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFolderError(
            f"{folder / NAME}: cannot be read as the name of a sandbox ({error}); write it anew, in UTF-8"
        ) from error


def _hidden(folder: Path) -> Path:
    """What a sandbox's folder is called before it is one, and when it is none any more."""
    return folder.with_name(f".{folder.name}")


def _clear_away(folder: Path) -> None:
    """Remove a folder as far as that can be done; the next start does the rest."""
    if folder.is_symlink():
        with suppress(OSError):
            folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
