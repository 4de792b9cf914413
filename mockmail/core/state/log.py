"""The log of changes: a line for each transaction since the last whole state."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.files import json_object, read_whole


class ChangeLog:
    """A file of JSON lines, each of which is there in full or not at all.

    Its first line names the generation of the whole state that it follows: a log that follows an older one has nothing
    more to tell. The file is opened, and cut to what counts of it, at the first write.
    """

    def __init__(self, path: Path, version: int) -> None:
        self._path = path
        self._version = version
        self._generation = 0
        self._handle: int | None = None
        self._closed = False
        self.size = 0

    def __repr__(self) -> str:
        return f"<ChangeLog {self._path}: {self.size} bytes>"

    def read(self, generation: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each change since this generation, and where it stands. Raises DataFolderError.

        A last line without an end was never acknowledged: the process was killed as it wrote it.
        """
        self._generation = generation
        content = read_whole(self._path)
        lines = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
        if not lines or not self._follows(json_object(lines[0], f"{self._path}, line 1")):
            return
        self.size = sum(map(len, lines)) + len(lines)
        for number, line in enumerate(lines[1:], 2):
            where = f"{self._path}, line {number}"
            yield where, json_object(line, where)

    def append(self, text: str) -> int:
        """Add a line; returns how long the log was before. Raises StorageFull, and adds none of it, where it cannot."""
        before = self.size
        octets = text.encode() + b"\n"
        if before == 0:
            octets = json.dumps({"format": self._version, "follows": self._generation}).encode() + b"\n" + octets
        try:
            handle = self._ready()
            _write_all(handle, octets)
        except OSError as error:
            self.cut(before)
            raise StorageFull(f"{self._path}: cannot take more ({error.strerror})") from error
        self.size = before + len(octets)
        return before

    def cut(self, size: int) -> None:
        """Take back what was added since the log was of this size."""
        self.size = size
        try:
            if self._handle is not None and os.fstat(self._handle).st_size > size:
                os.ftruncate(self._handle, size)
        except OSError:
            return  # it is cut before anything is added to it

    def start_over(self, generation: int) -> None:
        """An empty log after a new whole state."""
        self._generation = generation
        if self._handle is None and self._path.exists() and not self._closed:
            self._handle = self._open()
        self.cut(0)

    def close(self) -> None:
        """Let go of the file; nothing can be added any more."""
        self._closed = True
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _follows(self, head: dict[str, Any]) -> bool:
        if head.get("format") != self._version or not isinstance(head.get("follows"), int):
            raise DataFolderError(
                f"{self._path}: is no log of format {self._version}; use the mockmail that wrote it, or move the file"
                " away to start with the state beside it"
            )
        if head["follows"] > self._generation:
            raise DataFolderError(
                f"{self._path}: follows generation {head['follows']} of the state, and the state beside it is of"
                f" generation {self._generation}: bring back the one it follows, or move the log away to do without it"
            )
        return bool(head["follows"] == self._generation)

    def _ready(self) -> int:
        """The file's handle, with nothing in the file but what counts."""
        if self._closed:
            raise OSError(0, "it is closed")
        if self._handle is None:
            self._handle = self._open()
        found = os.fstat(self._handle)
        if found.st_nlink == 0 or found.st_size < self.size:
            raise OSError(0, "somebody took it away or cut it: restart mockmail")
        if found.st_size > self.size:
            os.ftruncate(self._handle, self.size)
        return self._handle

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)


def _write_all(handle: int, octets: bytes) -> None:
    rest = memoryview(octets)
    while rest:
        rest = rest[os.write(handle, rest) :]
