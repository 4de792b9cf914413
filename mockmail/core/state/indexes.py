"""Ways to find a record besides its natural key: indexes, their keys in order, and running totals."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from mockmail.core.state.records import Record

R = TypeVar("R", bound=Record)
Place = tuple[str, Hashable]


class Indexes(Generic[R]):
    """What a model's `indexes` and `sums` say of the records of one table, kept up record by record."""

    def __init__(self, model: type[R]) -> None:
        self._model = model
        self._filed: dict[Place, dict[str, None]] = {}
        self._sorted: dict[Place, list[str]] = {}
        self._sums: dict[Place, int] = {}

    def keys(self, index: str, value: Hashable) -> Collection[str]:
        """The keys filed under a value, in the order they were filed. Raises KeyError for an index that is not one."""
        if index not in self._model.indexes:
            raise KeyError(index)
        return self._filed.get((index, value), {}).keys()

    def sorted_keys(self, index: str, value: Hashable) -> Sequence[str]:
        """The keys filed under a value, in order of the keys themselves."""
        keys = self._sorted.get((index, value))
        if keys is None:
            keys = sorted(self.keys(index, value))
            if keys:
                self._sorted[index, value] = keys
        return keys

    def total(self, name: str, value: Hashable) -> int:
        """What a running total comes to for a value."""
        return self._sums.get((name, value), 0)

    def rebuild(self, records: Iterable[tuple[str, R]]) -> None:
        """File all records anew."""
        self._filed.clear()
        self._sorted.clear()
        self._sums.clear()
        for key, record in records:
            self.refile(key, None, record)

    def refile(self, key: str, before: R | None, after: R | None) -> None:
        """Bring everything from an old record to a new one; where a value is the same, so is the place."""
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

    def _file(self, place: Place, key: str) -> None:
        self._filed.setdefault(place, {})[key] = None
        if place in self._sorted:
            insort(self._sorted[place], key)

    def _unfile(self, place: Place, key: str) -> None:
        filed = self._filed[place]
        del filed[key]
        if place in self._sorted:
            keys = self._sorted[place]
            del keys[bisect_left(keys, key)]
        if not filed:
            del self._filed[place]
            self._sorted.pop(place, None)

    def _add_up(self, record: Any, sign: int) -> None:
        if record is None:
            return
        for name, (value_of, amount_of) in self._model.sums.items():
            place = (name, value_of(record))
            self._sums[place] = self._sums.get(place, 0) + sign * amount_of(record)
            if not self._sums[place]:
                del self._sums[place]
