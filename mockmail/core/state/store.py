"""A World's vendor state: the records of its vendors on TinyDB, and their copy in the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from mockmail.core.errors import DataFolderError, SeedError, UnknownName
from mockmail.core.state.database import Database
from mockmail.core.state.documents import json_text
from mockmail.core.state.records import Document, Record, checked
from mockmail.core.state.table import KeyedTable, LiveStorage, StateDB
from mockmail.core.state.typed_records import Records

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


class Store:
    """All vendors' state of one World.

    A vendor's tables are named `vendor.table`. `db` is the TinyDB underneath, for its own queries.
    With a database in a file, a transaction writes the changed records into its table `record`. Seeds are written with
    the next records or messages, so that a sandbox that is only read needs no file and no room on the disk.

    is_written: whether there was a change besides seeds.
    """

    def __init__(self, database: Database | None = None) -> None:
        self.database = database or Database()
        self.db = StateDB(storage=LiveStorage)
        self._storage = cast("LiveStorage", self.db.storage)
        self._records: dict[tuple[str, type[Record]], Records[Any]] = {}
        self.is_written = False
        self._unwritten: frozenset[str] = frozenset()
        """The tables whose seeds are not in the file yet."""
        self.database.after_rollback.append(self._finish_rollback)
        self.database.before_commit.append(self._write_changes)

    def records(self, vendor: str, model: type[R]) -> Records[R]:
        """Return a vendor's records of one kind."""
        found = self._records.get((vendor, model))
        if found is None:
            table = cast(KeyedTable, self.db.table(f"{vendor}.{model.table}"))
            found = self._records[vendor, model] = Records(self.database, table, model)
        return found

    def tables(self, vendor: Vendor) -> dict[str, Records[Any]]:
        """Return the records of each of a vendor's tables that has any, sorted by the name of the table."""
        tables = {model.table: self.records(vendor.name, model) for model in sorted(_models(vendor), key=_table_name)}
        return {name: records for name, records in tables.items() if len(records)}

    def table(self, vendor: Vendor, name: str) -> Records[Any]:
        """Return the records of a vendor's table. Raise UnknownName if it has no such table."""
        models = {model.table: model for model in _models(vendor)}
        if name not in models:
            raise UnknownName(f"there is no table {name[:80]!r}; {vendor.name} has {', '.join(sorted(models))}")
        return self.records(vendor.name, models[name])

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
            raise SeedError(f"{where}: expected an object of tables, got {document!r}")
        with self.transaction():
            for table, rows in document.items():
                if table not in models:
                    raise SeedError(f"{where}.{table}: no such table; {vendor.name} has {', '.join(sorted(models))}")
                if not isinstance(rows, list | tuple):
                    raise SeedError(f"{where}.{table}: expected an array of objects, got {rows!r}")
                records: Records[Any] = self.records(vendor.name, models[table])
                for number, row in enumerate(rows):
                    records.put(checked(models[table], row, f"{where}.{table}[{number}]"))

    @contextmanager
    def seeding(self) -> Iterator[None]:
        """Return a context whose changes are seeds: they are written with the next other changes."""
        changes, unwritten = self._storage.changes, self._unwritten
        before = len(changes)
        self.database.on_rollback(lambda: setattr(self, "_unwritten", unwritten))
        yield
        self._unwritten |= {table for table, _, _ in changes[before:]}
        del changes[before:]

    def dump(self, vendor: Vendor) -> dict[str, list[Document]]:
        """Return a vendor's tables as JSON documents, tables without records left out."""
        return {name: [record.to_document() for record in records] for name, records in self.tables(vendor).items()}

    def read_database(self, vendors: Iterable[Vendor]) -> None:
        """Load the records of these vendors from the database's file; other vendors' records stay in the file.

        Raise DataFolderError for a record that does not fit its model, for example after an edit by hand.
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
            if vendor is None:
                self._forget_everything()

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

    def write_seeds(self) -> None:
        """Write the seeds that are not in the file yet."""
        tables, self._unwritten = self._unwritten, frozenset()
        self.database.on_rollback(lambda: setattr(self, "_unwritten", tables))
        self._write_tables(tables)

    def mark_written(self) -> None:
        """Treat the state as changed, even if no record has changed."""
        self.is_written = True
        if self.database.path is not None:
            self.database.writing()

    def _forget_everything(self) -> None:
        before = self._unwritten, self.is_written

        def undo() -> None:
            self._unwritten, self.is_written = before

        self.database.on_rollback(undo)
        self._unwritten, self.is_written = frozenset(), False
        self._storage.changes = []
        if self.database.path is not None and self.database.exists:
            self.database.writing().execute("DELETE FROM record")

    def _write_changes(self) -> None:
        changes = self._storage.changes
        if not changes and not (self._unwritten and self.database.has_writes):
            return
        self._storage.changes = []
        self.is_written = True
        if self.database.path is None:
            return
        if self._unwritten:
            self.write_seeds()
        whole = {table for table, key, _ in changes if key is None}
        for table, key, document in changes:
            if key is not None and table not in whole:
                self._write_row(table, key, document)
        self._write_tables(whole)

    def _write_tables(self, tables: Iterable[str]) -> None:
        for table in sorted(tables):
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
        self._storage.changes = []
        if self._storage.changed_tables is not None:
            self._storage.changed_tables = set()


def _models(vendor: Vendor) -> list[type[Record]]:
    return [*vendor.models, Sequence]


def _table_name(model: type[Record]) -> str:
    return model.table


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
