"""A World's vendor state: typed records on TinyDB, found by natural key or by index."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from mockmail.core.errors import DataFolderError, DuplicateRecord, SeedError
from mockmail.core.state.database import Database
from mockmail.core.state.documents import json_text
from mockmail.core.state.indexes import Indexes
from mockmail.core.state.records import Document, Record, checked
from mockmail.core.state.table import KeyedTable, LiveStorage, StateDB

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor

R = TypeVar("R", bound=Record)

ADVICE = "correct it with sqlite3, or move the file away to start without this sandbox"


class Sequence(Record, frozen=True, kw_only=True):
    """A running number of a vendor, such as the next account id."""

    table: ClassVar[str] = "sequences"
    key_fields = ("name",)

    name: str
    next: int


class Records(Generic[R]):
    """The records of one table. Point reads, writes and deletes cost the same at any size."""

    def __init__(self, store: Store, table: KeyedTable, model: type[R]) -> None:
        self._store = store
        self._table = table
        self._model = model
        self._indexes: Indexes[R] = Indexes(model)
        # Records are immutable, so all readers share the record of a document.
        self._made: dict[str, R] = {}
        # A number for each key, in the order they were added, to put a record back where it was after a rollback.
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
        """Sort the records as they were before a rollback put removed ones back at the end."""
        if not self._in_order:
            self._table.reorder(self._positions.__getitem__)
            self._rebuild()
            self._in_order = True

    def _make(self, keys: Iterable[str]) -> list[R]:
        return [record for record in map(self.get, keys) if record is not None]

    def _write(self, key: str, record: R | None) -> R | None:
        if self._store.database.in_transaction:
            self._keep_up()
            position = self._positions.get(key)
            old = self._apply(key, record)
            self._store.database.on_rollback(lambda: self._roll_back(key, old, position))
            return old
        with self._store.transaction():
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


class Store:
    """All vendors' state of one World.

    A vendor's tables are named `vendor.table`. `db` is the TinyDB underneath, for its own queries.
    With a database in a file, a transaction writes the changed records into its table `record`.
    """

    def __init__(self, database: Database | None = None) -> None:
        self.database = database or Database()
        self.db = StateDB(storage=LiveStorage, keep_changes=self.database.path is not None)
        self._storage = cast("LiveStorage", self.db.storage)
        self._records: dict[tuple[str, type[Record]], Records[Any]] = {}
        self.database.after_rollback.append(self._finish_rollback)
        if self.database.path is not None:
            self.database.before_commit.append(self._write_changes)

    def records(self, vendor: str, model: type[R]) -> Records[R]:
        """Return a vendor's records of one kind."""
        found = self._records.get((vendor, model))
        if found is None:
            table = cast(KeyedTable, self.db.table(f"{vendor}.{model.table}"))
            found = self._records[vendor, model] = Records(self, table, model)
        return found

    def next_number(self, vendor: str, sequence: str) -> int:
        """Return the next number of a vendor's sequence, which starts at 1 unless a seed says otherwise."""
        sequences = self.records(vendor, Sequence)
        current = sequences.get(sequence)
        number = current.next if current is not None else 1
        sequences.put(Sequence(name=sequence, next=number + 1))
        return number

    def load(self, vendor: Vendor, document: object, *, where: str) -> None:
        """Add a vendor's tables, `{table: [documents]}`, replacing records of the same key.

        Raise SeedError, and add nothing, if a table or a field does not fit; `where` begins the path in the error.
        """
        models: dict[str, type[Record]] = {model.table: model for model in _models(vendor)}
        if not isinstance(document, Mapping):
            raise SeedError(f"{where}: expected an object of tables, came {document!r}")
        with self.transaction():
            for table, rows in document.items():
                if table not in models:
                    raise SeedError(f"{where}.{table}: no such table; {vendor.name} has {', '.join(sorted(models))}")
                if not isinstance(rows, list | tuple):
                    raise SeedError(f"{where}.{table}: expected an array of objects, came {rows!r}")
                records: Records[Any] = self.records(vendor.name, models[table])
                for number, row in enumerate(rows):
                    records.put(checked(models[table], row, f"{where}.{table}[{number}]"))

    def dump(self, vendor: Vendor) -> dict[str, list[Document]]:
        """Return a vendor's tables as JSON documents, tables without records left out."""
        models: list[type[Record]] = sorted(_models(vendor), key=lambda model: model.table)
        tables = {
            model.table: [record.to_document() for record in self.records(vendor.name, model)] for model in models
        }
        return {table: rows for table, rows in tables.items() if rows}

    def read_database(self, vendors: Iterable[Vendor]) -> None:
        """Load the records of these vendors from the database's file; those of others stay in the file.

        Raise DataFolderError for a record that does not fit its model, as after an edit by hand.
        """
        models = {vendor.name: {model.table: model for model in _models(vendor)} for vendor in vendors}
        rows = self.database.reading().execute("SELECT vendor_table, key, document FROM record ORDER BY position")
        for name, key, text in rows:
            vendor, _, table = name.partition(".")
            if vendor in models:
                try:
                    record = _record_of(models[vendor], table, key, text)
                except SeedError as error:
                    between = "" if str(error).startswith((".", ":")) else ": "
                    raise DataFolderError(
                        f"{self.database.path}: record {name}[{key!r}]{between}{error}; {ADVICE}"
                    ) from error
                self._storage.tables.setdefault(name, {})[record.key] = record.to_document()

    def clear(self, vendor: str | None = None) -> None:
        """Remove a vendor's records, or all records of all vendors."""
        with self.transaction():
            for name in sorted(self.db.tables()):
                if vendor in (None, name.partition(".")[0]):
                    self._clear_table(cast("KeyedTable", self.db.table(name)))
            if vendor is None and self.database.path is not None:
                self.database.writing().execute("DELETE FROM record")

    def transaction(self) -> AbstractContextManager[None]:
        """Return the transaction of the database. See `Database.transaction`."""
        return self.database.transaction()

    @property
    def version(self) -> int:
        """Return the number of changes; while it is the same, no record has changed."""
        return self._storage.version

    def observe(self, observer: Callable[[list[str]], None]) -> Callable[[], None]:
        """Call a function after each transaction that changed records, with the names of their tables, `vendor.table`.

        Return a function that ends this.
        """

        def report() -> None:
            changed, self._storage.changed_tables = self._storage.changed_tables, set()
            if changed:
                observer(sorted(changed))

        def stop() -> None:
            self._storage.changed_tables = None
            self.database.after_commit.remove(report)

        self._storage.changed_tables = set()
        self.database.after_commit.append(report)
        return stop

    def close(self) -> None:
        """Close TinyDB."""
        self.db.close()

    def _clear_table(self, table: KeyedTable) -> None:
        documents = dict(table.documents())
        table.truncate()
        self.database.on_rollback(lambda: table.refill(documents))

    def _write_changes(self) -> None:
        changes, self._storage.changes = self._storage.changes or [], []
        whole = {table for table, key, _ in changes if key is None}
        for table, key, document in changes:
            if key is not None and table not in whole:
                self._write_row(table, key, document)
        for table in sorted(whole):
            self.database.writing().execute("DELETE FROM record WHERE vendor_table = ?", (table,))
            for key, document in self._storage.tables.get(table, {}).items():
                self._write_row(table, key, document)

    def _write_row(self, table: str, key: str, document: Mapping[str, Any] | None) -> None:
        if document is None:
            sql = "DELETE FROM record WHERE vendor_table = ? AND key = ?"
            self.database.writing().execute(sql, (table, _key_column(key)))
        else:
            sql = (
                "INSERT INTO record (vendor_table, key, document) VALUES (?, ?, ?)"
                " ON CONFLICT (vendor_table, key) DO UPDATE SET document = excluded.document"
            )
            self.database.writing().execute(sql, (table, _key_column(key), json_text(document)))

    def _finish_rollback(self) -> None:
        for records in self._records.values():
            records.restore_order()
        if self._storage.changes is not None:
            self._storage.changes = []
        if self._storage.changed_tables is not None:
            self._storage.changed_tables = set()


def _models(vendor: Vendor) -> list[type[Record]]:
    return [*vendor.models, Sequence]


def _record_of(models: Mapping[str, type[Record]], table: str, key: str, text: str) -> Record:
    if table not in models:
        raise SeedError(f": no such table; there are {', '.join(sorted(models))}")
    try:
        document = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise SeedError(f": is not JSON ({error})") from error
    record = checked(models[table], document, "")
    if _key_column(record.key) != key:
        raise SeedError(f": a record with these fields has the key {record.key!r}")
    return record


def _key_column(key: str) -> str:
    # SQLite cannot store half a surrogate pair, so such a key is written as JSON.
    try:
        key.encode()
    except UnicodeEncodeError:
        return json.dumps(key)
    return key
