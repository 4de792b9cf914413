"""Running totals of a model follow every write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from mockmail.core.state.records import Record, Sum
from mockmail.core.state.store import Store
from mockmail.core.state.typed_records import Records


class Parcel(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "parcels"
    sums: ClassVar[Mapping[str, Sum]] = {"weight": (lambda parcel: parcel.owner, lambda parcel: parcel.grams)}

    number: str
    owner: str
    grams: int

    @property
    def key(self) -> str:
        return self.number


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def parcels(store: Store) -> Records[Parcel]:
    records = store.records("post", Parcel)
    records.add(Parcel(number="1", owner="ann", grams=100))
    records.add(Parcel(number="2", owner="ann", grams=20))
    records.add(Parcel(number="3", owner="bob", grams=3))
    return records


def test_total_adds_up_the_records_of_a_group(parcels: Records[Parcel]) -> None:
    assert parcels.total("weight", "ann") == 120
    assert parcels.total("weight", "bob") == 3
    assert parcels.total("weight", "nobody") == 0


def test_changed_record_moves_its_amount_to_the_new_group(parcels: Records[Parcel]) -> None:
    parcels.put(Parcel(number="1", owner="bob", grams=101))

    assert parcels.total("weight", "ann") == 20
    assert parcels.total("weight", "bob") == 104


def test_removed_record_is_not_counted(parcels: Records[Parcel]) -> None:
    parcels.remove("3")

    assert parcels.total("weight", "bob") == 0


def test_rolled_back_record_is_not_counted(store: Store, parcels: Records[Parcel]) -> None:
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(store, parcels)

    assert parcels.total("weight", "ann") == 120


def _add_and_fail(store: Store, parcels: Records[Parcel]) -> None:
    with store.transaction():
        parcels.put(Parcel(number="4", owner="ann", grams=1000))
        raise ZeroDivisionError
