"""The transaction of a World: records and mail together, in memory and in a file."""

from __future__ import annotations

from contextlib import closing
from typing import ClassVar

import pytest

from mockmail.core.errors import StorageFull
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.registry import Registry
from mockmail.core.state.database import Database
from mockmail.core.state.records import Record
from mockmail.core.world import World


class Box(Record, frozen=True, kw_only=True):
    table: ClassVar[str] = "boxes"

    name: str

    @property
    def key(self) -> str:
        return self.name


@pytest.fixture(params=["memory", "file"])
def world(request, tmp_path):
    path = tmp_path / "1.sqlite" if request.param == "file" else None
    with closing(World(Registry(), path=path)) as made:
        yield made


def write_both(world, name):
    world.store.records("acme", Box).add(Box(name=name))
    world.receive(f"Subject: {name}\r\n\r\n".encode(), Envelope(sender="", recipients=()), SentBy())


def written(world):
    subjects = [message.subject for message in world.mail.find(Criteria())]
    return [box.name for box in world.store.records("acme", Box)], subjects


def fail_after_writing(world, name):
    with world.transaction():
        write_both(world, name)
        raise ZeroDivisionError


def test_transaction_commits_records_and_mail_together(world):
    with world.transaction():
        write_both(world, "a")

    assert written(world) == (["a"], ["a"])


def test_exception_rolls_back_records_and_mail_together(world):
    write_both(world, "kept")

    with pytest.raises(ZeroDivisionError):
        fail_after_writing(world, "lost")

    assert written(world) == (["kept"], ["kept"])
    write_both(world, "later")
    assert written(world) == (["kept", "later"], ["kept", "later"])


def test_failed_step_before_the_commit_rolls_back_everything(world):
    def fail():
        raise ZeroDivisionError

    world.database.before_commit.append(fail)
    with pytest.raises(ZeroDivisionError):
        write_both(world, "lost")
    world.database.before_commit.remove(fail)

    assert written(world) == ([], [])


def test_observers_are_called_after_the_commit_and_may_write(world):
    subjects = []

    def observe(message):
        subjects.append(message.subject)
        if message.subject == "first":
            write_both(world, "second")

    world.mail.observe(observe)
    write_both(world, "first")

    assert subjects == ["first", "second"]
    assert written(world) == (["first", "second"], ["first", "second"])


def test_world_in_memory_opens_its_database_at_the_first_message():
    with closing(World(Registry())) as world:
        world.store.records("acme", Box).add(Box(name="a"))
        world.reset()
        assert (len(world.mail), world.mail.mailboxes.usage("acme", "a").messages) == (0, 0)
        assert not world.database.is_open
        world.receive(b"", Envelope(sender="", recipients=()), SentBy())
        assert world.database.is_open


def test_write_outside_a_transaction_is_an_error():
    with closing(Database()) as database, pytest.raises(RuntimeError, match="needs a transaction around it"):
        database.writing()


def test_closed_database_refuses_writes(tmp_path):
    for path in (None, tmp_path / "1.sqlite"):
        database = Database(path)
        database.close()
        with pytest.raises(StorageFull, match="is closed"), database.transaction():
            database.writing()
