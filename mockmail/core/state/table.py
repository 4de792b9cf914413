"""TinyDB's table, made to cost the same at any size.

TinyDB copies a whole table at each write, because a storage may be a file that knows only strings as keys. Its two
documented extension points take that away: `document_id_class` (a record's natural key *is* its document id, so
TinyDB's own `get(doc_id=...)` finds it at once) and a table class of our own, which updates in place.
Everything else of TinyDB, `Query` and `search` first of all, works as its documentation says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinydb import TinyDB
from tinydb.table import Table

from mockmail.core.state.storage import LiveStorage


class KeyedTable(Table):
    """A table whose document ids are natural keys, written in place.

    `version` counts the writes, so that an index beside the table knows when somebody wrote past it.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB annotates the attribute by its default, int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = 0

    def documents(self) -> dict[str, Mapping[str, Any]]:
        """The table's own documents by key, in the order they were added. To read, not to change."""
        return self._read_table()

    def write(self, key: str, document: Mapping[str, Any] | None) -> None:
        """Put a document under a key, or with None take it away."""
        table = self._live()
        if document is None:
            del table[key]
        else:
            table[key] = document
        self._wrote(key)

    def refill(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Put documents back that were taken away."""
        self._live().update(documents)
        self._wrote(None)

    def reorder(self, place_of: Callable[[str], int]) -> None:
        """Put the documents in the order that their keys have."""
        table = self._live()
        in_order = sorted(table.items(), key=lambda item: place_of(item[0]))
        table.clear()
        table.update(in_order)

    def _get_next_id(self) -> int:
        raise TypeError(f"a document of {self.name} goes by its natural key: insert(Document({{...}}, doc_id=KEY))")

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        """TinyDB's own writes: any document may be another."""
        updater(self._live())
        self._wrote(None)

    def _live(self) -> Any:
        """The documents themselves."""
        tables = self._storage.read() or {}
        table = tables.get(self.name)
        if table is None:
            table = tables[self.name] = {}
            self._storage.write(tables)
        return table

    def _wrote(self, key: str | None) -> None:
        self.version += 1
        if isinstance(self._storage, LiveStorage):
            self._storage.touched(self.name, key)
        if len(self._query_cache):
            self.clear_cache()


class StateDB(TinyDB):
    """TinyDB with tables that cost the same at any size. One that is dropped is emptied: whoever has it sees that."""

    table_class = KeyedTable

    def drop_table(self, name: str) -> None:
        """Take a table's documents away."""
        if name in self.tables():
            self.table(name).truncate()

    def drop_tables(self) -> None:
        """Take all documents away."""
        for name in sorted(self.tables()):
            self.drop_table(name)
