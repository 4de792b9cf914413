"""Indexes of records by other values than the natural key, and running totals."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from mockmail.core.state.records import Record

R = TypeVar("R", bound=Record)
IndexKey = tuple[str, Hashable]


class Indexes(Generic[R]):
    """The indexes and running totals of one table, as its model's `indexes` and `sums` define them."""

    def __init__(self, model: type[R]) -> None:
        self._model = model
        self._filed: dict[IndexKey, dict[str, None]] = {}
        self._sorted: dict[IndexKey, list[str]] = {}
        self._sums: dict[IndexKey, int] = {}

    def keys(self, index: str, value: Hashable) -> Collection[str]:
        """Return the keys filed under a value, in the order they were filed. Raise KeyError for an unknown index."""
        if index not in self._model.indexes:
            raise KeyError(index)
        return self._filed.get((index, value), {}).keys()

    def sorted_keys(self, index: str, value: Hashable) -> Sequence[str]:
        """Return the keys filed under a value, sorted."""
        keys = self._sorted.get((index, value))
        if keys is None:
            keys = sorted(self.keys(index, value))
            if keys:
                self._sorted[index, value] = keys
        return keys

    def total(self, name: str, value: Hashable) -> int:
        """Return a running total for a value."""
        return self._sums.get((name, value), 0)

    def rebuild(self, records: Iterable[tuple[str, R]]) -> None:
        """Remove all entries and file these records."""
        self._filed.clear()
        self._sorted.clear()
        self._sums.clear()
        for key, record in records:
            self.refile(key, None, record)

    def refile(self, key: str, before: R | None, after: R | None) -> None:
        """Replace an old record by a new one; under an unchanged value the key keeps its position."""
        for name, value_of in self._model.indexes.items():
            was = None if before is None else value_of(before)
            now = None if after is None else value_of(after)
            if was == now:
                continue
            if was is not None:
                self._unfile((name, was), key)
            if now is not None:
                self._file((name, now), key)
        self._add_up(before, -1)
        self._add_up(after, 1)

    def _file(self, index_key: IndexKey, key: str) -> None:
        self._filed.setdefault(index_key, {})[key] = None
        if index_key in self._sorted:
            insort(self._sorted[index_key], key)

    def _unfile(self, index_key: IndexKey, key: str) -> None:
        filed = self._filed[index_key]
        del filed[key]
        if index_key in self._sorted:
            keys = self._sorted[index_key]
            del keys[bisect_left(keys, key)]
        if not filed:
            del self._filed[index_key]
            self._sorted.pop(index_key, None)

    def _add_up(self, record: Any, sign: int) -> None:
        if record is None:
            return
        for name, (value_of, amount_of) in self._model.sums.items():
            index_key = (name, value_of(record))
            self._sums[index_key] = self._sums.get(index_key, 0) + sign * amount_of(record)
            if not self._sums[index_key]:
                del self._sums[index_key]
