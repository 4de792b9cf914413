"""A World's vendor state: typed records on TinyDB, found by natural key or by index."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from tinydb.queries import QueryLike
from tinydb.storages import MemoryStorage, Storage

from mockmail.core.errors import DuplicateRecord, SeedError
from mockmail.core.records import Document, Record, checked
from mockmail.core.table import KeyedTable, StateDB

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor

R = TypeVar("R", bound=Record)
Undo = Callable[[], None]
Indexes = dict[str, dict[Hashable, dict[str, None]]]


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
        self._indexes: Indexes = {}
        self._sorted: dict[tuple[str, Hashable], list[str]] = {}
        self._sums: dict[tuple[str, Hashable], int] = {}
        self._indexed_version = -1

    def __repr__(self) -> str:
        return f"<Records {self._table.name}: {len(self)}>"

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[R]:
        """All records, in the order they were added."""
        return iter([self._model.from_document(document) for document in self._table.documents().values()])

    def __contains__(self, key: str) -> bool:
        return key in self._table.documents()

    def get(self, key: str) -> R | None:
        """The record with this natural key."""
        document = self._table.documents().get(key)
        return None if document is None else self._model.from_document(document)

    def add(self, record: R) -> R:
        """Keep a new record. Raises DuplicateRecord when its key is taken."""
        if record.key in self:
            raise DuplicateRecord(f"{self._table.name} has a record {record.key!r} already")
        return self.put(record)

    def put(self, record: R) -> R:
        """Keep a record, new or in place of the one with the same key."""
        self._write(record.key, record)
        return record

    def remove(self, key: str) -> R | None:
        """Take a record away and return it; None when there is none."""
        old = self.get(key)
        if old is not None:
            self._write(key, None)
        return old

    def find(self, index: str, value: Hashable) -> list[R]:
        """The records that an index of the model files under a value, in the order they were added."""
        keys = self._fresh_indexes()[index].get(value, ())
        documents = self._table.documents()
        return [self._model.from_document(documents[key]) for key in keys]

    def first(self, index: str, value: Hashable) -> R | None:
        """The first record that an index files under a value."""
        for key in self._fresh_indexes()[index].get(value, ()):
            return self.get(key)
        return None

    def count(self, index: str, value: Hashable) -> int:
        """How many records an index files under a value."""
        return len(self._fresh_indexes()[index].get(value, ()))

    def total(self, name: str, value: Hashable) -> int:
        """What one of the model's running totals comes to for a value."""
        self._fresh_indexes()
        return self._sums.get((name, value), 0)

    def page_of(self, index: str, value: Hashable, offset: int, size: int) -> list[R]:
        """`size` records, from the one at `offset`, of those that an index files under a value: in order of keys."""
        filed = self._fresh_indexes()[index].get(value, ())
        keys = self._sorted.get((index, value))
        if keys is None:
            keys = sorted(filed)
            if keys:
                self._sorted[index, value] = keys
        documents = self._table.documents()
        return [self._model.from_document(documents[key]) for key in keys[offset : offset + size]]

    def page(self, offset: int, size: int) -> list[R]:
        """`size` records from the one at `offset`, in the order they were added."""
        documents = islice(self._table.documents().values(), offset, offset + size)
        return [self._model.from_document(document) for document in documents]

    def search(self, query: QueryLike) -> list[R]:
        """The records that a TinyDB query matches; it looks at every one."""
        return [self._model.from_document(document) for document in self._table.search(query)]

    def clear(self) -> None:
        """Take all records away."""
        for key in list(self._table.documents()):
            self._write(key, None)

    def _write(self, key: str, record: R | None) -> None:
        old = self._table.documents().get(key)
        if self._model.indexes or self._model.sums:
            self._refile(self._fresh_indexes(), key, old, record)
        self._table.write(key, None if record is None else record.to_document())
        self._indexed_version = self._table.version
        self._store.wrote(lambda: self._undo(key, old))

    def _undo(self, key: str, old: Mapping[str, Any] | None) -> None:
        if old is not None or key in self:
            self._table.write(key, old)

    def _refile(self, indexes: Indexes, key: str, old: Document | Any, record: R | None) -> None:
        """Bring the indexes from an old document to a new record; where the value is the same, so is the place."""
        before = None if old is None else self._model.from_document(old)
        for name, value_of in self._model.indexes.items():
            was = None if before is None else value_of(before)
            now = None if record is None else value_of(record)
            if was == now:
                continue
            if was is not None:
                self._unfile(indexes[name], name, was, key)
            if now is not None:
                self._file(indexes[name], name, now, key)
        self._add_up(before, -1)
        self._add_up(record, 1)

    def _add_up(self, record: R | None, sign: int) -> None:
        if record is None:
            return
        for name, (value_of, amount_of) in self._model.sums.items():
            place = (name, value_of(record))
            self._sums[place] = self._sums.get(place, 0) + sign * amount_of(record)
            if not self._sums[place]:
                del self._sums[place]

    def _file(self, index: dict[Hashable, dict[str, None]], name: str, value: Hashable, key: str) -> None:
        index.setdefault(value, {})[key] = None
        if (name, value) in self._sorted:
            insort(self._sorted[name, value], key)

    def _unfile(self, index: dict[Hashable, dict[str, None]], name: str, value: Hashable, key: str) -> None:
        filed = index[value]
        del filed[key]
        if (name, value) in self._sorted:
            keys = self._sorted[name, value]
            del keys[bisect_left(keys, key)]
        if not filed:
            del index[value]
            self._sorted.pop((name, value), None)

    def _fresh_indexes(self) -> Indexes:
        """The indexes, made anew if somebody wrote to the TinyDB table itself (or undid a write)."""
        if self._indexed_version != self._table.version:
            self._indexes = {name: {} for name in self._model.indexes}
            self._sorted.clear()
            self._sums.clear()
            for key, document in self._table.documents().items():
                self._refile(self._indexes, key, None, self._model.from_document(document))
            self._indexed_version = self._table.version
        return self._indexes


class Store:
    """All vendors' state of one World.

    A vendor's tables are named `vendor.table`. `db` is the TinyDB underneath, for searches of one's own.
    """

    def __init__(self, storage: type[Storage] = MemoryStorage, **storage_options: Any) -> None:
        self.db = StateDB(storage=storage, **storage_options)
        self._records: dict[tuple[str, type[Record]], Records[Any]] = {}
        self._undo: list[Undo] | None = None

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
        current = sequences.get(sequence) or Sequence(name=sequence, next=1)
        sequences.put(current.replace(next=current.next + 1))
        return current.next

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

    def clear(self, vendor: str | None = None) -> None:
        """Take away a vendor's records, or everybody's."""
        for (owner, _), records in self._records.items():
            if vendor in (None, owner):
                records.clear()

    def _models(self, vendor: Vendor) -> list[type[Record]]:
        return [*vendor.models, Sequence]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all writes inside, or, when an exception leaves it, none."""
        if self._undo is not None:
            yield
            return
        self._undo = []
        try:
            yield
        except BaseException:
            undo, self._undo = self._undo, None
            for step in reversed(undo):
                step()
            raise
        finally:
            self._undo = None

    def wrote(self, undo: Undo) -> None:
        """Note how to take back a write, for the transaction around it."""
        if self._undo is not None:
            self._undo.append(undo)
