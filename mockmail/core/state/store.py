"""A World's vendor state: typed records on TinyDB, found by natural key or by index."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, cast

from tinydb.queries import QueryLike

from mockmail.core.errors import DuplicateRecord, SeedError
from mockmail.core.state.indexes import Indexes
from mockmail.core.state.records import Document, Record, checked
from mockmail.core.state.storage import NOTES, Facts, FactsNow, FileStorage, LiveStorage, Note, Notes
from mockmail.core.state.table import KeyedTable, StateDB

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor

R = TypeVar("R", bound=Record)
Undo = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Record):
    """A running number of a vendor, such as the next account id."""

    table: ClassVar[str] = "sequences"

    name: str
    next: int

    @property
    def key(self) -> str:
        """The sequence's name."""
        return self.name


class Records(Generic[R]):
    """The records of one table. Point reads, writes and deletes cost the same at any size."""

    def __init__(self, store: Store, table: KeyedTable, model: type[R]) -> None:
        self._store = store
        self._table = table
        self._model = model
        self._indexes: Indexes[R] = Indexes(model)
        # Records are immutable, so the one that was made of a document serves every reader.
        self._made: dict[str, R] = {}
        # A number for each key, in the order they were added: a removal that is taken back goes where it was.
        self._places: dict[str, int] = {}
        self._last_place = 0
        self._in_order = True
        self._version = table.version if not len(table) else -1

    def __repr__(self) -> str:
        return f"<Records {self._table.name}: {len(self)}>"

    def __len__(self) -> int:
        return len(self._table.documents())

    def __iter__(self) -> Iterator[R]:
        """All records, in the order they were added."""
        return iter(self._make(self._table.documents()))

    def __contains__(self, key: str) -> bool:
        return key in self._table.documents()

    def get(self, key: str) -> R | None:
        """The record with this natural key."""
        self._keep_up()
        record = self._made.get(key)
        if record is None:
            document = self._table.documents().get(key)
            if document is not None:
                record = self._made[key] = self._model.from_document(document)
        return record

    def add(self, record: R) -> R:
        """Keep a new record. Raises DuplicateRecord when its key is taken."""
        key = record.key
        if key in self._table.documents():
            raise DuplicateRecord(f"{self._table.name} has a record {key!r} already")
        self._write(key, record)
        return record

    def put(self, record: R) -> R:
        """Keep a record, new or in place of the one with the same key."""
        self._write(record.key, record)
        return record

    def remove(self, key: str) -> R | None:
        """Take a record away and return it; None when there is none."""
        return self._write(key, None) if key in self else None

    def find(self, index: str, value: Hashable) -> list[R]:
        """The records that an index of the model files under a value, in the order they were added."""
        self._keep_up()
        return self._make(self._indexes.keys(index, value))

    def first(self, index: str, value: Hashable) -> R | None:
        """The first record that an index files under a value."""
        self._keep_up()
        for key in self._indexes.keys(index, value):
            return self.get(key)
        return None

    def count(self, index: str, value: Hashable) -> int:
        """How many records an index files under a value."""
        self._keep_up()
        return len(self._indexes.keys(index, value))

    def total(self, name: str, value: Hashable) -> int:
        """What one of the model's running totals comes to for a value."""
        self._keep_up()
        return self._indexes.total(name, value)

    def page_of(self, index: str, value: Hashable, offset: int, size: int) -> list[R]:
        """`size` records, from the one at `offset`, of those that an index files under a value: in order of keys."""
        self._keep_up()
        return self._make(self._indexes.sorted_keys(index, value)[offset : offset + size])

    def page(self, offset: int, size: int) -> list[R]:
        """`size` records from the one at `offset`, in the order they were added."""
        return self._make(islice(self._table.documents(), offset, offset + size))

    def search(self, query: QueryLike) -> list[R]:
        """The records that a TinyDB query matches; it looks at every one."""
        return [self._model.from_document(document) for document in self._table.search(query)]

    def tidy(self) -> None:
        """Bring the records back into their order, where writes that were taken back left them in another."""
        if not self._in_order:
            self._table.reorder(self._places.__getitem__)
            self._rebuild()
            self._in_order = True

    def _make(self, keys: Iterable[str]) -> list[R]:
        return [record for record in map(self.get, keys) if record is not None]

    def _write(self, key: str, record: R | None) -> R | None:
        """Put a record under a key, or with None take it away; returns the one that was there."""
        if self._store.in_transaction:
            self._keep_up()
            place = self._places.get(key)
            old = self._apply(key, record)
            self._store.wrote(lambda: self._take_back(key, old, place))
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
            del self._places[key]
        else:
            self._made[key] = record
            if old is None:
                self._last_place += 1
                self._places[key] = self._last_place
        self._version = self._table.version
        return old

    def _take_back(self, key: str, old: R | None, place: int | None) -> None:
        self._apply(key, old)
        if place is not None and self._places[key] != place:
            self._places[key] = place
            self._in_order = False

    def _keep_up(self) -> None:
        """Look again at all documents if somebody wrote to the TinyDB table itself."""
        if self._version != self._table.version:
            self._made.clear()
            self._places = {key: place for place, key in enumerate(self._table.documents(), 1)}
            self._last_place = len(self._places)
            self._rebuild()
            self._version = self._table.version

    def _rebuild(self) -> None:
        documents = self._table.documents()
        self._indexes.rebuild((key, self._model.from_document(one)) for key, one in documents.items())


class Party(Protocol):
    """What is kept elsewhere and belongs to a transaction of the store: all of both, or none."""

    def settle(self, number: int) -> None:
        """Keep it. Raises StorageFull, and keeps none of it, where it cannot. `number` is that of the last notes."""

    def take_back(self) -> None:
        """Keep none of it."""


class Store:
    """All vendors' state of one World.

    A vendor's tables are named `vendor.table`. `db` is the TinyDB underneath, for searches of one's own.

    folder: where it survives; None for memory only. facts: what is kept beside the tables.
    Raises DataFolderError for a folder whose files are not of this kind.
    """

    def __init__(self, folder: Path | None = None, facts: FactsNow = lambda _: {}) -> None:
        self.db = StateDB(storage=LiveStorage) if folder is None else StateDB(folder, storage=FileStorage)
        self._storage = cast("LiveStorage", self.db.storage)
        self._facts = facts
        self._records: dict[tuple[str, type[Record]], Records[Any]] = {}
        self._undo: list[Undo] | None = None
        self._party: Party | None = None
        self._notes: list[Note] = []

    def __repr__(self) -> str:
        return f"<Store {', '.join(sorted(self.db.tables())) or 'empty'}>"

    def records(self, vendor: str, model: type[R]) -> Records[R]:
        """A vendor's records of one kind."""
        found = self._records.get((vendor, model))
        if found is None:
            table = cast(KeyedTable, self.db.table(f"{vendor}.{model.table}"))
            found = self._records[vendor, model] = Records(self, table, model)
        return found

    def next_number(self, vendor: str, sequence: str) -> int:
        """The next number of a vendor's sequence, which starts at 1 unless a seed says otherwise."""
        sequences = self.records(vendor, Sequence)
        current = sequences.get(sequence)
        number = current.next if current is not None else 1
        sequences.put(Sequence(name=sequence, next=number + 1))
        return number

    def load(self, vendor: Vendor, document: object, *, where: str) -> None:
        """Add a vendor's tables, `{table: [documents]}`, replacing records of the same key.

        Raises SeedError, and adds nothing, where a table or a field does not fit; `where` says whose document it is.
        """
        models: dict[str, type[Record]] = {model.table: model for model in self._models(vendor)}
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
        """A vendor's tables as JSON documents, those without records left out."""
        models: list[type[Record]] = sorted(self._models(vendor), key=lambda model: model.table)
        tables = {
            model.table: [record.to_document() for record in self.records(vendor.name, model)] for model in models
        }
        return {table: rows for table, rows in tables.items() if rows}

    def check(self, vendor: Vendor) -> None:
        """Raise SeedError where a vendor's documents are not what its records are made of: somebody edited them."""
        models: dict[str, type[Record]] = {f"{vendor.name}.{model.table}": model for model in self._models(vendor)}
        for name in sorted(self.db.tables()):
            if name.partition(".")[0] != vendor.name:
                continue
            if name not in models:
                place = self._storage.place(name, None)
                raise SeedError(f"{place}: no such table; there are {', '.join(sorted(models))}")
            for key, document in cast("KeyedTable", self.db.table(name)).documents().items():
                self._check_one(models[name], name, key, document)

    def _check_one(self, model: type[Record], table: str, key: str, document: object) -> None:
        try:
            found = checked(model, document, "").key
        except SeedError as error:
            between = "" if str(error).startswith((".", ":")) else ": "
            raise SeedError(f"{self._storage.place(table, key)}{between}{error}") from error
        if found != key:
            place = self._storage.place(table, key)
            raise SeedError(f"{place}: a record with these fields goes under the key {found!r}")

    def clear(self, vendor: str | None = None) -> None:
        """Take away a vendor's records, or everybody's."""
        with self.transaction():
            for name in sorted(self.db.tables()):
                if vendor in (None, name.partition(".")[0]):
                    self._clear_table(cast("KeyedTable", self.db.table(name)))

    def _clear_table(self, table: KeyedTable) -> None:
        documents = dict(table.documents())
        table.truncate()
        self.wrote(lambda: table.refill(documents))

    def _models(self, vendor: Vendor) -> list[type[Record]]:
        return [*vendor.models, Sequence]

    def transaction(self) -> Transaction:
        """Keep all writes inside, or, when an exception leaves it, none. Inside another one, it is part of that."""
        return Transaction(self)

    @property
    def changes(self) -> int:
        """How often anything was written: as long as it is the same, so is all there is."""
        return self._storage.changes

    @property
    def in_transaction(self) -> bool:
        """Whether writes are noted now, to be taken back if need be."""
        return self._undo is not None

    def begin(self) -> bool:
        """Start to note how to take writes back; False where somebody does already."""
        if self._undo is not None:
            return False
        self._undo = []
        return True

    def join(self, party: Party) -> None:
        """Have what is kept elsewhere end as the transaction around this ends."""
        self._party = party

    def note(self, note: Note) -> None:
        """Write beside the transaction what its party is to do, for a process that dies before it has done it."""
        self._notes.append(note)

    def notes(self) -> tuple[Notes, int]:
        """Notes of a former run with their numbers, which may not have been acted upon; the number of the last ever."""
        return self._storage.notes(), int(self._storage.facts().get(NOTES, 0))

    def end(self, *, keep: bool) -> None:
        """Keep what was written since `begin`, or take it back.

        Raises StorageFull, with everything taken back, where it cannot be kept.
        """
        undo, self._undo = self._undo or [], None
        notes, self._notes = self._notes, []
        party, self._party = self._party, None
        if not keep:
            self._take_back(undo, party)
            return
        try:
            number = self._storage.flush(self._facts, notes)
            if party is not None:
                party.settle(number)
        except BaseException:
            self._storage.take_back()
            self._take_back(undo, party)
            raise
        self._storage.shorten(self._facts)

    def kept_facts(self) -> Facts:
        """What a former run kept beside the tables."""
        return self._storage.facts()

    def compact(self, facts: Facts) -> None:
        """Write the whole state in place of the log of changes, where there is a folder. Raises StorageFull."""
        self._storage.compact(facts)

    def shorten_log(self) -> None:
        """Spare the next start a long log, if there is one."""
        self._storage.shorten(self._facts, at_start=True)

    def close(self) -> None:
        """Let go of the folder."""
        self.db.close()

    def _take_back(self, undo: list[Undo], party: Party | None) -> None:
        if party is not None:
            party.take_back()
        for step in reversed(undo):
            step()
        for records in self._records.values():
            records.tidy()
        self._storage.forget()

    def wrote(self, undo: Undo) -> None:
        """Note how to take back a write, for the transaction around it."""
        if self._undo is not None:
            self._undo.append(undo)


class Transaction:
    """All of the writes inside, or none."""

    __slots__ = ("_outermost", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outermost = False

    def __enter__(self) -> None:
        self._outermost = self._store.begin()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._outermost:
            self._store.end(keep=kind is None)
