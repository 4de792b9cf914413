"""What is there after a restart, and after a kill at any step of what a World does with its folder."""

from __future__ import annotations

import os
import shutil
import sqlite3
from itertools import product
from pathlib import Path

import pytest
from data.folders import account, receive

from mockmail.core.errors import DataFolderError, LimitReached, SeedError, StorageFull
from mockmail.core.ids import Ids
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.vendors.atmail.records import Account

JANE = "jane@yourdomain.com"
JANES_KEY = account("jane")["accountId"]


@pytest.fixture
def world(open_world, folder):
    return open_world(folder)


def atmail(world):
    return world.vendors.vendors["atmail"]


def accounts(world):
    return sorted(one.username for one in world.records("atmail", Account))


def add_account(world, name="jane"):
    world.seed(atmail(world), {"accounts": [account(name)]})


def remove_account(world, name="jane"):
    with world.store.transaction():
        key = str(account(name)["accountId"])
        world.records("atmail", Account).remove(key)
        world.mail.forget_mailbox("atmail", key)


def look(world):
    """What of a World a client could see."""
    usage = world.mail.usage("atmail", str(JANES_KEY))
    subjects = [one.subject for one in world.mail.find(Criteria())]
    return {"accounts": accounts(world), "subjects": subjects, "usage": (usage.messages, usage.octets)}


# After a restart


def test_state_mail_and_mailboxes_are_there_after_a_stop_and_after_a_kill(world, folder, image, open_world):
    add_account(world)
    message = receive(world, "Welcome")
    seen = look(world)
    killed = open_world(image(folder))
    world.close()
    stopped = open_world(folder)

    assert seen == {"accounts": [JANE], "subjects": ["Welcome"], "usage": (1, message.size)}
    assert look(killed) == seen
    assert look(stopped) == seen


def test_messages_have_the_bytes_and_the_envelope_that_they_had(world, folder, open_world):
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


def test_ids_of_messages_are_never_given_again_and_cursors_go_on(world, folder, image, open_world):
    given = [receive(world, str(number)) for number in range(3)]
    world.mail.remove(given[-1].id)
    for again in (open_world(image(folder)), open_world(image(folder))):
        later = receive(again, "later")
        assert later.id not in {one.id for one in given}
        assert later.cursor == given[-1].cursor + 1
    world.mail.clear()
    emptied = open_world(image(folder))
    assert receive(emptied, "later").cursor == given[-1].cursor + 1
    assert emptied.mail.find(Criteria(after=given[-1].cursor))[0].subject == "later"


def test_ids_are_not_drawn_again_after_a_kill_even_those_that_no_write_kept(world, folder, image, open_world):
    add_account(world)
    drawn = {world.ids.uuid() for _ in range(400)}
    again = open_world(image(folder))
    assert drawn.isdisjoint({again.ids.uuid() for _ in range(2000)})


def test_ids_go_on_where_they_were_after_a_stop(world, folder, open_world):
    expected = Ids("0")
    first = [world.ids.uuid() for _ in range(3)]
    add_account(world)
    world.close()
    again = open_world(folder)
    assert first + [again.ids.uuid() for _ in range(3)] == [expected.uuid() for _ in range(6)]


def test_an_id_that_is_drawn_is_no_reason_for_a_write(world, folder):
    add_account(world)
    size = sum(one.stat().st_size for one in folder.iterdir())
    for _ in range(100):
        with world.store.transaction():
            world.ids.uuid()
    assert sum(one.stat().st_size for one in folder.iterdir()) == size


def test_who_only_reads_writes_nothing_not_even_after_a_start(world, folder, image, open_world):
    add_account(world)
    world.ids.uuid()
    killed = image(folder)
    again = open_world(killed)
    before = {one.name: one.read_bytes() for one in killed.iterdir()}
    with again.store.transaction():
        assert accounts(again) == [JANE]
    assert {one.name: one.read_bytes() for one in killed.iterdir()} == before


def test_the_clock_stands_where_it_was_frozen(world, folder, open_world):
    moment = world.clock.now().replace(year=2001)
    world.clock.freeze(moment)
    world.close()
    assert open_world(folder).clock.now() == moment


def test_calls_are_numbered_on_from_those_that_messages_name(world, folder, image, open_world):
    world.receive(b"x", Envelope(sender="", recipients=()), SentBy(exchange=41))
    again = open_world(image(folder))
    assert again.journal.next_id() == 42
    assert len(again.journal) == 0


def test_a_vendor_that_was_touched_is_not_seeded_again(world, folder, image, open_world):
    remembered = {one.key for one in world.records("atmail", atmail(world).models[0])}
    assert remembered
    world.store.clear("atmail")
    again = open_world(image(folder))
    assert len(again.records("atmail", atmail(world).models[0])) == 0


def test_a_search_finds_what_an_earlier_run_took(world, folder, open_world):
    receive(world, "Grüße aus Rom")
    world.close()
    again = open_world(folder)
    assert [one.subject for one in again.mail.find(Criteria(query="grusse"))] == []
    assert [one.subject for one in again.mail.find(Criteria(query="rom to:jane@yourdomain.com"))] == ["Grüße aus Rom"]


# Kills between any two steps


class Images:
    """Before each call that changes a file, the folder is copied: that is what a kill at that moment leaves."""

    def __init__(self, folder, scratch, monkeypatch):
        self.taken = []
        self._folder = folder
        self._scratch = scratch
        self._busy = False
        for target, names in ((os, ("write", "ftruncate", "open", "fsync")), (Path, ("replace", "rename", "mkdir"))):
            for name in names:
                monkeypatch.setattr(target, name, self._first(getattr(target, name)))

    def watch(self, world):
        """Images before each SQL statement, and after those that end a transaction."""
        world.mail._open().set_trace_callback(lambda _: self.take())

    def take(self):
        if not self._busy:
            self._busy = True
            copy = self._scratch / f"step-{len(self.taken)}"
            shutil.copytree(self._folder, copy)
            self.taken.append(copy)
            self._busy = False

    def _first(self, call):
        def taken_first(*arguments, **options):
            self.take()
            return call(*arguments, **options)

        return taken_first


def restore_other(world):
    """A snapshot of another World with John, and one message for him."""
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
    "a new whole state": lambda world: world.store.compact(world._facts()),
}


def rename(world):
    with world.store.transaction():
        records = world.records("atmail", Account)
        records.put(records.remove(str(JANES_KEY)).replace(accountId=JANES_KEY + 1, username="janet@yourdomain.com"))
        world.mail.rename_mailbox("atmail", str(JANES_KEY), str(JANES_KEY + 1))


@pytest.mark.parametrize("act", ACTS)
def test_a_kill_between_any_two_steps_leaves_all_of_an_act_or_nothing(  # noqa: PLR0917  # fixtures
    world, folder, tmp_path, monkeypatch, open_world, act
):
    add_account(world)
    receive(world, "One")
    before = look(world)
    with monkeypatch.context() as patch:
        images = Images(folder, tmp_path, patch)
        images.watch(world)
        ACTS[act](world)
        images.take()
    after = before if act in ("a stop", "a new whole state") else look(world)
    assert len(images.taken) >= 4

    found = [look(open_world(one)) for one in images.taken]
    assert found[0] == before
    assert found[-1] == after
    assert [one for one in found if one not in (before, after)] == []


def test_a_kill_while_a_world_is_made_leaves_one_that_can_be_opened(folder, tmp_path, monkeypatch, open_world):
    folder.mkdir()
    with monkeypatch.context() as patch:
        images = Images(folder, tmp_path, patch)
        world = open_world(folder)
        images.watch(world)
        add_account(world)
        receive(world)
        images.take()
    for one in images.taken:
        again = open_world(one)
        assert accounts(again) in ([], [JANE])
        receive(again, "goes on")
        assert again.mail.find(Criteria())[-1].subject == "goes on"


def test_what_was_written_down_and_not_done_is_done_once(world, folder, image, open_world):
    add_account(world)
    receive(world, "One")
    before = image(folder)
    remove_account(world)
    log = (folder / "changes.jsonl").read_bytes()
    (before / "changes.jsonl").write_bytes(log)  # the state knows, the mail does not yet

    again = open_world(before)
    assert look(again)["usage"] == (0, 0)
    add_account(again)
    message = receive(again, "Two")
    assert look(open_world(image(before)))["usage"] == (1, message.size)


def test_messages_that_were_moved_away_after_a_kill_take_their_unfinished_business_with_them(world, folder, open_world):
    """What the log had to say of them is not done to those that come after."""
    receive(world, "Old")
    world.reset()
    kill(world)
    for one in folder.glob("mail.sqlite*"):
        one.unlink()
    again = open_world(folder)
    receive(again, "New")
    kill(again)
    assert look(open_world(folder))["subjects"] == ["New"]


def test_messages_beside_a_state_that_begins_anew_lose_nothing_of_what_is_done_to_them(
    world, folder, image, open_world
):
    for _ in range(3):
        add_account(world)
        receive(world, "One")
        remove_account(world)
    kill(world)
    for name in ("state.json", "changes.jsonl"):
        (folder / name).unlink(missing_ok=True)
    again = open_world(folder)
    add_account(again)
    receive(again, "Two")
    before = image(folder)
    remove_account(again)
    (before / "changes.jsonl").write_bytes((folder / "changes.jsonl").read_bytes())
    assert look(open_world(before))["usage"] == (0, 0)


def test_no_room_to_do_what_was_written_down_is_told_at_the_start(world, folder, image, open_world, monkeypatch):
    add_account(world)
    receive(world, "One")
    before = image(folder)
    remove_account(world)
    (before / "changes.jsonl").write_bytes((folder / "changes.jsonl").read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr("mockmail.core.mail.store._note_done", no_room_in_sqlite)
        with pytest.raises(DataFolderError, match=r"the mail store cannot take more: .*; make room, and start again"):
            open_world(before)
        assert open_files(before) == []
    assert look(open_world(before))["usage"] == (0, 0)


def open_files(folder):
    """What this process has open in a folder."""
    links = (str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
    return [target for target in links if target.startswith(str(folder))]


def no_room_in_sqlite(*_):
    raise sqlite3.OperationalError("database or disk is full")


def kill(world):
    world.store.close()
    world.mail.close()


# What is refused


def test_what_a_handler_did_to_a_mailbox_is_taken_back_with_the_rest(world):
    add_account(world)
    message = receive(world, "One")
    with pytest.raises(ZeroDivisionError), world.store.transaction():
        remove_account(world)
        assert world.mail.usage("atmail", str(JANES_KEY)).messages == 0
        raise ZeroDivisionError
    assert look(world) == {"accounts": [JANE], "subjects": ["One"], "usage": (1, message.size)}


@pytest.mark.parametrize(
    ("act", "where"),
    [
        *product(("a mailbox that goes", "a mailbox that is renamed", "a reset"), ("state", "mail")),
        ("a vendor's reset", "state"),  # no mail is part of it
    ],
)
def test_where_the_disk_is_full_an_act_changes_nothing(world, folder, monkeypatch, image, open_world, act, where):  # noqa: PLR0917  # fixtures
    add_account(world)
    receive(world, "One")
    drawn = [world.ids.uuid(), world.ids.drawn]
    before = look(world)
    if where == "state":
        monkeypatch.setattr("mockmail.core.state.log._write_all", no_room)
    else:
        world.mail._open().execute("PRAGMA max_page_count = 1")
        world.mail._connection = Full(world.mail._open())
    with pytest.raises(StorageFull):
        ACTS[act](world)
    monkeypatch.undo()

    assert look(world) == before
    assert world.ids.drawn == drawn[1]
    assert look(open_world(image(folder))) == before


def no_room(*_):
    raise OSError(28, "No space left on device")


class Full:
    """A connection whose database's disk takes no more."""

    def __init__(self, connection):
        self._connection = connection

    @property
    def in_transaction(self):
        return self._connection.in_transaction

    def execute(self, sql, *arguments):
        if sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(sql, *arguments)

    def close(self):
        self._connection.close()


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
def test_a_snapshot_that_does_not_fit_changes_nothing(world, change, words):
    add_account(world)
    receive(world, "One")
    before, snapshot = look(world), world.snapshot()
    with pytest.raises(SeedError, match=words):
        world.restore({**snapshot, **change})
    assert look(world) == before
    assert world.snapshot() == snapshot


def test_a_snapshot_with_an_id_twice_or_too_many_messages_changes_nothing(world):
    receive(world, "One")
    snapshot = world.snapshot()
    with pytest.raises(SeedError, match="two messages have the same id"):
        world.restore({**snapshot, "mail": snapshot["mail"] * 2})
    object.__setattr__(world.mail._limits, "messages", 1)
    receive_twice = [{**snapshot["mail"][0], "id": str(number)} for number in range(2)]
    with pytest.raises(LimitReached, match="max_messages"):
        world.restore({**snapshot, "mail": receive_twice})
    assert [one.subject for one in world.mail.find(Criteria())] == ["One"]


def test_a_restored_snapshot_survives_a_kill_with_its_ids_and_its_vendors(world, folder, image, open_world):
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


def test_an_id_that_a_snapshot_brought_is_not_given_to_a_new_message(world, open_world, folder):
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


def test_a_watcher_that_fails_does_not_unsay_that_a_message_was_kept(world, caplog):
    world.mail.observe(lambda _: 1 / 0)
    receive(world, "One")
    assert [one.subject for one in world.mail.find(Criteria())] == ["One"]
    assert "an observer failed" in caplog.text


def test_watchers_are_told_what_is_kept_and_nothing_that_is_taken_back(world):
    told = []
    world.mail.observe(lambda message: told.append(message.subject))
    with pytest.raises(ZeroDivisionError), world.store.transaction():
        receive(world, "taken back")
        raise ZeroDivisionError
    with world.store.transaction():
        receive(world, "kept")
        assert told == []
    assert told == ["kept"]


def test_the_totals_are_those_of_the_messages(world, folder, open_world):
    sizes = [receive(world, "x" * number).size for number in range(1, 6)]
    world.mail.remove(world.mail.find(Criteria())[0].id)
    world.close()
    again = open_world(folder)
    assert len(again.mail) == 4
    assert again.mail._octets == sum(sizes[1:])
