"""Where copies of a message end: aliases and forwarding of a vendor that is a table of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb.table import Document

from mockmail.core.mail.delivery import MAX_ADDRESSES, REMEMBERED, Hosting, Route, deliveries, is_unknown
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.registry import Registry
from mockmail.core.state.records import Record
from mockmail.core.vendor import Vendor
from mockmail.core.world import World

NAMES = [f"{letter}@here" for letter in "abcdef"]


class Table(Hosting):
    """All of the domain `here`."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.routes = routes

    def hosts(self, world: World, domain: str) -> bool:
        return domain == "here"

    def route(self, world: World, address: str) -> Route | None:
        return self.routes.get(address.lower())


class Host(Vendor):
    name = "host"
    title = "A host"
    operations = ()

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.hosting = Table(routes)

    def seed(self) -> Mapping[str, Any]:
        return {}

    def authenticate(self, call: Any) -> None: ...

    def credentials(self) -> Mapping[str, str]:
        return {}

    def environment(self, base_url: str) -> Mapping[str, str]:
        return {}


def world_of(routes: Mapping[str, Route]) -> World:
    return World(Registry({"host": Host(routes)}))


def keeps(address: str, *forward_to: str) -> Route:
    return Route(mailbox=address, forward_to=forward_to)


def passes(*forward_to: str) -> Route:
    return Route(forward_to=forward_to)


def ends(routes: Mapping[str, Route], *recipients: str) -> list[tuple[str | None, str | None, str]]:
    """Vendor, mailbox and address of each delivery."""
    return [(one.vendor, one.mailbox, one.address) for one in deliveries(world_of(routes), recipients)]


def test_a_recipient_outside_ends_nowhere_here():
    assert ends({}, "jane@example.com") == []


def test_a_mailbox_that_forwards_to_itself_and_keeps_nothing_loses_the_message_in_sight():
    assert ends({"a@here": passes("a@here")}, "A@here") == [("host", None, "A@here")]


def test_a_circle_in_which_nobody_keeps_a_copy_loses_it_at_the_recipient():
    circle = {"a@here": passes("b@here"), "b@here": passes("c@here"), "c@here": passes("a@here")}
    assert ends(circle, "b@here") == [("host", None, "b@here")]


def test_two_recipients_of_a_circle_are_lost_both():
    circle = {"a@here": passes("b@here"), "b@here": passes("a@here")}
    assert ends(circle, "a@here", "b@here") == [("host", None, "a@here"), ("host", None, "b@here")]


def test_a_circle_with_a_way_out_loses_nothing():
    routes = {"a@here": passes("b@here"), "b@here": passes("a@here", "c@here"), "c@here": keeps("c@here")}
    assert ends(routes, "a@here") == [("host", "c@here", "c@here")]
    assert ends({"a@here": passes("a@here", "joe@else.com")}, "a@here") == [(None, None, "joe@else.com")]


def test_a_circle_in_which_one_keeps_a_copy_loses_nothing():
    assert ends({"a@here": passes("b@here"), "b@here": keeps("b@here", "a@here")}, "a@here") == [
        ("host", "b@here", "b@here")
    ]


@pytest.mark.parametrize("first", [passes("c@here", "a@here"), keeps("list@here", "c@here", "a@here")])
def test_a_copy_that_goes_into_a_circle_is_lost_where_it_enters(first):
    routes = {"list@here": first, "a@here": passes("b@here"), "b@here": passes("a@here"), "c@here": keeps("c@here")}
    assert ends(routes, "list@here")[-2:] == [("host", "c@here", "c@here"), ("host", None, "a@here")]


def test_an_alias_that_leads_nowhere_loses_the_message_in_sight():
    assert ends({"a@here": passes()}, "a@here") == [("host", None, "a@here")]


def test_an_alias_to_an_address_that_nobody_has_ends_there():
    assert ends({"a@here": passes("nobody@here")}, "a@here") == [(None, None, "nobody@here")]


def test_a_chain_is_followed_so_far_and_the_rest_is_told():
    chain = {f"{n}@here": passes(f"{n + 1}@here") for n in range(MAX_ADDRESSES + 50)}
    chain[f"{MAX_ADDRESSES - 1}@here"] = keeps("last", f"{MAX_ADDRESSES}@here")
    assert ends(chain, "0@here") == [
        ("host", "last", f"{MAX_ADDRESSES - 1}@here"),
        ("host", None, f"{MAX_ADDRESSES}@here"),
    ]


def test_more_members_than_an_alias_may_have_are_told():
    members = [f"m{n}@here" for n in range(MAX_ADDRESSES + 1)]
    routes = {"list@here": passes(*members)} | {member: keeps(member) for member in members}
    found = ends(routes, "list@here")
    assert found[MAX_ADDRESSES - 2 :] == [
        ("host", members[-3], members[-3]),
        ("host", None, members[-2]),
        ("host", None, members[-1]),
    ]


route_of_names = st.builds(
    Route,
    mailbox=st.sampled_from([None, None, "box"]),
    forward_to=st.lists(st.sampled_from([*NAMES, "x@else.com"]), max_size=3).map(tuple),
)


@pytest.mark.parametrize("domain", ["xn--", "xn--a-\x7f", "xn--\udcff", "\xe4" * 80, "a..\xe4", "\u3002"])
def test_a_domain_that_no_other_way_can_write_is_outside(domain):
    assert ends({}, f"jane@{domain}") == []
    assert not is_unknown(world_of({}), f"jane@{domain}")


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), route_of_names), st.sampled_from(NAMES))
def test_whatever_a_known_address_forwards_to_something_is_told_of_it(routes, recipient):
    found = ends(routes, recipient)
    assert bool(found) == (recipient in routes)
    assert len({(vendor, mailbox or address) for vendor, mailbox, address in found}) == len(found)


def test_an_alias_is_known_wherever_it_leads():
    world = world_of({"a@here": passes("nobody@here"), "b@here": passes("b@here"), "c@here": keeps("c@here")})
    asked = ["a@here", "b@here", "c@here", "nobody@here", "joe@else.com"]
    assert [is_unknown(world, address) for address in asked] == [False, False, False, True, False]


class Box(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "boxes"

    address: str

    @property
    def key(self) -> str:
        return self.address


class Boxes(Table):
    """The boxes that there are, and how often somebody asked."""

    def __init__(self) -> None:
        super().__init__({})
        self.asked = 0

    def route(self, world: World, address: str) -> Route | None:
        self.asked += 1
        return keeps(address) if address in world.store.records("host", Box) else None


def received(world: World, *recipients: str) -> list[str]:
    """The addresses that a message to these recipients is delivered for."""
    message = world.receive(b"Subject: hi\r\n\r\n", Envelope(sender="a@there", recipients=recipients), SentBy())
    return [one.address for one in message.deliveries]


@pytest.fixture
def boxes() -> Boxes:
    return Boxes()


@pytest.fixture
def world(boxes) -> Any:
    host = Host({})
    host.hosting = boxes
    world = World(Registry({"host": host}))
    yield world
    world.close()


def test_where_mail_goes_is_asked_once_as_long_as_no_record_changes(world, boxes):
    world.store.records("host", Box).add(Box(address="a@here"))

    assert [received(world, "a@here") for _ in range(3)] == [["a@here"]] * 3
    assert boxes.asked == 1


def test_a_mailbox_gets_mail_from_when_it_is_there_until_it_is_gone(world):
    records = world.store.records("host", Box)
    assert received(world, "a@here", "b@here") == []

    records.add(Box(address="a@here"))
    assert received(world, "a@here", "b@here") == ["a@here"]
    with pytest.raises(ZeroDivisionError), world.store.transaction():
        records.add(Box(address="b@here"))
        assert received(world, "b@here") == ["b@here"]
        raise ZeroDivisionError
    assert received(world, "b@here") == []
    records.remove("a@here")
    assert received(world, "a@here", "b@here") == []
    world.store.db.table("host.boxes").insert(Document({"address": "b@here"}, doc_id="b@here"))
    assert received(world, "b@here") == ["b@here"]
    world.store.db.drop_tables()
    assert received(world, "b@here") == []


def test_many_envelopes_and_long_ones_are_not_all_remembered(world, boxes):
    for number in range(REMEMBERED + 1):
        received(world, f"{number}@here")
    boxes.asked = 0
    received(world, "0@here")
    assert boxes.asked == 1
    received(world, *[f"{number}@here" for number in range(200)])
    received(world, *[f"{number}@here" for number in range(200)])
    assert boxes.asked == 401
