"""The order of the records of an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from mockmail.core.errors import DuplicateRecord
from mockmail.core.state.records import Index, Record
from mockmail.core.state.store import Store
from mockmail.core.state.typed_records import Records


class Book(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "books"
    indexes: ClassVar[Mapping[str, Index]] = {"shelf": lambda book: book.shelf}

    title: str
    shelf: str | None = "a"

    @property
    def key(self) -> str:
        return self.title


def books(*titles: str) -> Records[Book]:
    records = Store().records("library", Book)
    for title in titles:
        records.add(Book(title=title))
    return records


def titles(found: list[Book]) -> list[str]:
    return [book.title for book in found]


def test_page_of_an_index_is_sorted_by_key():
    records = books("zeno", "adam", "mary")
    assert titles(records.page_of("shelf", "a", 0, 2)) == ["adam", "mary"]
    assert titles(records.page_of("shelf", "a", 2, 2)) == ["zeno"]
    assert titles(records.page_of("shelf", "a", 3, 2)) == []
    assert titles(records.page_of("shelf", "b", 0, 2)) == []


def test_page_shows_later_additions_moves_and_removals():
    records = books("zeno", "mary")
    records.page_of("shelf", "a", 0, 9)
    records.add(Book(title="adam"))
    records.add(Book(title="bert", shelf=None))
    records.put(Book(title="mary", shelf="b"))
    assert titles(records.page_of("shelf", "a", 0, 9)) == ["adam", "zeno"]
    assert titles(records.page_of("shelf", "b", 0, 9)) == ["mary"]
    records.remove("adam")
    records.remove("zeno")
    assert titles(records.page_of("shelf", "a", 0, 9)) == []


def test_page_does_not_show_rolled_back_records():
    store = Store()
    records = store.records("library", Book)
    records.add(Book(title="mary"))
    records.page_of("shelf", "a", 0, 9)

    def add_two() -> None:
        with store.transaction():
            records.add(Book(title="adam"))
            records.add(Book(title="mary"))

    with pytest.raises(DuplicateRecord):
        add_two()
    assert titles(records.page_of("shelf", "a", 0, 9)) == ["mary"]


def test_rewritten_record_keeps_its_position_in_an_index():
    records = books("zeno", "adam")
    records.put(Book(title="zeno"))
    assert titles(records.find("shelf", "a")) == ["zeno", "adam"]


def test_reversed_records_begin_with_the_newest_and_are_read_one_at_a_time(monkeypatch):
    records = books("zeno", "adam", "mary")
    read = []
    get = records.get
    monkeypatch.setattr(records, "get", lambda key: read.append(key) or get(key))

    found = iter(reversed(records))

    assert (next(found).title, read) == ("mary", ["mary"])
    assert [book.title for book in found] == ["adam", "zeno"]
