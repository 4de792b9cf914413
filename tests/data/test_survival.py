"""State after a restart, after a kill at any step, and after a failed commit."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress

import pytest
from data.folders import account, receive
from tinydb import where

from mockmail.core.errors import LimitReached, SeedError, StorageFull
from mockmail.core.ids import Ids
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.state.database import Database
from mockmail.core.state.store import Sequence, Store
from mockmail.vendors.atmail.records import Account

JANE = "jane@yourdomain.com"
JANES_KEY = account("jane")["accountId"]


@pytest.fixture
def world(open_world, folder):
    return open_world(folder)


def atmail(world):
    return world.vendors.vendors["atmail"]


def accounts(world):
    return sorted(record.username for record in world.records("atmail", Account))


def add_account(world, name="jane"):
    world.seed(atmail(world), {"accounts": [account(name)]})


def remove_account(world, name="jane"):
    with world.transaction():
        key = str(account(name)["accountId"])
        world.records("atmail", Account).remove(key)
        world.mail.mailboxes.forget("atmail", key)


def look(world):
    """Return the part of a World that these tests compare."""
    usage = world.mail.mailboxes.usage("atmail", str(JANES_KEY))
    subjects = [message.subject for message in world.mail.find(Criteria())]
    return {"accounts": accounts(world), "subjects": subjects, "usage": (usage.messages, usage.size)}


# After a restart


def test_state_mail_and_mailboxes_survive_a_stop_and_a_kill(world, folder, image, open_world):
    add_account(world)
    message = receive(world, "Welcome")
    seen = look(world)
    killed = open_world(image(folder))
    world.close()
    stopped = open_world(folder)

    assert seen == {"accounts": [JANE], "subjects": ["Welcome"], "usage": (1, message.size)}
    assert look(killed) == seen
    assert look(stopped) == seen


def test_message_bytes_and_envelope_survive(world, folder, open_world):
    raw = bytes(range(256)) + b"\r\n.\r\n\x00 no header at all"
    envelope = Envelope(
        sender="", recipients=(JANE, "other@example.com"), helo="[::1]", mail_parameters=("SIZE=9",),
        recipient_parameters=("", "NOTIFY=NEVER"), auth_user="jürgen", tls="TLSv1.3", peer="127.0.0.1:1",
        transcript=("C: EHLO", "S: 250"),
    )  # fmt: skip
    sent_by = SentBy(client="api", vendor="acme", operation="mail.send", exchange=12, relay="mail.example.com:25")
    first = world.receive(raw, envelope, sent_by)
    world.close()

    [found] = open_world(folder).mail.find(Criteria())
    assert (found.raw, found.envelope, found.sent_by) == (raw, envelope, sent_by)
    assert (found.id, found.cursor, found.received_at) == (first.id, first.cursor, first.received_at)


def test_message_ids_are_not_used_again_and_cursors_continue(world, folder, image, open_world):
    given = [receive(world, str(number)) for number in range(3)]
    world.mail.remove(given[-1].id)
    for again in (open_world(image(folder)), open_world(image(folder))):
        later = receive(again, "later")
        assert later.id not in {message.id for message in given}
        assert later.cursor == given[-1].cursor + 1
    world.mail.clear()
    emptied = open_world(image(folder))
    assert receive(emptied, "later").cursor == given[-1].cursor + 1
    assert emptied.mail.find(Criteria(after=given[-1].cursor))[0].subject == "later"


def test_ids_drawn_without_a_write_are_not_drawn_again_after_a_kill(world, folder, image, open_world):
    add_account(world)
    drawn = {world.ids.uuid() for _ in range(400)}
    again = open_world(image(folder))
    assert drawn.isdisjoint({again.ids.uuid() for _ in range(2000)})


def test_ids_continue_exactly_after_a_stop(world, folder, open_world):
    expected = Ids("0")
    first = [world.ids.uuid() for _ in range(3)]
    add_account(world)
    world.close()
    again = open_world(folder)
    assert first + [again.ids.uuid() for _ in range(3)] == [expected.uuid() for _ in range(6)]


def test_drawing_an_id_writes_nothing(world, folder):
    add_account(world)
    size = sum(path.stat().st_size for path in folder.iterdir())
    for _ in range(100):
        with world.transaction():
            world.ids.uuid()
    assert sum(path.stat().st_size for path in folder.iterdir()) == size


def test_reading_writes_nothing_even_after_a_start(world, folder, image, open_world):
    add_account(world)
    world.ids.uuid()
    killed = image(folder)
    again = open_world(killed)
    before = {file.name: file.read_bytes() for file in killed.iterdir() if not file.name.endswith("-shm")}
    with again.transaction():
        assert accounts(again) == [JANE]
    after = {file.name: file.read_bytes() for file in killed.iterdir() if not file.name.endswith("-shm")}
    assert after == before


def test_frozen_clock_survives(world, folder, open_world):
    moment = world.clock.now().replace(year=2001)
    world.clock.freeze(moment)
    world.close()
    assert open_world(folder).clock.now() == moment


def test_request_numbers_continue_after_those_of_stored_messages(world, folder, image, open_world):
    world.receive(b"x", Envelope(sender="", recipients=()), SentBy(exchange=41))
    again = open_world(image(folder))
    assert again.journal.next_id() == 42
    assert len(again.journal) == 0


def test_seeded_vendor_is_not_seeded_again(world, folder, image, open_world):
    remembered = {record.key for record in world.records("atmail", atmail(world).models[0])}
    assert remembered
    world.store.clear("atmail")
    again = open_world(image(folder))
    assert len(again.records("atmail", atmail(world).models[0])) == 0


def test_search_finds_messages_of_an_earlier_run(world, folder, open_world):
    receive(world, "Grüße aus Rom")
    world.close()
    again = open_world(folder)
    assert [message.subject for message in again.mail.find(Criteria(query="grusse"))] == []
    assert [message.subject for message in again.mail.find(Criteria(query="rom to:jane@yourdomain.com"))] == [
        "Grüße aus Rom"
    ]


# Kills between any two steps


class Images:
    """Copies of the folder before each SQL statement: each is what a kill at that moment leaves."""

    def __init__(self, folder, scratch):
        self.taken = []
        self._folder = folder
        self._scratch = scratch

    @contextmanager
    def watch(self, world):
        connection = world.database.reading()
        connection.set_trace_callback(lambda _: self.take())
        yield
        if world.database.is_open:
            connection.set_trace_callback(None)
        self.take()

    def take(self):
        copy = self._scratch / f"step-{len(self.taken)}"
        shutil.copytree(self._folder, copy)
        self.taken.append(copy)


def restore_other(world):
    """Return a snapshot of another World with an account and a message for it."""
    tables = {"accounts": [account("john")]}
    message = {
        "id": "m1", "received_at": "2020-01-01T00:00:00+00:00", "raw": "U3ViamVjdDogT2xkDQoNCg==",
        "envelope": {"sender": "", "recipients": []}, "sent_by": {},
    }  # fmt: skip
    world.restore({"format": 1, "vendors": {"atmail": tables}, "mail": [message]})


ACTS = {
    "a write": lambda world: add_account(world, "john"),
    "a message": lambda world: receive(world, "Two"),
    "a mailbox that goes": remove_account,
    "a mailbox that is renamed": lambda world: rename(world),  # noqa: PLW0108  # it is defined below
    "a reset": lambda world: world.reset(),
    "a vendor's reset": lambda world: world.reset(atmail(world)),
    "all messages gone": lambda world: world.mail.clear(),
    "a restored snapshot": lambda world: restore_other(world),  # noqa: PLW0108  # likewise
    "a stop": lambda world: world.close(),
    "a longer transcript": lambda world: lengthen_transcript(world),  # noqa: PLW0108  # likewise
}


def lengthen_transcript(world):
    world.mail.append_transcript(world.mail.find(Criteria())[0].id, ["C: QUIT"])


def rename(world):
    with world.transaction():
        records = world.records("atmail", Account)
        records.put(records.remove(str(JANES_KEY)).replace(accountId=JANES_KEY + 1, username="janet@yourdomain.com"))
        world.mail.mailboxes.rename("atmail", str(JANES_KEY), str(JANES_KEY + 1))


@pytest.mark.parametrize("act", ACTS)
def test_kill_between_any_two_steps_keeps_all_of_a_change_or_nothing(world, folder, tmp_path, open_world, act):
    add_account(world)
    receive(world, "One")
    before = look(world)
    images = Images(folder, tmp_path)
    with images.watch(world):
        ACTS[act](world)

    found = [look(open_world(image)) for image in images.taken]

    after = found[-1]
    assert len(images.taken) >= 4
    assert found[0] == before
    assert [state for state in found if state not in (before, after)] == []
    assert after == (look(world) if act != "a stop" else before)


def test_kill_during_the_first_writes_leaves_a_usable_file(world, folder, tmp_path, open_world):
    images = Images(folder, tmp_path)
    with images.watch(world):
        add_account(world)
        receive(world)

    for image in images.taken:
        again = open_world(image)
        assert accounts(again) in ([], [JANE])
        receive(again, "goes on")
        assert again.mail.find(Criteria())[-1].subject == "goes on"


def test_partly_created_file_can_be_opened(tmp_path, open_world):
    empty = tmp_path / "empty"
    empty.mkdir()
    with closing(sqlite3.connect(empty / "1.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")

    assert accounts(open_world(empty)) == []


def test_records_are_in_the_order_they_were_added_after_a_restart(world, folder, image, open_world):
    for name in ("mary", "adam", "zeno", "bert"):
        add_account(world, name)
    with world.transaction():
        records = world.records("atmail", Account)
        records.put(records.remove(str(account("mary")["accountId"])))
        records.put(records.get(str(account("zeno")["accountId"])).replace(firstName="Zeno"))
    with pytest.raises(ZeroDivisionError), world.transaction():
        remove_account(world, "adam")
        raise ZeroDivisionError

    order = [record.username.partition("@")[0] for record in world.records("atmail", Account)]
    again = [record.username.partition("@")[0] for record in open_world(image(folder)).records("atmail", Account)]

    assert order[-4:] == ["adam", "zeno", "bert", "mary"]
    assert again == order


def test_direct_write_survives_with_the_next_transaction(world, folder, image, open_world):
    add_account(world)
    world.store.db.table("atmail.accounts").update({"firstName": "Janet"}, where("username") == JANE)
    add_account(world, "john")

    found = open_world(image(folder)).records("atmail", Account).get(str(JANES_KEY))

    assert found.firstName == "Janet"


def test_records_of_an_unserved_vendor_stay_in_the_file_until_a_reset(world, folder, image, open_world):
    with world.transaction():
        sql = "INSERT INTO record (vendor_table, key, document) VALUES ('acme.boxes', 'a', '{}')"
        world.database.writing().execute(sql)
    again = open_world(image(folder))
    add_account(again)
    sql = "SELECT key FROM record WHERE vendor_table = 'acme.boxes'"
    kept = again.database.reading().execute(sql).fetchall()
    again.reset()

    assert kept == [("a",)]
    assert again.database.reading().execute(sql).fetchall() == []


def test_keys_and_texts_that_are_not_utf_8_survive(tmp_path):
    path = tmp_path / "1.sqlite"
    item = Sequence(name="half \udc80", next=3)
    with closing(Database(path)) as database:
        Store(database).records("acme", Sequence).put(item)

    with closing(Database(path)) as database:
        [row] = database.reading().execute("SELECT key, document FROM record").fetchall()
        again = Store(database).records("acme", Sequence)
        again.put(item)
        again.remove(item.key)

        assert row == ('"half \\udc80"', '{"name": "half \\udc80", "next": 3}')
        assert database.reading().execute("SELECT count(*) FROM record").fetchone() == (0,)


def test_value_that_json_cannot_express_is_rolled_back(world):
    with pytest.raises(TypeError), world.transaction():
        world.records("atmail", Sequence).put(Sequence(name="wrong", next=object()))
    assert world.records("atmail", Sequence).get("wrong") is None


# What is refused


def test_change_of_a_mailbox_is_rolled_back_with_the_records(world):
    add_account(world)
    message = receive(world, "One")
    with pytest.raises(ZeroDivisionError), world.transaction():
        remove_account(world)
        assert world.mail.mailboxes.usage("atmail", str(JANES_KEY)).messages == 0
        raise ZeroDivisionError
    assert look(world) == {"accounts": [JANE], "subjects": ["One"], "usage": (1, message.size)}


@pytest.mark.parametrize("act", [name for name in ACTS if name != "a stop"])
def test_failed_commit_changes_nothing(world, folder, image, open_world, act):
    add_account(world)
    receive(world, "One")
    drawn = [world.ids.uuid(), world.ids.drawn]
    before, snapshot = look(world), world.snapshot()
    connection = world.database._connection
    world.database._connection = Full(connection)

    with pytest.raises(StorageFull, match="cannot be written"):
        ACTS[act](world)

    world.database._connection = connection
    assert look(world) == before
    assert world.snapshot() == snapshot
    assert world.ids.drawn == drawn[1]
    assert look(open_world(image(folder))) == before
    ACTS[act](world)
    assert look(open_world(image(folder))) == look(world)


def test_failed_write_that_a_handler_suppresses_does_not_commit_the_rest(world):
    add_account(world)
    connection = world.database._connection

    def suppress_it():
        with world.transaction():
            add_account(world, "john")
            world.database._connection = Full(connection, at="INSERT INTO message")
            with suppress(StorageFull):
                receive(world, "One")
            world.database._connection = connection

    with pytest.raises(StorageFull):
        suppress_it()
    assert look(world) == {"accounts": [JANE], "subjects": [], "usage": (0, 0)}


class Full:
    """A connection that reports a full disk for one kind of statement."""

    def __init__(self, connection, at="COMMIT"):
        self._connection = connection
        self._at = at

    @property
    def in_transaction(self):
        return self._connection.in_transaction

    def execute(self, sql, *arguments):
        if sql.startswith(self._at):
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(sql, *arguments)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mail": [{"id": "x"}]}, "snapshot: mail"),
        ({"mail": 3}, "snapshot: mail: expected an array"),
        ({"clock": {"frozen_at": "yesterday"}}, "snapshot: clock: expected"),
        ({"ids": {}}, "snapshot: ids: expected"),
        ({"vendors": {"atmail": {"accounts": [{}]}}}, "snapshot: vendors.atmail.accounts"),
    ],
)
def test_invalid_snapshot_changes_nothing(world, change, words):
    add_account(world)
    receive(world, "One")
    before, snapshot = look(world), world.snapshot()
    with pytest.raises(SeedError, match=words):
        world.restore({**snapshot, **change})
    assert look(world) == before
    assert world.snapshot() == snapshot


def test_snapshot_with_an_id_twice_or_too_many_messages_changes_nothing(world):
    receive(world, "One")
    snapshot = world.snapshot()
    with pytest.raises(SeedError, match="two messages have the same id"):
        world.restore({**snapshot, "mail": snapshot["mail"] * 2})
    object.__setattr__(world.mail._limits, "messages", 1)
    receive_twice = [{**snapshot["mail"][0], "id": str(number)} for number in range(2)]
    with pytest.raises(LimitReached, match="max_messages"):
        world.restore({**snapshot, "mail": receive_twice})
    assert [message.subject for message in world.mail.find(Criteria())] == ["One"]


def test_restored_snapshot_survives_a_kill_with_its_ids_and_its_vendors(world, folder, image, open_world):
    add_account(world)
    receive(world, "One")
    world.ids.uuid()
    snapshot = world.snapshot()
    other = open_world(folder.with_name("other"))
    other.restore(snapshot)

    again = open_world(image(folder.with_name("other")))
    assert again.snapshot()["vendors"] == snapshot["vendors"]
    assert again.snapshot()["mail"] == snapshot["mail"]
    assert again.ids.drawn >= snapshot["ids"]["drawn"]


def test_id_from_a_snapshot_is_not_used_for_a_new_message(world, open_world, folder):
    other = open_world(folder.with_name("other"))
    taken = [receive(other, str(number)) for number in range(3)][-1]
    snapshot = other.snapshot()
    world.restore({**snapshot, "mail": [snapshot["mail"][-1]]})
    receive(world, "second")
    third = receive(world, "third")
    assert (third.cursor, taken.cursor) == (3, 3)
    assert third.id != taken.id
    assert world.mail.get(taken.id).subject == "2"


# What else may go wrong


def test_observer_that_fails_does_not_lose_the_message(world, caplog):
    world.mail.observe(lambda _: 1 / 0)
    receive(world, "One")
    assert [message.subject for message in world.mail.find(Criteria())] == ["One"]
    assert "an observer failed" in caplog.text


def test_observers_are_called_for_committed_messages_and_not_for_rolled_back_ones(world):
    told = []
    world.mail.observe(lambda message: told.append(message.subject))
    with pytest.raises(ZeroDivisionError), world.transaction():
        receive(world, "taken back")
        raise ZeroDivisionError
    with world.transaction():
        receive(world, "kept")
        assert told == []
    assert told == ["kept"]


def held_after(world, number):
    """Receive a message, and return the bytes of the store."""
    receive(world, "x" * number)
    return world.mail.size


def test_totals_match_the_messages(world, folder, open_world):
    sizes = [held_after(world, number) for number in range(5)]
    world.mail.remove(world.mail.find(Criteria())[0].id)
    world.close()
    again = open_world(folder)
    assert len(again.mail) == 4
    assert again.mail.size == world.mail.size == sizes[-1] - sizes[0]
