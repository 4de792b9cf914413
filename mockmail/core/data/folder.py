"""The data folder of a server: one server at a time, a folder for each sandbox, a version."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from mockmail.core.data.storage import FORMAT, write_whole
from mockmail.core.errors import DataFolderError

ABOUT, LOCK, SANDBOXES, NAME = "mockmail.json", "lock", "sandboxes", "name"


class DataFolder:
    """Where a server keeps what must survive.

    A sandbox's folder is a number: no name that came with a request is ever part of a path.
    Raises DataFolderError for a folder that another server has, or that a later version made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            (path / SANDBOXES).mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderError(f"{path}: cannot be used as a data folder ({error.strerror})") from error
        self._take_lock()
        self._check_version()
        kept = [folder for folder in (path / SANDBOXES).iterdir() if (folder / NAME).exists()]
        self._folders = {_name_of(folder): folder for folder in kept}

    def sandboxes(self) -> list[str]:
        """The names of the sandboxes that are kept."""
        return sorted(self._folders)

    def sandbox(self, name: str) -> Path:
        """A sandbox's folder, made if it is the first time."""
        folder = self._folders.get(name)
        if folder is None:
            taken = [int(one.name) for one in self._folders.values()]
            folder = self.path / SANDBOXES / str(max(taken, default=0) + 1)
            folder.mkdir(exist_ok=True)
            write_whole(folder / NAME, name + "\n")
            self._folders[name] = folder
        return folder

    def say(self, words: str) -> None:
        """Leave word of who has the folder, for the next who wants it."""
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, words.encode(), 0)

    def close(self) -> None:
        """Let another server have it."""
        os.close(self._lock)

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._lock, 4096, 0).decode("utf-8", "replace").strip() or "another process"
            os.close(self._lock)
            raise DataFolderError(f"{self.path}: is in use by {holder}; stop it, or choose another folder") from error

    def _check_version(self) -> None:
        about = self.path / ABOUT
        if not about.exists():
            write_whole(about, json.dumps({"format": FORMAT}) + "\n")
            return
        try:
            found = json.loads(about.read_text("utf-8"))["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataFolderError(f"{about}: cannot be read as the mark of a mockmail data folder") from error
        if found != FORMAT:
            raise DataFolderError(
                f"{self.path}: was made by another mockmail (format {found!r}, this one reads {FORMAT});"
                " use that version, or move the folder away to start anew"
            )


def _name_of(folder: Path) -> str:
    return (folder / NAME).read_text("utf-8").strip()
