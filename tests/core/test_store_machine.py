"""Any order of writes, failures and writes past the records leaves what a plain dict would hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tinydb import where

from mockmail.core.state.records import Index, Record, Sum
from mockmail.core.state.store import Store


class Item(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "items"
    indexes: ClassVar[Mapping[str, Index]] = {"group": lambda item: item.group}
    sums: ClassVar[Mapping[str, Sum]] = {"weight": (lambda item: item.group, lambda item: item.weight)}

    id: str
    group: str | None
    weight: int

    @property
    def key(self) -> str:
        return self.id


IDS = st.sampled_from("abcdef")
GROUPS = st.sampled_from(["x", "y", None])


class StoreMachine(RuleBasedStateMachine):
    """A store, compared with a dict after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.items = self.store.records("acme", Item)
        self.model: dict[str, Item] = {}
        self.saved: dict[str, Item] | None = None

    @rule(id_=IDS, group=GROUPS, weight=st.integers(0, 9))
    def put(self, id_: str, group: str | None, weight: int) -> None:
        self.model[id_] = self.items.put(Item(id=id_, group=group, weight=weight))

    @rule(id_=IDS)
    def remove(self, id_: str) -> None:
        assert self.items.remove(id_) == self.model.pop(id_, None)

    @precondition(lambda self: self.saved is None)
    @rule(group=st.sampled_from("xy"), weight=st.integers(0, 9))
    def write_past_the_records(self, group: str, weight: int) -> None:
        self.store.db.table("acme.items").update({"weight": weight}, where("group") == group)
        for id_, item in self.model.items():
            if item.group == group:
                self.model[id_] = item.replace(weight=weight)

    @precondition(lambda self: self.saved is None)
    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.model.clear()

    @precondition(lambda self: self.saved is None)
    @rule()
    def begin(self) -> None:
        self.transaction = self.store.transaction()
        self.transaction.__enter__()
        self.saved = dict(self.model)

    @precondition(lambda self: self.saved is not None)
    @rule(keep=st.booleans())
    def end(self, keep: bool) -> None:
        if keep:
            self.transaction.__exit__(None, None, None)
        else:
            error = RuntimeError("roll back")
            assert not self.transaction.__exit__(RuntimeError, error, None)
            self.model = self.saved or {}
        self.saved = None

    @invariant()
    def records_are_those_of_the_model_in_its_order(self) -> None:
        assert list(self.items) == list(self.model.values())
        assert len(self.items) == len(self.model)
        assert self.items.page(1, 2) == list(self.model.values())[1:3]

    @invariant()
    def indexes_and_totals_are_those_of_the_model(self) -> None:
        for group in ("x", "y"):
            members: list[Any] = [item for item in self.model.values() if item.group == group]
            ids = sorted(item.id for item in members)
            assert sorted(item.id for item in self.items.find("group", group)) == ids
            assert [item.id for item in self.items.page_of("group", group, 0, 9)] == ids
            assert self.items.count("group", group) == len(members)
            assert self.items.total("weight", group) == sum(item.weight for item in members)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
