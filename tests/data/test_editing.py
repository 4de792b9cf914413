"""Edited, damaged and copied data folders, and unusual sandbox names."""

from __future__ import annotations

import base64
import json
import os
import re
import smtplib
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from data.folders import account, default_file, edited, receive

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.database_file import sandbox_of


@pytest.fixture
def stopped(serve_here, folder):
    """The file of a server that had an account and a message, and was stopped."""
    with serve_here() as mm:
        mm.atmail.seed(accounts=[account("jane", firstName="Jane")])
        send(mm, "Welcome")
    return default_file(folder)


def send(mm, subject):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=20) as client:
        client.sendmail("a@example.com", ["jane@yourdomain.com"], f"Subject: {subject}\r\n\r\n")


def names(mm):
    return {
        account["username"].partition("@")[0]: account["firstName"] for account in mm.atmail.state().get("accounts", ())
    }


def refusal(serve):
    with pytest.raises(DataFolderError) as caught, serve():
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def change_jane(path, sql, *arguments):
    """Run an UPDATE or DELETE on Jane's record."""
    with edited(path) as connection:
        where = " WHERE vendor_table = 'atmail.accounts' AND key = ?"
        assert connection.execute(sql + where, [*arguments, KEY]).rowcount == 1


KEY = str(account("jane")["accountId"])
SET = "UPDATE record SET document = json_set(document, ?, ?)"


# Edits


def test_record_edited_with_sqlite_is_served(stopped, serve_here):
    change_jane(stopped, SET, "$.firstName", "Jürgen")
    with serve_here() as mm:
        assert names(mm)["jane"] == "Jürgen"
        assert [message.subject for message in mm.inbox] == ["Welcome"]


def test_record_added_with_sqlite_is_served_last(stopped, serve_here):
    document = json.dumps(account("john", accountId=7001))
    with edited(stopped) as connection:
        sql = "INSERT INTO record (vendor_table, key, document) VALUES ('atmail.accounts', '7001', ?)"
        connection.execute(sql, [document])
    with serve_here() as mm:
        assert list(names(mm))[-2:] == ["jane", "john"]


def test_record_deleted_with_sqlite_is_gone(stopped, serve_here):
    change_jane(stopped, "DELETE FROM record")
    with serve_here() as mm:
        assert "jane" not in names(mm)


@pytest.mark.parametrize(
    ("sql", "arguments", "words"),
    [
        ("UPDATE record SET document = ?", ["{"], ": is not JSON (Expecting"),
        ("UPDATE record SET document = ?", ["3"], ": expected an object, got 3"),
        (SET, ["$.firstname", "x"], ".firstname: no such field; Account has "),
        (SET, ["$.firstName", 3], ".firstName: expected a string, got 3"),
        ("UPDATE record SET document = json_remove(document, ?)", ["$.username"], ".username: is required and missing"),
        (SET, ["$.accountId", 9], ": a record with these fields has the key '9'"),
    ],
)
def test_invalid_record_is_refused_with_table_key_and_advice(stopped, serve_here, sql, arguments, words):
    whole = stopped.read_bytes()
    change_jane(stopped, sql, *arguments)

    said = refusal(serve_here)

    assert said.startswith(f"{stopped}: record atmail.accounts['{KEY}']{words}")
    assert said.endswith("; correct it with sqlite3, or move the file away to start without this sandbox")
    stopped.write_bytes(whole)
    with serve_here() as mm:
        assert names(mm)["jane"] == "Jane"


def test_record_of_an_unknown_table_is_refused_with_the_known_tables(stopped, serve_here):
    with edited(stopped) as connection:
        connection.execute("INSERT INTO record (vendor_table, key, document) VALUES ('atmail.acounts', '1', '{}')")
    assert "record atmail.acounts['1']: no such table; there are accounts, " in refusal(serve_here)


@pytest.mark.parametrize(
    ("name", "value"),
    [("clock", '{"offset_seconds": 1e12}'), ("clock", "3"), ("ids", "{}"), ("seeded", "5"), ("ids", "{")],
)
def test_metadata_that_mockmail_did_not_write_is_refused(stopped, serve_here, name, value):
    with edited(stopped) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", [value, name])
    said = refusal(serve_here)
    assert said.startswith(f"{stopped}: ")
    assert said.endswith("to start without this sandbox")


def test_refused_file_ends_serve_with_one_line_and_status_2(stopped, folder):
    change_jane(stopped, SET, "$.firstName", 3)
    command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0", "--data-dir", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"mockmail: {stopped}: record .*firstName: expected a string, got 3; .*\n", done.stderr)


# Damage


def other_database(path):
    path.unlink()
    with edited(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute("PRAGMA user_version = 6")


DAMAGE = {
    "cut": lambda path: os.truncate(path, 5000),
    "no database": lambda path: path.write_bytes(b"x" * 5000),
    "garbage": lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xa5" * (path.stat().st_size - 100)),
    "another program's": other_database,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_is_refused_with_advice(stopped, serve_here, damage):
    whole = stopped.read_bytes()
    DAMAGE[damage](stopped)

    said = refusal(serve_here)

    assert said.startswith(f"{stopped}: is not a mockmail database, or damaged (")
    assert said.endswith(
        "); bring back a copy of it, or move it away with its -wal and -shm files to start without this sandbox"
    )
    stopped.write_bytes(whole)
    with serve_here() as mm:
        assert names(mm)["jane"] == "Jane"
        assert [message.subject for message in mm.inbox] == ["Welcome"]


def test_file_of_another_version_is_refused_with_advice(stopped, serve_here):
    with edited(stopped) as connection:
        connection.execute("PRAGMA user_version = 9")
    assert refusal(serve_here) == (
        f"{stopped}: is a database of version 9, and this mockmail reads 6: use the mockmail that wrote it, or move the"
        " file away to start without this sandbox"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_file_is_refused_with_advice(stopped, serve_here):
    stopped.chmod(0o400)
    assert refusal(serve_here).endswith("; make room on the disk, or let this user write to the file, and start again")


def test_messages_can_be_read_with_sqlite(stopped):
    with edited(stopped) as connection:
        assert connection.execute("SELECT raw FROM message").fetchall() == [(b"Subject: Welcome\r\n\r\n",)]


def test_file_of_a_running_server_can_be_read_with_sqlite(serve_here, folder):
    with serve_here() as mm:
        send(mm, "Welcome")
        with edited(default_file(folder)) as connection:
            [transcript] = connection.execute("SELECT transcript FROM message").fetchone()
    assert "C: data" in json.loads(transcript)


def test_second_writer_makes_the_server_answer_try_later_and_loses_nothing(serve_here, folder):
    with serve_here() as mm:
        world = mm.server.sandboxes.get()
        receive(world, "one")
        with closing(sqlite3.connect(default_file(folder), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageFull, match=r"cannot be written \(database is locked\)"):
                receive(world, "two")
        receive(world, "three")
        assert [message.subject for message in mm.inbox] == ["one", "three"]


# Copies


def test_copy_of_a_folder_in_use_can_be_served(serve_here, image, folder):
    with serve_here() as first:
        first.atmail.seed(accounts=[account("jane", firstName="Jane")])
        send(first, "Welcome")
        with serve_here(image(folder)) as second:
            send(second, "to the copy alone")
            assert names(second)["jane"] == "Jane"
            assert [message.subject for message in second.inbox] == ["Welcome", "to the copy alone"]
        assert [message.subject for message in first.inbox] == ["Welcome"]


def test_moved_folder_can_be_served(stopped, serve_here, folder):
    folder.rename(folder.with_name("elsewhere"))
    with serve_here(folder.with_name("elsewhere")) as mm:
        assert names(mm)["jane"] == "Jane"
        assert [message.subject for message in mm.inbox] == ["Welcome"]


# Names


ODD = [
    "..",
    ".",
    "../up",
    "..%2Fup",
    "%2e%2e",
    "a%2Fb",
    "%00",
    "%0A",
    "-x",
    "_",
    "x" * 65,
    "%C3%B8",
    "a%20b",
    "~",
    "a\\b",
    "C:",
]


@pytest.mark.parametrize("name", ODD)
def test_wrong_sandbox_name_is_refused_and_leaves_no_trace_on_the_disk(serve_there, served, name):
    for path in (f"/~{name}/atmail/admin/index.php/api/accounts/list", f"/~{name}/_mockmail/messages"):
        answer = served.ask("GET", path)
        assert answer.status in (400, 404), path
    if "%" not in name:
        assert served.ask("GET", "/_mockmail/messages", X_Mockmail_Sandbox=name).status == 400
    assert login(served, f"~{name}") == 535
    assert served.ask("DELETE", f"/_mockmail/sandboxes/{name}").status == 404
    assert [sandbox_of(path) for path in served.folder.parent.rglob("*.sqlite")] == []


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    from data.folders import Process

    scratch = tmp_path_factory.mktemp("odd")
    running = Process(scratch / "data", scratch, "--vendors", "atmail", "--quiet").wait()
    yield running
    running.end()


def login(served, user):
    with smtplib.SMTP("127.0.0.1", served.smtp, timeout=20) as client:
        client.ehlo()
        return client.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{user}\0x".encode()).decode())[0]


def test_sandbox_names_are_case_sensitive(serve_here, folder):
    with serve_here() as mm:
        for name in ("Box", "box", "a..b", "NUL"):
            mm.sandbox(name).atmail.seed(accounts=[account("jane", firstName=name)])
    with serve_here() as mm:
        for name in ("Box", "box", "a..b", "NUL"):
            assert names(mm.sandbox(name))["jane"] == name
    assert sorted(path.name for path in (folder / "sandboxes").iterdir()) == [f"{n}.sqlite" for n in range(1, 5)]
