"""A database of an earlier version becomes one of the current version at the start, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from data.folders import edited, receive

from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import Change
from mockmail.core.state import database_file
from mockmail.core.state.database_file import VERSION, sandbox_of


@pytest.fixture
def earlier(open_world, folder):
    """The file of a sandbox with a message, as the version before read marks and tags wrote it."""
    world = open_world(folder)
    receive(world, "Welcome")
    world.close()
    path = folder / "1.sqlite"
    with edited(path) as connection:
        connection.executescript("DROP TABLE opened; DROP TABLE tag; PRAGMA user_version = 5;")
    return path


def version_and_tables(path):
    with closing(sqlite3.connect(path)) as connection:
        [version] = connection.execute("PRAGMA user_version").fetchone()
        found = connection.execute("SELECT name FROM sqlite_schema WHERE name IN ('opened', 'tag', 'tag_by_message')")
        return version, sorted(name for (name,) in found)


UPGRADED = (VERSION, ["opened", "tag", "tag_by_message"])


def test_database_of_version_5_is_upgraded_with_its_messages(earlier, folder, open_world):
    world = open_world(folder)

    [message] = world.mail.find(Criteria())
    world.mail.marks.change([message.cursor], Change(is_read=True, tags=["new"]))
    world.close()

    assert version_and_tables(earlier) == UPGRADED
    [again] = open_world(folder).mail.find(Criteria())
    assert (again.subject, again.is_read, again.tags) == ("Welcome", True, ("new",))


def test_upgraded_database_has_the_tables_of_a_new_one(earlier, folder, open_world):
    def schema(path):
        with closing(sqlite3.connect(path)) as connection:
            return sorted(connection.execute("SELECT name, sql FROM sqlite_schema"))

    open_world(folder)
    receive(open_world(folder / "new"))

    assert schema(earlier) == schema(folder / "new" / "1.sqlite")


def test_kill_during_the_upgrade_leaves_the_earlier_version_or_the_current(
    earlier, folder, image, open_world, monkeypatch
):
    images = []
    connect = database_file._connect

    def traced(path):
        connection = connect(path)
        connection.set_trace_callback(lambda _: images.append(image(folder)))
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(database_file, "_connect", traced)
        database_file.open_file(earlier, "default").close()

    found = [version_and_tables(killed / earlier.name) for killed in images]
    assert len(found) > len(("BEGIN", "opened", "tag", "tag_by_message", "user_version", "COMMIT"))
    assert all(state in ((5, []), UPGRADED) for state in found)
    for killed in images:
        assert [message.subject for message in open_world(killed).mail.find(Criteria())] == ["Welcome"]
        assert version_and_tables(killed / earlier.name) == UPGRADED


def test_full_disk_during_the_upgrade_keeps_the_earlier_version(earlier, monkeypatch):
    connect = database_file._connect

    def full(path):
        connection = connect(path)
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with edited(earlier) as connection:
        connection.execute("VACUUM")  # no page is free
    with monkeypatch.context() as patch:
        patch.setattr(database_file, "_connect", full)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            database_file.open_file(earlier, "default")

    assert version_and_tables(earlier) == (5, [])
    assert sandbox_of(earlier) == "default"
