"""Damage inside a database: it is found after an unclean stop, and met at run time it is one sentence."""

from __future__ import annotations

import re
import smtplib
import sqlite3
import subprocess
from contextlib import closing

import pytest
from data.folders import account, default_file, edited, receive

from mockmail.core.errors import DataFolderError, StorageDamaged
from mockmail.core.mail.criteria import Criteria

PAGE = 4096


def root_page(path, table):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()[0]


def damage(path, table):
    """Overwrite the root page of a table or an index."""
    start = (root_page(path, table) - 1) * PAGE
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + b"\xa5" * PAGE + whole[start + PAGE :])


@pytest.fixture
def stopped(serve_here, folder):
    """The file of a server that had an account and messages, and was stopped."""
    with serve_here() as mm:
        mm.atmail.seed(accounts=[account("jane")])
        for number in range(3):
            receive(mm.server.sandboxes.get(), f"Number {number}")
        assert mm.inbox.find(subject="Number")
    return default_file(folder)


@pytest.mark.parametrize("table", ["delivery_by_message", "address", "subject"])
def test_damage_is_found_after_an_unclean_stop(stopped, serve_here, table):
    damage(stopped, table)
    stopped.with_name("1.sqlite-wal").write_bytes(b"")

    with pytest.raises(DataFolderError) as caught, serve_here():
        pass

    assert str(caught.value).startswith(f"{stopped}: is not a mockmail database, or damaged (")
    assert "\n" not in str(caught.value)


def test_sound_database_is_served_after_an_unclean_stop(stopped, serve_here):
    stopped.with_name("1.sqlite-wal").write_bytes(b"")
    with serve_here() as mm:
        assert len(mm.inbox) == 3


def test_pages_are_not_checked_after_a_clean_stop(stopped, serve_here, monkeypatch):
    monkeypatch.setattr("mockmail.core.state.database_file._check_pages", lambda _: pytest.fail("it was checked"))
    with serve_here() as mm:
        assert len(mm.inbox) == 3


@pytest.fixture
def damaged(stopped, serve_there):
    """A server whose database was damaged while it was stopped, in a part that the start does not read."""
    damage(stopped, "delivery_by_message")
    return serve_there("--vendors", "atmail", "--quiet", stdout=subprocess.PIPE)


def test_damage_at_run_time_is_one_sentence_and_503_or_451(damaged, stopped, folder):
    code, text = damaged.send(b"Subject: refused\r\n\r\n")
    [message, *_] = damaged.ask("GET", "/_mockmail/messages").json["messages"]
    shown = damaged.ask("GET", f"/_mockmail/messages/{message['id']}")
    removed = damaged.ask("DELETE", f"/_mockmail/messages/{message['id']}")
    seed = '{"vendors": {"atmail": {"accounts": []}}}'
    written = damaged.ask("PUT", "/_mockmail/state", seed, Content_Type="application/json")
    form = "username=jane@yourdomain.com&password=changeme"
    vendor = damaged.ask(
        "POST",
        "/atmail/admin/index.php/api/accounts/view",
        form,
        Authorization="Basic YWRtaW46Y2hhbmdlbWU=",
        Content_Type="application/x-www-form-urlencoded",
    )

    sentence = r"the sandbox 'default' is damaged on the disk \(.*\): restart mockmail for advice"
    assert code == 451
    assert re.fullmatch(rf"4\.3\.0 {sentence}", text)
    for answer in (shown, removed, written, vendor):
        assert answer.status == 503
        assert answer.headers["retry-after"] == "10"
        assert str(folder) not in answer.body.decode()
    assert re.fullmatch(sentence, shown.json["error"])
    assert str(folder) not in text
    damaged.process.kill()
    log, errors = damaged.process.communicate(timeout=30)
    assert re.fullmatch(rf"[\d:.]+ ERROR   {re.escape(str(stopped))}: is damaged \(.*\n", log.decode())
    assert errors == b""


def test_other_sandboxes_of_a_damaged_one_work(damaged):
    damaged.send(b"Subject: refused\r\n\r\n")
    with smtplib.SMTP("127.0.0.1", damaged.smtp, timeout=20) as client:
        client.login("~other", "x")
        client.sendmail("a@example.com", ["b@example.com"], "Subject: taken\r\n\r\n")
    assert damaged.ask("GET", "/~other/_mockmail/messages").json["total"] == 1


def test_no_write_is_accepted_after_a_read_found_damage(stopped, serve_here):
    with edited(stopped) as connection:
        connection.execute("UPDATE message SET envelope = '{' WHERE seq = 2")
    with serve_here() as mm:
        world = mm.server.sandboxes.get()
        assert receive(world, "before").cursor == 4
        with pytest.raises(StorageDamaged, match="message 2 has a value that mockmail did not write"):
            world.mail.find(Criteria())
        with pytest.raises(StorageDamaged):
            receive(world, "after")
        with pytest.raises(StorageDamaged):
            mm.atmail.seed(accounts=[account("john")])
        assert [message.subject for message in map(world.mail.at, (1, 3, 4))] == ["Number 0", "Number 2", "before"]


def test_damaged_wal_loses_what_was_written_after_the_damage(serve_here, folder, image):
    with serve_here() as mm:
        world = mm.server.sandboxes.get()
        receive(world, "before")
        size = default_file(folder).with_name("1.sqlite-wal").stat().st_size
        receive(world, "after")
        killed = image(folder)
    log = killed / "sandboxes" / "1.sqlite-wal"
    content = log.read_bytes()
    log.write_bytes(content[: size + 100] + b"\xa5" * 100 + content[size + 200 :])

    with serve_here(killed) as mm:
        assert [message.subject for message in mm.inbox] == ["before"]
