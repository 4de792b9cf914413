"""What a person does to a data folder with the server stopped: edits, slips, damage, copies, and odd names."""

from __future__ import annotations

import base64
import json
import os
import re
import smtplib
import sqlite3
import subprocess
import sys

import pytest
from data.folders import account, receive, state_file

from mockmail.core.errors import DataFolderError
from mockmail.core.state.data_folder import DataFolder


@pytest.fixture
def stopped(serve_here, folder):
    """The state of a server that had an account and a message, and was stopped."""
    with serve_here() as mm:
        mm.atmail.seed(accounts=[account("jane", firstName="Jane")])
        send(mm, "Welcome")
    return state_file(folder)


@pytest.fixture
def killed(folder, open_world):
    """The log of a server that had an account and a message, and was killed."""
    holder = DataFolder(folder)
    world = open_world(holder.sandbox("default"))
    world.seed(world.vendors.vendors["atmail"], {"accounts": [account("jane", firstName="Jane")]})
    receive(world, "Welcome")
    holder.close()
    return state_file(folder).with_name("changes.jsonl")


def send(mm, subject):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=20) as client:
        client.sendmail("a@example.com", ["jane@yourdomain.com"], f"Subject: {subject}\r\n\r\n")


def names(mm):
    return {one["username"].partition("@")[0]: one["firstName"] for one in mm.atmail.state().get("accounts", ())}


def refusal(serve):
    with pytest.raises(DataFolderError) as caught, serve():
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def line_of(path, words):
    [number] = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if words in line]
    return number


# Edits


def as_it_is(text):
    return text.encode()


def spread_out(text):
    return json.dumps(json.loads(text), indent=4, ensure_ascii=True).encode()


def by_another_editor(text):
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("saved", [as_it_is, spread_out, by_another_editor])
def test_what_was_edited_is_what_is_served(stopped, serve_here, saved):
    text = stopped.read_text("utf-8")
    [line] = [one for one in text.splitlines() if "jane@yourdomain.com" in one]
    other = line.replace("jane@", "jürgen@").replace('"Jane"', '"Jürgen"')
    key = str(account("jane")["accountId"])
    other = other.replace(f'"{key}"', '"7001"').replace(f'"accountId": {key}', '"accountId": 7001')
    janet = line.replace('"Jane"', '"Janet"').rstrip(",")
    edited = text.replace(line, f"{janet},\n{other}")

    stopped.write_bytes(saved(edited))

    with serve_here() as mm:
        assert {"jane": "Janet", "jürgen": "Jürgen"}.items() <= names(mm).items()
        assert [one.subject for one in mm.inbox] == ["Welcome"]


def test_a_record_that_was_taken_out_is_gone(stopped, serve_here):
    document = json.loads(stopped.read_bytes())
    del document["tables"]["atmail.accounts"][str(account("jane")["accountId"])]
    stopped.write_text(json.dumps(document))
    with serve_here() as mm:
        assert "jane" not in names(mm)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"firstName": "Jane"', '"firstName": "Jane', "is not JSON (Expecting ',' delimiter: line {line} column"),
        ('"firstName": "Jane",', '"firstName": "Jane"', "is not JSON (Expecting ',' delimiter: line {line} column"),
        ('"firstName"', '"firstname"', ", line {line}: tables.atmail.accounts['{key}'].firstname: no such field; Acc"),
        ('"firstName": "Jane"', '"firstName": 3', "['{key}'].firstName: expected a string, came 3"),
        ('"username": "jane@yourdomain.com", ', "", "['{key}'].username: is required and missing"),
        ('"accountId": {key}', '"accountId": 9', "['{key}']: a record with these fields goes under the key '9'"),
        ('"atmail.accounts"', '"atmail.acounts"', ", line {line}: tables.atmail.acounts: no such table; there are atm"),
        ('"format": 1', '"format": 7', "is of format 7, and this mockmail reads 1: use the mockmail that wrote it"),
    ],
)
def test_a_slip_is_told_with_its_file_its_line_and_a_way_out(stopped, serve_here, before, after, words):
    key = str(account("jane")["accountId"])
    text = stopped.read_text("utf-8")
    janes = next(line for line in text.splitlines() if "jane@" in line)
    before = before.replace("{key}", key)
    slipped = text.replace(janes, janes.replace(before, after, 1)) if before in janes else text.replace(before, after)
    assert slipped != text
    stopped.write_text(slipped, "utf-8")

    said = refusal(serve_here)

    line = next(number for number, one in enumerate(slipped.splitlines(), 1) if after in one and one not in text)
    assert said.startswith(str(stopped))
    assert words.format(line=line, key=key) in said
    assert "move the file away" in said
    assert stopped.read_text("utf-8") == slipped
    stopped.write_text(text, "utf-8")
    with serve_here() as mm:
        assert names(mm)["jane"] == "Jane"
        assert [one.subject for one in mm.inbox] == ["Welcome"]


def test_a_slip_in_the_log_is_told_with_its_line(killed, serve_here):
    text = killed.read_text("utf-8")
    killed.write_text(text.replace('"firstName": "Jane"', '"firstName": null'), "utf-8")
    said = refusal(serve_here)
    assert f"{killed}, line {line_of(killed, 'jane@')}: tables.atmail.accounts[" in said
    assert "firstName: expected a string, came None; mend it, or move the file away to start without it" in said


@pytest.mark.parametrize("seconds", ["1e12", "1e300"])
def test_a_clock_beyond_all_time_is_refused(stopped, serve_here, seconds):
    text = stopped.read_text("utf-8")
    stopped.write_text(text.replace('"offset_seconds": 0.0', f'"offset_seconds": {seconds}'), "utf-8")
    assert "facts: one is not what mockmail wrote (ValueError('expected" in refusal(serve_here)


def test_at_the_command_line_it_is_one_line_and_status_2(stopped, folder):
    stopped.write_text(stopped.read_text("utf-8")[:-5], "utf-8")
    command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0", "--data-dir", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    pattern = rf"mockmail: {stopped}: is not JSON \(.*: line \d+ column \d+ \(char \d+\)\); mend it, or move the .*\n"
    assert re.fullmatch(pattern, done.stderr)


# Damage


def test_a_log_that_ends_in_the_middle_of_a_line_is_what_it_was_before_that_line(killed, serve_here):
    text = killed.read_bytes()
    last = text.rstrip(b"\n").rfind(b"\n")
    for cut in (last + 2, len(text) - 1):
        killed.write_bytes(text[:cut])
        with serve_here() as mm:
            assert [one.subject for one in mm.inbox] == ["Welcome"]
            assert "jane" not in names(mm)
        (killed.parent / "state.json").unlink(missing_ok=True)


@pytest.mark.parametrize("garbage", [b"\0" * 50, b"\xff\xfe", b"{}{}", b'{"tables": {"atmail.accounts": {"1": 3}}}'])
def test_garbage_in_the_middle_of_a_log_is_told_with_its_line(killed, serve_here, garbage):
    lines = killed.read_bytes().splitlines()
    killed.write_bytes(b"\n".join([lines[0], garbage, *lines[1:], b""]))
    said = refusal(serve_here)
    assert said.startswith(f"{killed}, line 2: ")
    assert said.endswith("; mend it, or move the file away to start without it")
    killed.write_bytes(b"\n".join([*lines, b""]))
    with serve_here() as mm:
        assert names(mm)["jane"] == "Jane"


def other_database(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def later_version(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()


DAMAGE = {
    "cut": lambda path: os.truncate(path, 5000),
    "no database": lambda path: path.write_bytes(b"x" * 5000),
    "garbage": lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xa5" * (path.stat().st_size - 100)),
    "another's": other_database,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_mail_store_that_is_damaged_is_refused_with_a_way_out(stopped, serve_here, damage):
    mail = stopped.with_name("mail.sqlite")
    whole = mail.read_bytes()
    DAMAGE[damage](mail)
    said = refusal(serve_here)
    assert said.startswith(f"{mail}: is not a mail store, or damaged (")
    assert said.endswith("); bring back a copy of it, or move it away to start without its messages")
    mail.write_bytes(whole)
    with serve_here() as mm:
        assert [one.subject for one in mm.inbox] == ["Welcome"]
    mail.unlink()
    with serve_here() as mm:
        assert mm.inbox.find() == []
        assert names(mm)["jane"] == "Jane"


def test_a_mail_store_of_another_version_is_refused_with_a_way_out(stopped, serve_here):
    mail = stopped.with_name("mail.sqlite")
    later_version(mail)
    assert refusal(serve_here) == (
        f"{mail}: is a mail store of version 9, and this mockmail reads 1: use the mockmail that wrote it, or move the"
        " file away to start without its messages"
    )


def test_messages_can_be_read_with_any_sqlite(stopped):
    with sqlite3.connect(stopped.with_name("mail.sqlite")) as connection:
        assert connection.execute("SELECT raw FROM message").fetchall() == [(b"Subject: Welcome\r\n\r\n",)]
    connection.close()


# Copies


def test_a_copy_of_a_folder_in_use_can_be_served_beside_it(serve_here, image, folder):
    with serve_here() as first:
        first.atmail.seed(accounts=[account("jane", firstName="Jane")])
        send(first, "Welcome")
        with serve_here(image(folder)) as second:
            send(second, "to the copy alone")
            assert names(second)["jane"] == "Jane"
            assert [one.subject for one in second.inbox] == ["Welcome", "to the copy alone"]
        assert [one.subject for one in first.inbox] == ["Welcome"]


def test_a_folder_that_was_moved_is_served_where_it_is(stopped, serve_here, folder):
    folder.rename(folder.with_name("elsewhere"))
    with serve_here(folder.with_name("elsewhere")) as mm:
        assert names(mm)["jane"] == "Jane"
        assert [one.subject for one in mm.inbox] == ["Welcome"]


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
def test_what_is_no_name_is_refused_and_leaves_no_trace_on_the_disk(serve_there, served, name):
    for path in (f"/~{name}/atmail/admin/index.php/api/accounts/list", f"/~{name}/_mockmail/messages"):
        answer = served.ask("GET", path)
        assert answer.status in (400, 404), path
    if "%" not in name:
        assert served.ask("GET", "/_mockmail/messages", X_Mockmail_Sandbox=name).status == 400
    assert login(served, f"~{name}") == 535
    assert served.ask("DELETE", f"/_mockmail/sandboxes/{name}").status == 404
    assert [one.read_text() for one in served.folder.parent.rglob("name")] == ["default\n"]


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


def test_names_that_differ_in_their_letters_case_are_two(serve_here, folder):
    with serve_here() as mm:
        for name in ("Box", "box", "a..b", "NUL"):
            mm.sandbox(name).atmail.seed(accounts=[account("jane", firstName=name)])
    with serve_here() as mm:
        for name in ("Box", "box", "a..b", "NUL"):
            assert names(mm.sandbox(name))["jane"] == name
    assert sorted(one.name for one in (folder / "sandboxes").iterdir()) == ["1", "2", "3", "4"]
