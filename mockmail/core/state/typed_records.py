"""The typed records of a table, found by natural key or by index."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from mockmail.core.errors import DuplicateRecord
from mockmail.core.state.database import Database
from mockmail.core.state.indexes import Indexes
from mockmail.core.state.records import Record
from mockmail.core.state.table import KeyedTable

R = TypeVar("R", bound=Record)


class Records(Generic[R]):
    """The records of one table. Point reads, writes and deletes cost the same at any size."""

    def __init__(self, database: Database, table: KeyedTable, model: type[R]) -> None:
        self._database = database
        self._table = table
        self._model = model
        self._indexes: Indexes[R] = Indexes(model)
        # Records are immutable, so all readers share the record of a document.
        self._made: dict[str, R] = {}
        # By key, a number in the order of adding, with which a rollback restores the order.
        self._positions: dict[str, int] = {}
        self._last_position = 0
        self._in_order = True
        self._version = table.version if not len(table) else -1

    def __repr__(self) -> str:
        return f"<Records {self._table.name}: {len(self)}>"

    def __len__(self) -> int:
        return len(self._table.documents())

    def __iter__(self) -> Iterator[R]:
        return iter(self._make(self._table.documents()))

    def __reversed__(self) -> Iterator[R]:
        """Yield the records from the newest on, each when it is asked for."""
        return (record for record in map(self.get, reversed(self._table.documents())) if record is not None)

    def __contains__(self, key: str) -> bool:
        return key in self._table.documents()

    def get(self, key: str) -> R | None:
        """Return the record with this natural key, or None."""
        self._keep_up()
        record = self._made.get(key)
        if record is None:
            document = self._table.documents().get(key)
            if document is not None:
                record = self._made[key] = self._model.from_document(document)
        return record

    def add(self, record: R) -> R:
        """Add a new record. Raise DuplicateRecord if there is one with its key."""
        key = record.key
        if key in self._table.documents():
            raise DuplicateRecord(f"{self._table.name} has a record {key!r} already")
        self._write(key, record)
        return record

    def put(self, record: R) -> R:
        """Add a record, or replace the one with the same key."""
        self._write(record.key, record)
        return record

    def remove(self, key: str) -> R | None:
        """Remove a record and return it; None when there is none."""
        return self._write(key, None) if key in self else None

    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the JSON documents of the records by key, in the order they were added. Do not change them."""
        return self._table.documents()

    def find(self, index: str, value: Hashable) -> list[R]:
        """Return the records that an index of the model files under a value, in the order they were added."""
        self._keep_up()
        return self._make(self._indexes.keys(index, value))

    def first(self, index: str, value: Hashable) -> R | None:
        """Return the first record that an index files under a value, or None."""
        self._keep_up()
        for key in self._indexes.keys(index, value):
            return self.get(key)
        return None

    def count(self, index: str, value: Hashable) -> int:
        """Return the number of records that an index files under a value."""
        self._keep_up()
        return len(self._indexes.keys(index, value))

    def total(self, name: str, value: Hashable) -> int:
        """Return one of the model's running totals for a value."""
        self._keep_up()
        return self._indexes.total(name, value)

    def page_of(self, index: str, value: Hashable, offset: int, size: int) -> list[R]:
        """Return `size` records, from `offset` on, of those that an index files under a value, sorted by key."""
        self._keep_up()
        return self._make(self._indexes.sorted_keys(index, value)[offset : offset + size])

    def page(self, offset: int, size: int) -> list[R]:
        """Return `size` records from the one at `offset`, in the order they were added."""
        return self._make(islice(self._table.documents(), offset, offset + size))

    def restore_order(self) -> None:
        """Restore the order of the records after a rollback, which puts removed records back at the end."""
        if not self._in_order:
            self._table.reorder(self._positions.__getitem__)
            self._rebuild()
            self._in_order = True

    def _make(self, keys: Iterable[str]) -> list[R]:
        return [record for record in map(self.get, keys) if record is not None]

    def _write(self, key: str, record: R | None) -> R | None:
        if self._database.in_transaction:
            self._keep_up()
            position = self._positions.get(key)
            old = self._apply(key, record)
            self._database.on_rollback(lambda: self._roll_back(key, old, position))
            return old
        with self._database.transaction():
            return self._write(key, record)

    def _apply(self, key: str, record: R | None) -> R | None:
        old = self.get(key)
        if old is None and record is None:
            return None
        self._indexes.refile(key, old, record)
        self._table.write(key, None if record is None else record.to_document())
        if record is None:
            self._made.pop(key, None)
            del self._positions[key]
        else:
            self._made[key] = record
            if old is None:
                self._last_position += 1
                self._positions[key] = self._last_position
        self._version = self._table.version
        return old

    def _roll_back(self, key: str, old: R | None, position: int | None) -> None:
        self._apply(key, old)
        if position is not None and self._positions[key] != position:
            self._positions[key] = position
            self._in_order = False

    def _keep_up(self) -> None:
        # The TinyDB table may have been written to directly.
        if self._version != self._table.version:
            self._made.clear()
            self._positions = {key: position for position, key in enumerate(self._table.documents(), 1)}
            self._last_position = len(self._positions)
            self._rebuild()
            self._version = self._table.version

    def _rebuild(self) -> None:
        documents = self._table.documents()
        self._indexes.rebuild((key, self._model.from_document(document)) for key, document in documents.items())
