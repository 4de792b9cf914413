"""Records as documents, seeds and snapshots."""

from __future__ import annotations

import copy
import json
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import pytest

from mockmail import __version__
from mockmail.core.bounds import WorldSettings
from mockmail.core.errors import SeedError
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Delivery, Envelope, SentBy
from mockmail.core.seeds import SeedDocument
from mockmail.core.state.records import Port, Record, checked
from mockmail.core.world import World


class Thing(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "things"

    name: str
    count: int = 0
    ratio: float = 0.0
    active: bool = True
    owner: str | None = None
    kind: Literal["a", "b"] = "a"
    tags: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.name


class Lease(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "leases"
    key_fields = ("port",)
    timestamps = ("ends",)

    port: Port
    ends: str | None = None


FULL = {
    "name": "x", "count": 1, "ratio": 0.5, "active": False, "owner": "ann", "kind": "b", "tags": ["p", "q"],
    "extra": {"a": 1},
}  # fmt: skip


def test_record_is_converted_to_a_document_and_back():
    thing = checked(Thing, FULL, "here")
    assert thing == Thing(
        name="x", count=1, ratio=0.5, active=False, owner="ann", kind="b", tags=("p", "q"), extra={"a": 1}
    )
    assert thing.to_document() == FULL
    assert list(thing.to_document()) == list(FULL)
    assert Thing.from_document(json.loads(json.dumps(thing.to_document()))) == thing
    assert thing.replace(count=2).count == 2
    assert checked(Thing, {"name": "x", "ratio": 1, "owner": None}, "here") == Thing(name="x", ratio=1)


@pytest.mark.parametrize("document", [{"port": 1}, {"port": 65535, "ends": "2030-01-31T12:00:00Z"}])
def test_port_and_timestamp_within_their_bounds_are_accepted(document):
    assert checked(Lease, document, "here") == Lease(**document)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"port": 0}, "here.port: expected an integer >= 1, got 0"),
        ({"port": 65536}, "here.port: expected an integer <= 65535, got 65536"),
        (
            {"port": 1, "ends": "soon"},
            "here.ends: expected a timestamp such as 2030-01-31T12:00:00Z, got 'soon'",
        ),
    ],
)
def test_port_or_timestamp_out_of_bounds_is_refused(document, complaint):
    with pytest.raises(SeedError) as caught:
        checked(Lease, document, "here")
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "here: expected an object, got []"),
        ({}, "here.name: is required and missing"),
        ({"name": 1}, "here.name: expected a string, got 1"),
        ({"name": "half \ud800"}, "here.name: expected a string, got 'half \\ud800'"),
        ({"name": None}, "here.name: expected a string, got None"),
        ({"name": "x", "count": "1"}, "here.count: expected an integer, got '1'"),
        ({"name": "x", "count": True}, "here.count: expected an integer, got True"),
        ({"name": "x", "count": 1.0}, "here.count: expected an integer, got 1.0"),
        ({"name": "x", "ratio": True}, "here.ratio: expected a number, got True"),
        ({"name": "x", "active": 1}, "here.active: expected true or false, got 1"),
        ({"name": "x", "owner": 1}, "here.owner: expected a string or null, got 1"),
        ({"name": "x", "kind": "c"}, "here.kind: expected one of 'a', 'b', got 'c'"),
        ({"name": "x", "tags": "p"}, "here.tags: expected an array of strings, got 'p'"),
        ({"name": "x", "tags": [1]}, "here.tags: expected an array of strings, got [1]"),
        ({"name": "x", "extra": []}, "here.extra: expected an object, got []"),
        (
            {"name": "x", "colour": "red"},
            "here.colour: no such field; Thing has name, count, ratio, active, owner, kind, tags, extra",
        ),
    ],
)
def test_invalid_document_is_refused_with_path_and_expectation(document, complaint):
    with pytest.raises(SeedError) as caught:
        checked(Thing, document, "here")
    assert str(caught.value) == complaint


class TestFiles:
    """Seeds in files."""

    def test_seed_file_is_read(self, tmp_path):
        (tmp_path / "a.json").write_text('{"vendors": {"x": {"t": []}}}')
        seed = SeedDocument.read(tmp_path / "a.json")
        assert (seed.source, seed.vendors) == (str(tmp_path / "a.json"), {"x": {"t": []}})

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"{", "is not JSON (Expecting property name"),
            (b"\xff", "is not JSON ("),
            (b"[]", 'expected {"format": 1, "vendors": {...}}'),
            (b'{"vendors": []}', 'expected {"format": 1, "vendors": {...}}'),
            (b'{"format": 2, "vendors": {}}', f"is of format 2, and this mockmail ({__version__}) reads format 1"),
        ],
    )
    def test_invalid_seed_file_is_refused(self, tmp_path, content, complaint):
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(SeedError) as caught:
            SeedDocument.read(tmp_path / "a.json")
        assert str(caught.value).startswith(f"{tmp_path / 'a.json'}: {complaint}")

    def test_missing_seed_file_is_refused(self, tmp_path):
        with pytest.raises(SeedError, match=r"a\.json: cannot be read \(No such file or directory\)"):
            SeedDocument.read(tmp_path / "a.json")


@pytest.fixture
def make_world(atmail_only):
    """Make a World; it is closed after the test."""
    made = []

    def make(settings=None, **named):
        made.append(World(atmail_only, settings, **named))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(make_world):
    return make_world()


@pytest.fixture
def atmail(atmail_only):
    return atmail_only.get("atmail")


def domains(world, atmail):
    return [domain["domainName"] for domain in world.store.dump(atmail).get("domains", [])]


RAW = b"Subject: \xff\x00\r\n\r\nlone \n and \r\r\n.\r\n"
ENVELOPE = Envelope(
    sender="",
    recipients=("a@example.com", "ü@example.com"),
    helo="h",
    mail_parameters=("SIZE=1",),
    transcript=("C: x",),
)


class TestSeeding:
    """The default state of the vendors and the records of seeds."""

    def test_seed_adds_to_the_vendors_default_state(self, make_world, atmail):
        documents = [
            {"vendors": {"atmail": {"domains": [{"domainId": 2, "domainName": "two.example"}]}}},
            {"vendors": {"atmail": {"domains": [{"domainId": 2, "domainName": "zwei.example"}]}}},
        ]
        seeds = [SeedDocument.from_document(document, "a test") for document in documents]
        world = make_world(WorldSettings(seeds=seeds))
        world.ensure_seeded(atmail)
        assert domains(world, atmail) == ["yourdomain.com", "zwei.example"]

    @pytest.mark.parametrize(
        ("tables", "complaint"),
        [
            ({"nothing": []}, "seed: atmail.nothing: no such table; atmail has accounts, aliases, domains, "),
            ({"domains": {}}, "seed: atmail.domains: expected an array of objects, got {}"),
            ({"domains": [{"domainId": 2, "domainName": "ok"}, {"domainId": "3", "domainName": "x"}]},
             "seed: atmail.domains[1].domainId: expected an integer, got '3'"),
            ([], "seed: atmail: expected an object of tables, got []"),
        ],
    )  # fmt: skip
    def test_invalid_seed_adds_nothing(self, world, atmail, tables, complaint):
        with pytest.raises(SeedError) as caught:
            world.seed(atmail, tables)
        assert str(caught.value).startswith(complaint)
        assert domains(world, atmail) == ["yourdomain.com"]

    def test_reset_restores_the_seeded_state(self, world, atmail):
        before = world.snapshot()
        world.seed(atmail, {"domains": [{"domainId": 2, "domainName": "two.example"}]})
        first = world.receive(RAW, ENVELOPE, SentBy())
        world.clock.freeze(datetime(2020, 1, 1, tzinfo=UTC))
        world.ids.token(5)
        world.reset()
        assert world.snapshot() == before
        assert world.receive(RAW, ENVELOPE, SentBy()).id == first.id


class TestSnapshots:
    """Snapshot and restore."""

    def test_snapshot_is_versioned_sorted_json(self, world):
        world.receive(RAW, ENVELOPE, SentBy())
        state = world.snapshot()
        assert (state["format"], state["mockmail"]) == (1, __version__)
        assert list(state["vendors"]) == sorted(state["vendors"])
        assert all(list(tables) == sorted(tables) for tables in state["vendors"].values())
        assert json.dumps(json.loads(json.dumps(state))) == json.dumps(state)
        assert json.dumps(world.snapshot()) == json.dumps(state)

    def test_restored_snapshot_is_complete(self, make_world, atmail, world):
        world.seed(atmail, {"domains": [{"domainId": 2, "domainName": "two.example"}]})
        world.clock.freeze(datetime(2020, 2, 3, 4, 5, 6, 7, tzinfo=UTC))
        world.ids.token(5)
        sent_by = SentBy(client="api", vendor="atmail", operation="x.y", exchange=3, relay="h:25")
        world.mail.add(RAW, ENVELOPE, sent_by, [Delivery("atmail", "7", "a@example.com"), Delivery(None, None, "b@c")])
        state = json.loads(json.dumps(world.snapshot()))
        other = make_world()
        other.restore(state)
        assert other.snapshot() == world.snapshot()
        [message] = other.mail.find(Criteria())
        [original] = world.mail.find(Criteria())
        assert (message.raw, message.envelope, message.sent_by) == (RAW, ENVELOPE, sent_by)
        assert (message.id, message.received_at, message.deliveries) == (
            original.id, datetime(2020, 2, 3, 4, 5, 6, 7, tzinfo=UTC), original.deliveries,
        )  # fmt: skip
        assert other.mail.mailboxes.usage("atmail", "7").messages == 1
        assert (other.clock.now(), other.clock.frozen) == (world.clock.now(), True)
        assert other.ids.token(9) == world.ids.token(9)

    def test_restore_removes_the_previous_state(self, world, atmail):
        state = world.snapshot()
        world.seed(atmail, {"domains": [{"domainId": 2, "domainName": "two.example"}]})
        world.receive(RAW, ENVELOPE, SentBy())
        world.restore(state)
        assert domains(world, atmail) == ["yourdomain.com"]
        assert len(world.mail) == 0

    def test_message_after_a_restore_has_a_new_id(self, make_world, world):
        first, second, third = (world.receive(RAW, ENVELOPE, SentBy()) for _ in range(3))
        world.mail.remove(first.id)
        other = make_world()
        other.restore(world.snapshot())
        later = [other.receive(RAW, ENVELOPE, SentBy()) for _ in range(3)]
        assert [message.id for message in other.mail.find(Criteria())] == [
            second.id,
            third.id,
            *(message.id for message in later),
        ]
        assert len({message.id for message in other.mail.find(Criteria())}) == 5

    @pytest.mark.parametrize(
        "break_it",
        [
            lambda state: state.update(format=2),
            lambda state: state.pop("vendors"),
            lambda state: state["vendors"].update(nobody={}),
            lambda state: state["vendors"]["atmail"].update(nothing=[]),
            lambda state: state["vendors"]["atmail"]["domains"][0].update(domainId="1"),
            lambda state: state["vendors"]["atmail"]["domains"][0].pop("domainName"),
            lambda state: state.update(mail={}),
            lambda state: state.update(mail=[1]),
            lambda state: state["mail"][0].pop("raw"),
            lambda state: state["mail"][0].update(raw=1),
            lambda state: state["mail"][0].update(raw="!"),
            lambda state: state["mail"][0].update(envelope=1),
            lambda state: state["mail"][0]["envelope"].update(nothing=1),
            lambda state: state["mail"][0].update(sent_by={"nothing": 1}),
            lambda state: state["mail"][0].update(received_at="yesterday"),
            lambda state: state["mail"].append(state["mail"][0]),
            lambda state: state.update(clock=1),
            lambda state: state.update(clock={"frozen_at": "yesterday"}),
            lambda state: state.update(clock={"frozen_at": "2020-01-01T00:00:00"}),
            lambda state: state.update(clock={"offset_seconds": "x"}),
            lambda state: state.update(clock={"offset_seconds": 1e300}),
            lambda state: state.update(ids={}),
            lambda state: state.update(ids={"seed": "0", "drawn": "x"}),
            lambda state: state.update(ids=1),
        ],
    )
    def test_invalid_snapshot_changes_nothing(self, world, atmail, break_it):
        world.receive(RAW, ENVELOPE, SentBy())
        state = copy.deepcopy(world.snapshot())
        world.seed(atmail, {"domains": [{"domainId": 2, "domainName": "two.example"}]})
        world.receive(b"later", ENVELOPE, SentBy())
        world.clock.freeze(datetime(2021, 1, 1, tzinfo=UTC))
        world.ids.token(5)
        before = world.snapshot()
        break_it(state)
        with pytest.raises(SeedError, match="snapshot"):
            world.restore(state)
        assert world.snapshot() == before
        assert [message.raw for message in world.mail.find(Criteria())] == [RAW, b"later"]
        assert domains(world, atmail) == ["yourdomain.com", "two.example"]


def test_worlds_with_the_same_seed_have_the_same_state(make_world):
    one, two = make_world(WorldSettings(id_seed="x")), make_world(WorldSettings(id_seed="x"))
    for world in (one, two):
        world.clock.freeze(datetime(2020, 1, 1, tzinfo=UTC))
        world.receive(RAW, ENVELOPE, SentBy())
        world.ids.uuid()
    assert json.dumps(one.snapshot()) == json.dumps(two.snapshot())
    other = make_world(WorldSettings(id_seed="y"))
    assert other.receive(RAW, ENVELOPE, SentBy()).id != one.mail.find(Criteria())[0].id


def test_sandboxes_have_different_ids(make_world):
    one, two = make_world(name="one"), make_world(name="two")
    assert one.ids.uuid() != two.ids.uuid()
    assert one.receive(RAW, ENVELOPE, SentBy()).id != two.receive(RAW, ENVELOPE, SentBy()).id
