"""Where TinyDB's tables live: in memory, and, with a folder, in a log of changes beside the last whole state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.files import (
    ADVICE,
    json_object,
    json_text,
    read_whole,
    state_text,
    table_of_objects,
    texts,
    write_whole,
)
from mockmail.core.state.log import ChangeLog
from mockmail.core.state.places import in_log, in_state

Tables = dict[str, dict[str, Any]]
Facts = dict[str, Any]
FactsNow = Callable[[bool], Facts]
"""What there is to keep beside the tables; it is told whether something is written anyway."""
Note = Sequence[Any]
Notes = Sequence[tuple[int, Sequence[Note]]]

FORMAT = 1
STATE, CHANGES = "state.json", "changes.jsonl"
NOTES = "notes"
"""The fact that counts the transactions that had notes."""
PREPARED = "prepared"
"""The fact that names the vendors that have begun."""

LONG_AT_START = 64 << 10
LONG = 16 << 20
"""How many bytes of log are worth a new whole state, at the start and later. The latter grows with the state, so that
what a write costs does not."""


class LiveStorage(Storage):
    """Tables in memory, changed in place. It is told of each change, and what is not flushed may be forgotten.

    changes: how many there were, those that were taken back and their taking back included.
    """

    def __init__(self) -> None:
        self.tables: Tables = {}
        self.changes = 0

    def read(self) -> Tables:
        """The live tables themselves."""
        return self.tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """The tables were changed in place."""
        self.tables = data
        self.changes += 1

    def touched(self, table: str, key: str | None) -> None:
        """A document was written or taken away; key None: perhaps any of the table."""
        self.changes += 1

    def flush(self, facts: FactsNow, notes: Sequence[Note] = ()) -> int:
        """Keep what was touched, and facts and notes beside it; returns the number of the last notes.

        Raises StorageFull, and keeps none of it, where it cannot.
        """
        return 0

    def take_back(self) -> None:
        """What the last flush kept, if it kept anything, is not kept after all."""

    def forget(self) -> None:
        """What was touched since the last flush was taken back."""

    def facts(self) -> Facts:
        """What was kept beside the tables."""
        return {}

    def notes(self) -> Notes:
        """What the log has of notes, with their numbers: they may not have been acted upon."""
        return ()

    def place(self, table: str, key: str | None) -> str:
        """Where a document stands, for a person; key None: its table."""
        return f"tables.{table}" + (f"[{key!r}]" if key is not None else "")

    def shorten(self, facts: FactsNow, *, at_start: bool = False) -> None:
        """Write the whole state in place of a log that has become long, if there is room for it."""

    def compact(self, facts: Facts) -> None:
        """Write the whole state in place of the log. Raises StorageFull."""


class FileStorage(LiveStorage):
    """Tables in memory and in a folder.

    `state.json` is a whole state; `changes.jsonl` has a line for each transaction since: `{"tables": {table: {key:
    document or null}}, "emptied": [table], "facts": {...}, "notes": [...]}`, in which a table that was emptied is so
    before its documents are put. A line is there in full or it does not count.
    Raises DataFolderError for files that are not of this kind.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._state = folder / STATE
        self._log = ChangeLog(folder / CHANGES, FORMAT)
        self._touched: dict[str, dict[str, None] | None] = {}
        self._facts: Facts = {}
        self._generation = 0
        self._long = LONG
        self._notes: list[tuple[int, Sequence[Note]]] = []
        self._before: tuple[int, Facts] | None = None
        self._load()

    def touched(self, table: str, key: str | None) -> None:
        """Remember what the next line must tell."""
        super().touched(table, key)
        if key is None:
            self._touched[table] = None
        else:
            keys = self._touched.setdefault(table, {})
            if keys is not None:
                keys[key] = None

    def flush(self, facts: FactsNow, notes: Sequence[Note] = ()) -> int:
        """Add a line to the log."""
        self._before = None
        news = {
            name: value for name, value in facts(bool(self._touched or notes)).items() if self._facts.get(name) != value
        }
        number: int = self._facts.get(NOTES, 0)
        if notes:
            number += 1
            news[NOTES] = number
        if self._touched or news:
            text = json_text(self._line(news, notes))
            self._before = self._log.append(text), self._facts
            self._touched.clear()
            self._facts = self._facts | news
        return number

    def take_back(self) -> None:
        """Cut the last line off."""
        if self._before is not None:
            size, self._facts = self._before
            self._log.cut(size)
            self._before = None

    def forget(self) -> None:
        """The transaction was undone."""
        self._touched.clear()

    def facts(self) -> Facts:
        """What was kept beside the tables."""
        return dict(self._facts)

    def notes(self) -> Notes:
        """The notes of the log as it was found."""
        return self._notes

    def place(self, table: str, key: str | None) -> str:
        """The file and the line too."""
        found = in_log(self._folder / CHANGES, table, key) if self._log.size else None
        return f"{found or in_state(self._state, table, key)}: {super().place(table, key)}"

    def shorten(self, facts: FactsNow, *, at_start: bool = False) -> None:
        """Write `state.json` anew where the log has become long; where there is no room, the log is as good."""
        if self._log.size > (LONG_AT_START if at_start else self._long):
            try:
                self.compact(facts(True))
            except StorageFull:
                self._long = 2 * self._log.size

    def compact(self, facts: Facts) -> None:
        """Write `state.json` anew, in one piece, and begin an empty log; nothing where nothing is new."""
        facts = self._facts | facts
        if not self._log.size and facts == self._facts and not self._touched:
            return
        text = state_text(self._generation + 1, facts, self.tables, FORMAT)
        write_whole(self._state, text)
        self._generation += 1
        self._log.start_over(self._generation)
        self._facts, self._long = facts, max(LONG, 2 * len(text))
        self._notes.clear()
        self._touched.clear()
        self._before = None

    def close(self) -> None:
        """Let go of the log."""
        self._log.close()

    def _line(self, news: Facts, notes: Sequence[Note]) -> dict[str, Any]:
        tables = {}
        for table, keys in self._touched.items():
            documents = self.tables.get(table, {})
            tables[table] = documents if keys is None else {key: documents.get(key) for key in keys}
        line: dict[str, Any] = {"tables": tables}
        emptied = [table for table, keys in self._touched.items() if keys is None]
        line |= {name: value for name, value in (("emptied", emptied), ("facts", news), ("notes", notes)) if value}
        return line

    def _load(self) -> None:
        octets = read_whole(self._state)
        if octets:
            self._take(json_object(octets, str(self._state)))
            self._long = max(LONG, 2 * len(octets))
        elif self._state.exists():
            raise DataFolderError(f"{self._state}: is empty; {ADVICE}")
        for where, line in self._log.read(self._generation):
            self._replay(line, where)

    def _take(self, document: dict[str, Any]) -> None:
        where = str(self._state)
        if document.get("format") != FORMAT:
            raise DataFolderError(
                f"{where}: is of format {document.get('format')!r}, and this mockmail reads {FORMAT}: use the mockmail"
                " that wrote it, or move the file away to start anew"
            )
        self._generation = document.get("generation", 0)
        if not isinstance(self._generation, int):
            raise DataFolderError(f"{where}: generation: expected an integer, came {self._generation!r}; {ADVICE}")
        self._take_facts(document.get("facts", {}), where)
        self.tables = table_of_objects(document.get("tables"), f"{where}: tables")
        for table, documents in self.tables.items():
            table_of_objects(documents, f"{where}: tables.{table}")

    def _take_facts(self, news: object, where: str) -> None:
        self._facts = self._facts | table_of_objects(news, f"{where}: facts")
        count = self._facts.get(NOTES, 0)
        if not isinstance(count, int):
            raise DataFolderError(f"{where}: facts.{NOTES}: expected an integer, came {count!r:.80}; {ADVICE}")
        texts(self._facts.get(PREPARED, []), f"{where}: facts.{PREPARED}")

    def _replay(self, line: dict[str, Any], where: str) -> None:
        for table in texts(line.get("emptied", []), f"{where}: emptied"):
            self.tables.setdefault(table, {}).clear()
        for table, documents in table_of_objects(line.get("tables"), f"{where}: tables").items():
            _merge(self.tables.setdefault(table, {}), table_of_objects(documents, f"{where}: tables.{table}"))
        self._take_facts(line.get("facts", {}), where)
        if line.get("notes"):
            self._notes.append((self._facts.get(NOTES, 0), line["notes"]))


def _merge(documents: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, document in changes.items():
        if document is None:
            documents.pop(key, None)
        else:
            documents[key] = document
