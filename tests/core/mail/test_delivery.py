"""Deliveries through aliases and forwarding, with a vendor whose routes are a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb.table import Document

from mockmail.core.errors import MailboxFull
from mockmail.core.mail.delivery import MAX_ADDRESSES, Hosting, Route, deliveries, is_unknown
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.registry import Registry
from mockmail.core.state.records import Record
from mockmail.core.vendor import Vendor
from mockmail.core.world import World

NAMES = [f"{letter}@here" for letter in "abcdef"]


class Table(Hosting):
    """A vendor that hosts the domain `here`."""

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
    """Return vendor, mailbox and address of each delivery."""
    found = deliveries(world_of(routes), Envelope(sender="a@there", recipients=recipients), 0).found
    return [(delivery.vendor, delivery.mailbox, delivery.address) for delivery in found]


def test_outside_recipient_has_no_delivery():
    assert ends({}, "jane@example.com") == []


def test_alias_that_forwards_to_itself_is_a_dead_end():
    assert ends({"a@here": passes("a@here")}, "A@here") == [("host", None, "A@here")]


def test_cycle_without_a_mailbox_is_a_dead_end_at_the_recipient():
    circle = {"a@here": passes("b@here"), "b@here": passes("c@here"), "c@here": passes("a@here")}
    assert ends(circle, "b@here") == [("host", None, "b@here")]


def test_two_recipients_in_a_cycle_are_two_dead_ends():
    circle = {"a@here": passes("b@here"), "b@here": passes("a@here")}
    assert ends(circle, "a@here", "b@here") == [("host", None, "a@here"), ("host", None, "b@here")]


def test_cycle_that_forwards_out_has_no_dead_end():
    routes = {"a@here": passes("b@here"), "b@here": passes("a@here", "c@here"), "c@here": keeps("c@here")}
    assert ends(routes, "a@here") == [("host", "c@here", "c@here")]
    assert ends({"a@here": passes("a@here", "joe@else.com")}, "a@here") == [(None, None, "joe@else.com")]


def test_cycle_with_a_mailbox_has_no_dead_end():
    assert ends({"a@here": passes("b@here"), "b@here": keeps("b@here", "a@here")}, "a@here") == [
        ("host", "b@here", "b@here")
    ]


@pytest.mark.parametrize("first", [passes("c@here", "a@here"), keeps("list@here", "c@here", "a@here")])
def test_copy_forwarded_into_a_cycle_is_lost_where_it_enters(first):
    routes = {"list@here": first, "a@here": passes("b@here"), "b@here": passes("a@here"), "c@here": keeps("c@here")}
    assert ends(routes, "list@here")[-2:] == [("host", "c@here", "c@here"), ("host", None, "a@here")]


def test_alias_without_targets_is_a_dead_end():
    assert ends({"a@here": passes()}, "a@here") == [("host", None, "a@here")]


def test_alias_to_an_unknown_address_ends_there():
    assert ends({"a@here": passes("nobody@here")}, "a@here") == [(None, None, "nobody@here")]


def test_chain_beyond_the_limit_is_a_dead_end():
    chain = {f"{n}@here": passes(f"{n + 1}@here") for n in range(MAX_ADDRESSES + 50)}
    chain[f"{MAX_ADDRESSES - 1}@here"] = keeps("last", f"{MAX_ADDRESSES}@here")
    assert ends(chain, "0@here") == [
        ("host", "last", f"{MAX_ADDRESSES - 1}@here"),
        ("host", None, f"{MAX_ADDRESSES}@here"),
    ]


def test_members_beyond_the_limit_are_dead_ends():
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
def test_domain_without_another_form_is_outside(domain):
    assert ends({}, f"jane@{domain}") == []
    assert not is_unknown(world_of({}), f"jane@{domain}")


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), route_of_names), st.sampled_from(NAMES))
def test_each_known_recipient_has_distinct_deliveries(routes, recipient):
    found = ends(routes, recipient)
    assert bool(found) == (recipient in routes)
    assert len({(vendor, mailbox or address) for vendor, mailbox, address in found}) == len(found)


def test_alias_is_known_wherever_it_leads():
    world = world_of({"a@here": passes("nobody@here"), "b@here": passes("b@here"), "c@here": keeps("c@here")})
    addresses = ["a@here", "b@here", "c@here", "nobody@here", "joe@else.com"]
    assert [is_unknown(world, address) for address in addresses] == [False, False, False, True, False]


class Box(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "boxes"

    address: str

    @property
    def key(self) -> str:
        return self.address


class Boxes(Table):
    """The addresses that have a record."""

    def __init__(self) -> None:
        super().__init__({})

    def route(self, world: World, address: str) -> Route | None:
        return keeps(address) if address in world.store.records("host", Box) else None


def received(world: World, *recipients: str) -> list[str]:
    """Receive a message, and return the addresses of its deliveries."""
    message = world.receive(b"Subject: hi\r\n\r\n", Envelope(sender="a@there", recipients=recipients), SentBy())
    return [delivery.address for delivery in message.deliveries]


@pytest.fixture
def world() -> Any:
    host = Host({})
    host.hosting = Boxes()
    world = World(Registry({"host": host}))
    yield world
    world.close()


def test_mailbox_gets_mail_only_while_its_record_exists(world):
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


class Quotas(Table):
    """Mailboxes of 20 bytes; a filter drops mail from spam@there and diverts mail from list@there."""

    def has_quotas(self, world: World) -> bool:
        return True

    def quota(self, world: World, mailbox: str) -> int | None:
        return None if mailbox == "large@here" else 20

    def filtered(self, world: World, address: str, route: Route, envelope: Envelope) -> Route:
        if envelope.sender == "spam@there":
            return Route()
        return Route(forward_to=("lists@here",)) if envelope.sender == "list@there" and address == "a@here" else route


@pytest.fixture
def filled() -> Any:
    """Return a World with the mailboxes a, b, lists and large, of which b holds 20 bytes."""
    names = ("a@here", "b@here", "lists@here", "large@here")
    routes = {name: keeps(name) for name in names} | {"out@here": keeps("b@here", "joe@else.com")}
    host = Host({})
    host.hosting = Quotas(routes | {"to_b@here": passes("b@here"), "loop@here": passes("loop@here")})
    world = World(Registry({"host": host}))
    accept(world, 20, "b@here")
    yield world
    world.close()


def accept(world: World, size: int, *recipients: str, sender: str = "a@there") -> list[tuple[str | None, str]]:
    """Receive a message of `size` bytes, and return mailbox and address of its deliveries."""
    envelope = Envelope(sender=sender, recipients=recipients)
    message = world.receive(b"x" * size, envelope, SentBy(), refuse_full=True)
    return [(delivery.mailbox, delivery.address) for delivery in message.deliveries]


def test_message_that_fills_a_mailbox_is_delivered_and_a_larger_one_is_refused(filled):
    with pytest.raises(MailboxFull, match="the mailbox of a@here is full"):
        accept(filled, 21, "a@here")
    assert accept(filled, 20, "a@here") == [("a@here", "a@here")]
    with pytest.raises(MailboxFull):
        accept(filled, 1, "a@here")
    assert len(filled.mail) == 2


@pytest.mark.parametrize("recipients", [["b@here"], ["to_b@here"], ["b@here", "to_b@here"], ["b@here", "loop@here"]])
def test_message_that_reaches_full_mailboxes_only_is_refused(filled, recipients):
    with pytest.raises(MailboxFull, match="b@here"):
        accept(filled, 1, *recipients)


@pytest.mark.parametrize(
    ("recipient", "others"),
    [
        ("large@here", [("large@here", "large@here")]),
        ("joe@else.com", []),
        ("out@here", [(None, "joe@else.com")]),
    ],
)
def test_copy_for_a_full_mailbox_is_lost_when_another_copy_is_accepted(filled, recipient, others):
    assert accept(filled, 1, "b@here", recipient) == [(None, "b@here"), *others]
    assert filled.mail.mailboxes.usage("host", "b@here").size == 20


def test_message_to_a_full_mailbox_is_kept_unless_the_caller_refuses_it(filled):
    envelope = Envelope(sender="a@there", recipients=("b@here",))

    message = filled.receive(b"x", envelope, SentBy())

    assert [(found.vendor, found.mailbox) for found in message.deliveries] == [("host", None)]


def test_filter_drops_or_diverts_a_message(filled):
    assert accept(filled, 1, "b@here", sender="spam@there") == [(None, "b@here")]
    assert accept(filled, 1, "a@here", sender="list@there") == [("lists@here", "lists@here")]
