"""Messages are indexed while few arrive, if there are many; a search then finds them indexed."""

from __future__ import annotations

import asyncio

import pytest

from mockmail.core.errors import StorageFull
from mockmail.core.mail import store
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World
from mockmail.server import idle_indexing
from mockmail.server.idle_indexing import IdleIndexing
from mockmail.server.turns import Turns


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch):
    monkeypatch.setattr(store, "MANY", 10)
    monkeypatch.setattr(idle_indexing, "QUIET_SECONDS", 0)
    monkeypatch.setattr(idle_indexing, "FEW", 2)


@pytest.fixture
async def sandboxes():
    made = Sandboxes(lambda name: World(Registry(), name=name))
    yield made
    made.close()


@pytest.fixture
async def indexing(sandboxes):
    made = IdleIndexing(sandboxes, Turns())
    yield made
    made.stop()


def deliver(world, count):
    for _ in range(count):
        world.receive(b"Subject: a\r\n\r\nhello\r\n", Envelope(sender="s@x", recipients=("r@x",)), SentBy())


def indexed(world):
    return dict(world.database.reading().execute("SELECT what, seq FROM progress"))


async def until(condition):
    for _ in range(10_000):
        if condition():
            return True
        await asyncio.sleep(0)
    return False


async def test_many_messages_are_indexed_before_a_search(sandboxes, indexing):
    world = sandboxes.get("shop")

    deliver(world, 25)

    assert await until(lambda: not indexing._tasks)
    assert indexed(world) == {"headers": 25, "words": 25}
    assert world.mail.count(Criteria(text="hello", subject="a")) == 25


async def test_few_messages_are_left_to_a_search(sandboxes, indexing):
    world = sandboxes.get()

    deliver(world, 9)

    assert not indexing._tasks
    deliver(world, 1)
    assert indexing._tasks


async def test_messages_from_before_the_start_are_indexed(sandboxes):
    world = sandboxes.get()
    deliver(world, 12)

    indexing = IdleIndexing(sandboxes, Turns())

    assert await until(lambda: not indexing._tasks)
    assert indexed(world)["words"] == 12
    indexing.stop()


async def test_indexing_pauses_when_a_message_arrives(sandboxes, indexing, monkeypatch):
    world = sandboxes.get()
    deliver(world, 9)
    slices, quiet = [], []
    wait = idle_indexing._last_of_quiet

    def index_more():
        slices.append(len(quiet))
        if len(slices) == 2:
            deliver(world, 1)
        return len(slices) < 4

    async def counted(mail):
        quiet.append(mail.last)
        return await wait(mail)

    monkeypatch.setattr(world.mail, "index_more", index_more)
    monkeypatch.setattr(idle_indexing, "_last_of_quiet", counted)

    deliver(world, 1)

    assert await until(lambda: not indexing._tasks)
    assert (slices, quiet) == ([1, 1, 2, 2], [10, 11])


async def test_many_messages_that_arrive_without_a_pause_are_not_indexed(sandboxes, indexing):
    world = sandboxes.get()
    for _ in range(30):
        deliver(world, 3)
        await asyncio.sleep(0)

    assert indexed(world) == {"headers": 0, "words": 0}


async def test_few_messages_at_a_time_are_indexed_although_they_never_pause(sandboxes, indexing):
    world = sandboxes.get()
    for _ in range(30):
        deliver(world, 2)
        await asyncio.sleep(0)

    assert indexed(world)["words"] >= 10


async def test_removed_sandbox_and_stopped_server_are_not_indexed(sandboxes):
    indexing, tasks = IdleIndexing(sandboxes, Turns()), []
    for name in ("a", "b"):
        deliver(sandboxes.get(name), 10)
        tasks += [task for task in indexing._tasks.values() if task not in tasks]

    sandboxes.remove("a")
    indexing.stop()
    deliver(sandboxes.get("b"), 10)

    await asyncio.wait(tasks, timeout=20)
    assert [task.cancelled() for task in tasks] == [True, True]
    await asyncio.sleep(0)
    assert not indexing._tasks


async def test_index_that_cannot_be_written_is_left_to_a_search(sandboxes, indexing, monkeypatch):
    world = sandboxes.get()

    def fail():
        raise StorageFull("the disk is full")

    monkeypatch.setattr(world.mail, "index_more", fail)

    deliver(world, 10)

    assert await until(lambda: not indexing._tasks)
