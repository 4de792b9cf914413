"""TinyDB's table, made to cost the same at any size.

TinyDB copies a whole table at each write, because a storage may be a file that knows only strings as keys. Its
documented extension points avoid that: `document_id_class` (a record's natural key *is* its document id, so TinyDB's
own `get(doc_id=...)` finds it at once), a table class that updates in place, and a storage that keeps the tables in
memory and lists the changes for the database. Everything else of TinyDB, `Query` and `search` first of all, works as
its documentation says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

Change = tuple[str, str | None, Mapping[str, Any] | None]
"""A table, a key, and the written document or None for a removal. A key of None means the whole table."""


class LiveStorage(Storage):
    """TinyDB's tables in memory, changed in place.

    version: the number of changes, rolled back ones and their rollback included.
    changes: the changes of the transaction in progress, in order.
    changed_tables: the names of the tables that the transaction in progress changed; None if nobody observes them.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.version = 0
        self.changes: list[Change] = []
        self.changed_tables: set[str] | None = None

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the live tables themselves."""
        return self.tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Note that a table was added."""
        self.tables = data
        self.version += 1

    def changed(self, table: str, key: str | None, document: Mapping[str, Any] | None) -> None:
        """Note a change."""
        self.version += 1
        self.changes.append((table, key, document))
        if self.changed_tables is not None:
            self.changed_tables.add(table)


class KeyedTable(Table):
    """A table whose document ids are natural keys, written in place.

    version: the number of writes, by which `Records` notices direct writes.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB annotates the attribute by its default, int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = 0

    def documents(self) -> dict[str, Mapping[str, Any]]:
        """Return the table's documents by key, in the order they were added. Do not change them."""
        return self._read_table()

    def write(self, key: str, document: Mapping[str, Any] | None) -> None:
        """Put a document under a key, or with None remove it."""
        table = self._live()
        if document is None:
            del table[key]
        else:
            table[key] = document
        self._changed(key, document)

    def refill(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Put back documents that were removed."""
        self._live().update(documents)
        self._changed(None)

    def reorder(self, position_of: Callable[[str], int]) -> None:
        """Sort the documents by a position that each key has."""
        table = self._live()
        in_order = sorted(table.items(), key=lambda item: position_of(item[0]))
        table.clear()
        table.update(in_order)

    def _get_next_id(self) -> int:
        raise TypeError(f"a document of {self.name} goes by its natural key: insert(Document({{...}}, doc_id=KEY))")

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        updater(self._live())
        self._changed(None)

    def _live(self) -> Any:
        tables = self._storage.read() or {}
        table = tables.get(self.name)
        if table is None:
            table = tables[self.name] = {}
            self._storage.write(tables)
        return table

    def _changed(self, key: str | None, document: Mapping[str, Any] | None = None) -> None:
        self.version += 1
        if isinstance(self._storage, LiveStorage):
            self._storage.changed(self.name, key, document)
        if len(self._query_cache):
            self.clear_cache()


class StateDB(TinyDB):
    """TinyDB with tables that cost the same at any size. Dropping a table empties it, so that its users notice."""

    table_class = KeyedTable

    def drop_table(self, name: str) -> None:
        """Remove a table's documents."""
        if name in self.tables():
            self.table(name).truncate()

    def drop_tables(self) -> None:
        """Remove all documents."""
        for name in sorted(self.tables()):
            self.drop_table(name)
