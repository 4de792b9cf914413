"""Where TinyDB's tables live: in memory, and, with a folder, in a log of changes beside the last whole state."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from mockmail.core.errors import DataFolderError, StorageFull

Tables = dict[str, dict[str, Any]]
Facts = dict[str, Any]

FORMAT = 1
STATE, CHANGES = "state.json", "changes.jsonl"


class LiveStorage(Storage):
    """Tables in memory, changed in place. It is told of each change, and what is not flushed may be forgotten."""

    def __init__(self) -> None:
        self.tables: Tables = {}

    def read(self) -> Tables:
        """The live tables themselves."""
        return self.tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """The tables were changed in place."""
        self.tables = data

    def touched(self, table: str, key: str | None) -> None:
        """A document was written or taken away; key None: perhaps any of the table."""

    def flush(self, facts: Callable[[], Facts]) -> None:
        """Keep what was touched, and facts beside it. Raises StorageFull, and keeps none of it, where it cannot."""

    def forget(self) -> None:
        """What was touched since the last flush was taken back."""

    def facts(self) -> Facts:
        """What was kept beside the tables."""
        return {}

    def compact(self, facts: Facts) -> None:
        """Write the whole state in place of the log."""


class FileStorage(LiveStorage):
    """Tables in memory and in a folder.

    `state.json` is the whole state as of the last start or stop; `changes.jsonl` has a line for each transaction since:
    `{"tables": {table: {key: document or null}}, "facts": {...}}`. A line is there in full or it does not count.
    Raises DataFolderError for files that are not of this kind.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._touched: dict[str, dict[str, None] | None] = {}
        self._facts: Facts = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._load()
        self._log = os.open(folder / CHANGES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._log).st_size

    def touched(self, table: str, key: str | None) -> None:
        """Remember what the next line must tell."""
        if key is None:
            self._touched[table] = None
        else:
            keys = self._touched.setdefault(table, {})
            if keys is not None:
                keys[key] = None

    def flush(self, facts: Callable[[], Facts]) -> None:
        """Add a line to the log."""
        news = {name: value for name, value in facts().items() if self._facts.get(name) != value}
        if not self._touched and not news:
            return
        tables = {table: self._changes(table, keys) for table, keys in self._touched.items()}
        self._append((json.dumps({"tables": tables, "facts": news}) + "\n").encode())
        self._touched.clear()
        self._facts |= news

    def forget(self) -> None:
        """The transaction was undone."""
        self._touched.clear()

    def facts(self) -> Facts:
        """What was kept beside the tables."""
        return dict(self._facts)

    def compact(self, facts: Facts) -> None:
        """Write `state.json` anew, in one piece, and begin an empty log."""
        self._facts |= facts
        write_whole(self._folder / STATE, state_text(self.tables, self._facts))
        os.ftruncate(self._log, 0)
        self._size = 0
        self._touched.clear()

    def close(self) -> None:
        """Let go of the log."""
        os.close(self._log)

    def _changes(self, table: str, keys: Mapping[str, None] | None) -> dict[str, Any]:
        documents = self.tables.get(table, {})
        if keys is None:
            return {"": None, **documents}
        return {key: documents.get(key) for key in keys}

    def _append(self, line: bytes) -> None:
        """All of a line, or nothing of it."""
        try:
            written = os.write(self._log, line)
            if written < len(line):
                written += os.write(self._log, line[written:])
            if written < len(line):
                raise OSError("short write")  # noqa: TRY301  # one way to take it back
        except OSError as error:
            os.ftruncate(self._log, self._size)
            raise StorageFull(f"the data folder cannot take more: {error.strerror or error}") from error
        self._size += len(line)

    def _load(self) -> None:
        state = self._folder / STATE
        if state.exists():
            document = _json_of(state.read_bytes(), str(state))
            if document.get("format") != FORMAT:
                raise DataFolderError(f"{state}: is of format {document.get('format')!r}; this mockmail reads {FORMAT}")
            self.tables, self._facts = document["tables"], document["facts"]
        changes = self._folder / CHANGES
        if changes.exists():
            self._replay(changes)

    def _replay(self, changes: Path) -> None:
        content = changes.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), 1):
            document = _json_of(line, f"{changes}, line {number}")
            for table, documents in document["tables"].items():
                _merge(self.tables.setdefault(table, {}), documents)
            self._facts |= document["facts"]
        if len(whole) < len(content):  # the last line was never acknowledged: the process was killed as it wrote it
            os.truncate(changes, len(whole))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it sees all of the old or all of the new. Raises StorageFull."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageFull(f"{path}: cannot be written ({error.strerror})") from error


def state_text(tables: Tables, facts: Facts) -> str:
    """The whole state as JSON that a person can read, edit and compare: a line for each document."""
    rows = []
    for table in sorted(tables):
        documents = ",\n".join(f"   {json.dumps(key)}: {json.dumps(one)}" for key, one in tables[table].items())
        rows.append(f"  {json.dumps(table)}: {{\n{documents}\n  }}")
    body = ",\n".join(rows)
    return f'{{\n "format": {FORMAT},\n "facts": {json.dumps(facts, sort_keys=True)},\n "tables": {{\n{body}\n }}\n}}\n'


def _merge(documents: dict[str, Any], changes: dict[str, Any]) -> None:
    if "" in changes:
        documents.clear()
    for key, document in changes.items():
        if document is None:
            documents.pop(key, None)
        else:
            documents[key] = document


def _json_of(octets: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(octets)
    except ValueError as error:
        advice = "mend it, or move the file away to start without it"
        raise DataFolderError(f"{where}: is not JSON ({error}); {advice}") from error
    if not isinstance(document, dict):
        raise DataFolderError(f"{where}: expected a JSON object")
    return document
