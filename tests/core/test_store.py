"""Vendor state: typed records on TinyDB, constant cost at any size, and transactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from call_counter import calls
from tinydb import where
from tinydb.table import Document

from mockmail.core.errors import DuplicateRecord
from mockmail.core.state.records import Index, Record, Sum
from mockmail.core.state.store import Store
from mockmail.core.state.typed_records import Records


class Box(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "boxes"
    indexes: ClassVar[Mapping[str, Index]] = {
        "owner": lambda box: box.owner,
        "label": lambda box: box.label or None,
    }
    sums: ClassVar[Mapping[str, Sum]] = {"size": (lambda box: box.owner, lambda box: box.size)}

    name: str
    owner: str = "ann"
    label: str = ""
    size: int = 1
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.name


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def boxes(store: Store) -> Records[Box]:
    records = store.records("acme", Box)
    for box in (Box(name="a", size=3, label="x"), Box(name="b", owner="bob", size=5), Box(name="c", size=7)):
        records.add(box)
    return records


def names(found: Any) -> list[str]:
    return [box.name for box in found]


def filled(size: int) -> Records[Box]:
    records = Store().records("acme", Box)
    for number in range(size):
        records.put(Box(name=f"n{number}", owner=f"o{number // 10}", label=f"l{number}"))
    return records


POINT_OPERATIONS: dict[str, Callable[[Records[Box]], object]] = {
    "get": lambda boxes: boxes.get("n50"),
    "get what is not there": lambda boxes: boxes.get("no"),
    "contains": lambda boxes: "n50" in boxes,
    "len": len,
    "add": lambda boxes: boxes.add(Box(name="new", owner="o5", label="new")),
    "put in place": lambda boxes: boxes.put(Box(name="n50", owner="o5", label="l50", size=9)),
    "put under another owner": lambda boxes: boxes.put(Box(name="n50", owner="o6", label="l50")),
    "remove": lambda boxes: boxes.remove("n50"),
    "first": lambda boxes: boxes.first("label", "l50"),
    "find": lambda boxes: boxes.find("owner", "o5"),
    "count": lambda boxes: boxes.count("owner", "o5"),
    "total": lambda boxes: boxes.total("size", "o5"),
    "page": lambda boxes: boxes.page(20, 10),
    "page of an index": lambda boxes: boxes.page_of("owner", "o5", 0, 5),
}


@pytest.fixture(scope="module")
def few() -> Records[Box]:
    return filled(100)


@pytest.fixture(scope="module")
def many() -> Records[Box]:
    return filled(100_000)


@pytest.mark.parametrize("what", POINT_OPERATIONS)
def test_point_operation_costs_the_same_at_100_and_100_000_records(few, many, what):
    """Counted in function calls; the next test finds built-in functions that iterate over the table."""
    work = POINT_OPERATIONS[what]
    counted = []
    for records in (few, many):
        for _ in range(2):  # the first time, records may have to be made of their documents
            restored = records.get("n50")
            made = calls(lambda records=records: work(records))
            records.remove("new")
            records.put(restored)
        counted.append(made)
    assert counted[0] == counted[1]


class Watched(dict[str, Any]):
    """The documents of a table, which count the iterations over them."""

    walks = 0

    def __iter__(self) -> Any:
        self.walks += 1
        return super().__iter__()

    def keys(self) -> Any:
        self.walks += 1
        return super().keys()

    def values(self) -> Any:
        self.walks += 1
        return super().values()

    def items(self) -> Any:
        self.walks += 1
        return super().items()

    def copy(self) -> Any:
        self.walks += 1
        return super().copy()


def test_point_operation_does_not_iterate_over_the_table(store, boxes):
    tables = store.db.storage.read()
    watched = tables["acme.boxes"] = Watched(tables["acme.boxes"])
    boxes.get("a")
    boxes.add(Box(name="d"))
    boxes.put(Box(name="a", owner="bob"))
    boxes.remove("c")
    assert names(boxes.find("owner", "bob")) == ["b", "a"]
    assert boxes.first("owner", "ann") == Box(name="d")
    assert watched.walks == 0
    assert names(boxes) == ["a", "b", "d"]
    assert watched.walks == 1


def test_stored_record_is_returned_unchanged(store, boxes):
    box = Box(name="d", tags=("red", "blue"))
    boxes.add(box)
    assert boxes.get("d") == box
    assert store.records("acme", Box) is boxes
    assert store.db.table("acme.boxes").get(doc_id="d") == {
        "name": "d", "owner": "ann", "label": "", "size": 1, "tags": ["red", "blue"],
    }  # fmt: skip


def test_duplicate_key_is_refused(boxes):
    with pytest.raises(DuplicateRecord, match=r"^acme\.boxes has a record 'a' already$"):
        boxes.add(Box(name="a", size=100))
    assert boxes.get("a").size == 3


def test_records_are_in_the_order_they_were_added(boxes):
    boxes.put(Box(name="a", size=30))
    boxes.remove("b")
    boxes.add(Box(name="b"))
    assert names(boxes) == ["a", "c", "b"]
    assert names(boxes.page(0, 2)) == ["a", "c"]
    assert names(boxes.page(2, 2)) == ["b"]
    assert names(boxes.page(3, 2)) == []
    assert boxes.remove("nobody") is None


def test_unknown_index_is_an_error_and_a_value_of_none_is_not_indexed(boxes):
    assert names(boxes.find("label", "x")) == ["a"]
    assert boxes.count("label", "") == 0
    assert boxes.find("owner", "nobody") == []
    assert boxes.first("owner", "nobody") is None
    with pytest.raises(KeyError, match="colour"):
        boxes.find("colour", "red")


class TestTinyDbItself:
    """Direct use of TinyDB on the same tables."""

    def test_tinydb_queries_work_on_the_table(self, store, boxes):
        table = store.db.table("acme.boxes")
        assert [document["name"] for document in table.search(where("size") > 4)] == ["b", "c"]
        assert table.count(where("owner") == "ann") == 2
        assert table.get(where("name") == "b").doc_id == "b"
        assert table.contains(where("owner") == "bob")
        assert sorted(store.db.tables()) == ["acme.boxes"]

    def test_repeated_tinydb_search_sees_later_writes(self, store, boxes):
        table = store.db.table("acme.boxes")
        condition = where("owner") == "ann"
        assert len(table.search(condition)) == 2
        boxes.put(Box(name="b", owner="ann"))
        assert len(table.search(condition)) == 3
        boxes.remove("a")
        assert [document["name"] for document in table.search(condition)] == ["b", "c"]

    def test_direct_update_keeps_indexes_and_totals_right(self, store, boxes):
        store.db.table("acme.boxes").update({"owner": "bob", "size": 10}, where("name") == "a")
        assert boxes.get("a") == Box(name="a", owner="bob", size=10, label="x")
        assert names(boxes.find("owner", "ann")) == ["c"]
        assert names(boxes.find("owner", "bob")) == ["a", "b"]
        assert (boxes.total("size", "ann"), boxes.total("size", "bob")) == (7, 15)
        assert names(boxes.page_of("owner", "bob", 0, 5)) == ["a", "b"]

    def test_direct_removal_is_noticed(self, store, boxes):
        store.db.table("acme.boxes").remove(where("owner") == "ann")
        assert names(boxes) == ["b"]
        assert boxes.get("a") is None
        assert boxes.count("owner", "ann") == 0
        assert boxes.total("size", "ann") == 0

    def test_direct_insert_is_noticed(self, store, boxes):
        row = {"name": "z", "owner": "zoe", "label": "", "size": 2, "tags": ["t"]}
        store.db.table("acme.boxes").insert(Document(row, doc_id="z"))
        assert boxes.get("z") == Box(name="z", owner="zoe", size=2, tags=("t",))
        assert names(boxes.find("owner", "zoe")) == ["z"]

    def test_insert_without_a_key_says_what_to_do(self, store, boxes):
        with pytest.raises(TypeError, match=r"Document\(.*doc_id="):
            store.db.table("acme.boxes").insert({"name": "z"})
        assert names(boxes) == ["a", "b", "c"]

    @pytest.mark.parametrize(
        "empty",
        [
            lambda db: db.table("acme.boxes").truncate(),
            lambda db: db.drop_table("acme.boxes"),
            lambda db: db.drop_tables(),
        ],
        ids=["truncate", "drop_table", "drop_tables"],
    )
    def test_direct_truncate_and_drop_are_noticed(self, store, boxes, empty):
        assert boxes.get("a") is not None
        empty(store.db)
        assert len(boxes) == 0
        assert boxes.get("a") is None
        assert boxes.find("owner", "ann") == []
        boxes.add(Box(name="new"))
        assert names(boxes.find("owner", "ann")) == ["new"]


def fail_after(store: Store, work: Callable[[], object]) -> None:
    """Do some work in a transaction that fails."""

    def fail() -> None:
        with store.transaction():
            work()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


class TestTransactions:
    """All writes of a transaction are kept, or none."""

    def test_failed_transaction_restores_records_indexes_and_order(self, store, boxes):
        store.next_number("acme", "boxes")

        def work() -> None:
            boxes.add(Box(name="d", owner="bob", size=100))
            boxes.put(Box(name="a", owner="bob", label="y", size=50))
            boxes.remove("b")
            boxes.put(Box(name="b", owner="eve"))
            assert store.next_number("acme", "boxes") == 2
            assert store.next_number("acme", "new") == 1

        fail_after(store, work)
        assert list(boxes) == [
            Box(name="a", size=3, label="x"),
            Box(name="b", owner="bob", size=5),
            Box(name="c", size=7),
        ]
        assert sorted(names(boxes.find("owner", "ann"))) == ["a", "c"]
        assert names(boxes.find("owner", "bob")) == ["b"]
        assert boxes.find("owner", "eve") == []
        assert (boxes.first("label", "x").name, boxes.first("label", "y")) == ("a", None)
        assert (boxes.total("size", "ann"), boxes.total("size", "bob")) == (10, 5)
        assert store.next_number("acme", "boxes") == 2
        assert store.next_number("acme", "new") == 1

    def test_rolled_back_removal_restores_the_order(self, store, boxes):
        def work() -> None:
            boxes.remove("a")
            boxes.remove("b")

        fail_after(store, work)
        assert names(boxes) == ["a", "b", "c"]
        assert names(boxes.page(0, 2)) == ["a", "b"]
        assert names(boxes.find("owner", "ann")) == ["a", "c"]

    def test_clear_is_rolled_back(self, store, boxes):
        fail_after(store, lambda: store.clear("acme"))
        assert names(boxes) == ["a", "b", "c"]
        assert names(boxes.find("owner", "ann")) == ["a", "c"]
        assert boxes.total("size", "ann") == 10

    def test_nested_transaction_is_part_of_the_outer_one(self, store, boxes):
        def work() -> None:
            with store.transaction():
                boxes.remove("a")
            assert boxes.get("a") is None

        fail_after(store, work)
        assert names(boxes) == ["a", "b", "c"]

    def test_committed_write_survives_a_later_rollback(self, store, boxes):
        with store.transaction():
            boxes.remove("a")
            boxes.add(Box(name="d"))
        fail_after(store, lambda: boxes.remove("d"))
        assert names(boxes) == ["b", "c", "d"]


def test_each_vendor_and_sequence_has_its_own_numbers(store):
    assert [store.next_number("acme", "a") for _ in range(3)] == [1, 2, 3]
    assert store.next_number("acme", "b") == 1
    assert store.next_number("other", "a") == 1


def test_clear_of_one_vendor_keeps_the_others(store, boxes):
    other = store.records("other", Box)
    other.add(Box(name="a"))
    store.clear("acme")
    assert (len(boxes), len(other)) == (0, 1)
    store.clear()
    assert len(other) == 0


def test_record_with_two_key_fields_joins_them_with_a_slash():
    class Shelf(Record, frozen=True, kw_only=True):
        table: ClassVar[str] = "shelves"
        key_fields = ("room", "number")

        room: str
        number: int

    assert Shelf(room="A", number=2).key == "A/2"


def test_record_class_without_a_key_is_refused():
    with pytest.raises(TypeError, match="Shelf has no natural key: set `key_fields`, or define a property `key`"):

        class Shelf(Record, frozen=True, kw_only=True):
            table: ClassVar[str] = "shelves"
