"""Sandboxes cost nothing until they are written to, and idle ones make room for others."""

from __future__ import annotations

import errno
import os
from contextlib import closing, suppress
from pathlib import Path

import pytest
from data.folders import account, receive

from mockmail.core.errors import LimitReached, StorageFull
from mockmail.core.faults import Fault
from mockmail.core.limits import Limit
from mockmail.core.mail.criteria import Criteria
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.core.state import database_file
from mockmail.core.state.shared_files import OPEN_FILES, SharedFiles
from mockmail.core.world import World
from mockmail.vendors.atmail.records import Account

LIST = "/atmail/admin/index.php/api/accounts/list"
JSON = {"Content_Type": "application/json"}


def files(folder):
    return sorted(path.name for path in (folder / "sandboxes").iterdir())


@pytest.fixture
def world(atmail_only, tmp_path):
    with closing(World(atmail_only, path=tmp_path / "1.sqlite")) as made:
        yield made


def add_account(world, name="jane"):
    world.seed(world.vendors.vendors["atmail"], {"accounts": [account(name)]})


def usernames(world):
    return [record.username for record in world.records("atmail", Account)]


def made_by(served):
    """The names of the sandboxes that calls have made; `default` is always listed."""
    rows = served.ask("GET", "/_mockmail/sandboxes").json["sandboxes"]
    return [row["name"] for row in rows if row["name"] != DEFAULT]


# The first write makes the file


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", LIST, None),
        ("GET", "/_mockmail/messages", None),
        ("GET", "/_mockmail/messages?text=word", None),
        ("GET", "/_mockmail/messages/nothing", None),
        ("GET", "/_mockmail/state", None),
        ("GET", "/_mockmail/requests", None),
        ("DELETE", "/_mockmail/messages", None),
        ("POST", "/_mockmail/reset", "{}"),
        ("POST", "/_mockmail/messages/wait", '{"to": "x", "timeout": 0}'),
    ],
)
def test_sandbox_that_is_only_read_has_no_file(serve_there, folder, method, path, body):
    served = serve_there("--vendors", "atmail", "--quiet")
    assert served.ask(method, f"/~new{path}", body, **JSON).status < 500
    assert files(folder) == []
    assert served.ask("DELETE", "/_mockmail/sandboxes/new").status == 204
    served.end()
    assert made_by(serve_there("--vendors", "atmail", "--quiet")) == []


@pytest.mark.parametrize(
    "write",
    [
        lambda world: receive(world, "one"),
        add_account,
        lambda world: world.clock.freeze() or world.store.next_number("atmail", "x"),
        lambda world: world.reset() or receive(world, "one"),
    ],
    ids=["message", "record", "clock and record", "message after a reset"],
)
def test_first_write_writes_the_seeds_too(world, tmp_path, open_world, image, write):
    seeded = usernames(world)
    assert not world.database.exists
    write(world)
    expected = world.snapshot()
    again = open_world(image(tmp_path))
    assert set(seeded) <= set(usernames(again))
    assert again.seeded_vendors == {"atmail"}
    assert again.snapshot()["vendors"] == expected["vendors"]
    assert again.clock.frozen == world.clock.frozen


def test_clock_alone_is_written_with_the_seeds(world, tmp_path, open_world, image):
    seeded = usernames(world)
    world.clock.freeze()
    with world.transaction():
        pass
    again = open_world(image(tmp_path))
    assert (again.clock.frozen, usernames(again)) == (True, seeded)


def test_empty_snapshot_is_written(world, tmp_path, open_world, image):
    world.restore({"vendors": {}})
    again = open_world(image(tmp_path))
    assert usernames(again) == []


def test_rolled_back_first_write_leaves_the_seeds_to_the_next(world, tmp_path, open_world, image):
    seeded = usernames(world)
    with suppress(ZeroDivisionError), world.transaction():
        receive(world, "lost")
        raise ZeroDivisionError
    receive(world, "kept")
    assert usernames(world) == seeded
    again = open_world(image(tmp_path))
    assert usernames(again) == seeded
    assert [message.subject for message in again.mail.find(Criteria())] == ["kept"]


def test_seeding_in_a_rolled_back_transaction_is_forgotten(world, tmp_path, open_world, image):
    with suppress(ZeroDivisionError), world.transaction():
        usernames(world)
        raise ZeroDivisionError
    assert world.seeded_vendors == set()
    receive(world, "kept")
    again = open_world(image(tmp_path))
    assert usernames(again) == usernames(world)


# Room for new sandboxes


@pytest.fixture
def sandboxes(atmail_only):
    with closing(Sandboxes(lambda name: World(atmail_only, name=name), limit=3)) as made:
        yield made


def test_unused_sandbox_that_was_used_the_longest_ago_makes_room(sandboxes):
    for name in ("default", "a", "b", "c", "a", "d", "default"):
        usernames(sandboxes.get(name))
    assert sandboxes.names() == ["a", "c", "d", "default"]


USES = {
    "message": lambda world: receive(world, "x"),
    "removed message": lambda world: receive(world, "x") and world.mail.clear(),
    "record": add_account,
    "fault": lambda world: world.faults.add(Fault(vendor="atmail", status=500)),
    "limit": lambda world: world.limits.add(Limit(vendor="atmail", calls=1, window=1)),
    "rule of the SMTP server": lambda world: setattr(world.smtp, "require_auth", True),
    "clock": lambda world: world.clock.freeze(),
    "wait": lambda world: world.mail.observe(print, print),
    "snapshot": lambda world: world.restore({"vendors": {}}),
}


@pytest.mark.parametrize("use", USES)
def test_used_sandboxes_stay(sandboxes, use):
    kept = [sandboxes.get(name) for name in ("a", "b", "c")]
    for world in kept:
        USES[use](world)
    with pytest.raises(LimitReached, match="3 sandboxes with state or mail, the most that max_sandboxes allows"):
        sandboxes.get("d")
    assert [sandboxes.get(name) for name in ("a", "b", "c")] == kept
    assert sandboxes.get().name == "default"


def test_reset_sandbox_makes_room(sandboxes):
    for name in ("a", "b", "c"):
        receive(sandboxes.get(name), "x")
        add_account(sandboxes.get(name))
    sandboxes.get("b").reset()
    sandboxes.get("d")
    assert sandboxes.names() == ["a", "c", "d"]


def test_request_to_a_sandbox_that_made_room_meanwhile_is_refused(sandboxes):
    gone = sandboxes.get("a")
    for name in ("b", "c", "d"):
        sandboxes.get(name)
    for write in (add_account, lambda world: receive(world, "x")):
        with pytest.raises(StorageFull, match="the sandbox 'a' is closed: it was removed"):
            write(gone)


def test_sandbox_with_a_file_stays(serve_here, folder):
    with serve_here(max_sandboxes=1) as mm:
        mm.sandbox("a").inbox.find()
        mm.sandbox("b").inbox.find()
        mm.sandbox("b").atmail.seed(accounts=[account("jane")])
        mm.sandbox("b").reset()
        with pytest.raises(LimitReached):
            mm.sandbox("c").inbox.find()
    assert len(files(folder)) == 1


def test_a_thousand_sandboxes_do_not_lock_out_another(serve_there, folder):
    served = serve_there("--vendors", "atmail", "--quiet", "--max-sandboxes", "50")
    for number in range(120):
        assert served.ask("GET", f"/~box{number}{LIST}").status == 401
    assert served.ask("GET", "/~mine/_mockmail/messages").status == 200
    assert len(made_by(served)) == 50
    assert files(folder) == []


# Open files


@pytest.fixture
def shared():
    return SharedFiles(limit=2)


@pytest.fixture
def worlds(shared, tmp_path):
    made = [World(Registry(), name=str(n), path=tmp_path / f"{n}.sqlite", files=shared) for n in range(4)]
    for world in made:
        receive(world, world.name)
    yield made
    for world in made:
        world.close()


def are_open(worlds):
    return [world.database.is_open for world in worlds]


def test_file_used_the_longest_ago_is_closed_and_opened_again(worlds, shared):
    assert (are_open(worlds), len(shared)) == ([False, False, True, True], 2)
    for world in worlds:
        assert [message.subject for message in world.mail.find(Criteria())] == [world.name]
        receive(world, "more")
    assert [len(world.mail) for world in worlds] == [2] * 4
    assert are_open(worlds) == [False, False, True, True]


def test_search_for_a_long_phrase_works_after_the_file_was_closed(worlds, shared):
    phrase = " ".join(f"word{number}" for number in range(60))
    receive(worlds[0], phrase)
    found = [[message.subject for message in worlds[0].mail.find(Criteria(text=phrase))]]
    while shared.close_oldest():
        pass
    found.append([message.subject for message in worlds[0].mail.find(Criteria(text=phrase))])
    assert found == [[phrase]] * 2


def test_counts_of_closed_files_open_none(worlds):
    assert [(len(world.mail), world.mail.size > 0) for world in worlds] == [(1, True)] * 4
    assert are_open(worlds) == [False, False, True, True]


def test_file_in_a_transaction_is_not_closed(worlds, shared):
    with worlds[0].transaction():
        receive(worlds[0], "one")
        for world in worlds[1:]:
            receive(world, "x")
        assert are_open(worlds) == [True, False, False, True]
    assert len(worlds[0].mail) == 2


def test_ids_continue_exactly_after_a_file_was_closed(shared, tmp_path):
    world = World(Registry(), path=tmp_path / "1.sqlite", files=shared)
    receive(world, "x")
    drawn = [world.ids.uuid() for _ in range(3)]
    shared.close_oldest()
    again = World(Registry(), path=tmp_path / "1.sqlite")
    following = [again.ids.uuid() for _ in range(2)]
    assert set(drawn).isdisjoint(following)
    assert following == [world.ids.uuid() for _ in range(2)]
    again.close(keep=False)
    world.close(keep=False)


def test_closed_file_that_was_removed_is_not_made_again(worlds, tmp_path):
    (tmp_path / "0.sqlite").unlink()
    for use in (lambda: receive(worlds[0], "lost"), lambda: worlds[0].mail.find(Criteria())):
        with pytest.raises(StorageFull, match="the file was moved or removed"):
            use()
    assert not (tmp_path / "0.sqlite").exists()


def test_without_a_file_descriptor_other_files_are_closed(worlds, shared, monkeypatch):
    open_file = database_file.open_file

    def scarce(path, name):
        if len(shared):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return open_file(path, name)

    monkeypatch.setattr(database_file, "open_file", scarce)
    receive(worlds[0], "more")
    assert are_open(worlds) == [True, False, False, False]


def test_many_written_sandboxes_take_few_file_descriptors(serve_there):
    served = serve_there("--vendors", "atmail", "--quiet")
    before = descriptors(served)
    for number in range(OPEN_FILES + 30):
        body = '{"vendors": {"atmail": {}}}'
        assert served.ask("PUT", f"/~box{number}/_mockmail/state", body, **JSON).status == 204
    assert descriptors(served) - before <= 3 * OPEN_FILES + 10
    assert len(made_by(served)) == OPEN_FILES + 30
    assert descriptors(served) - before <= 3 * OPEN_FILES + 10
    served.end()
    again = serve_there("--vendors", "atmail", "--quiet")
    assert descriptors(again) - before <= 3 * OPEN_FILES + 10
    assert len(made_by(again)) == OPEN_FILES + 30


def descriptors(served):
    return len(list(Path(f"/proc/{served.pid}/fd").iterdir()))
