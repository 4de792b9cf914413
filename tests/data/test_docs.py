"""docs/data.md is true: its files, its tables and its commands."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from data.folders import default_file, edited

DOCS = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
PUT_A_SETTING = {"Authorization": "Basic dGVzdDpoaSB0ZXN0", "Content_Type": "application/json"}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def commands(tool):
    return [block for block in blocks("sh") if block.startswith(tool)]


def run(script, cwd):
    done = subprocess.run(["sh", "-ec", script], cwd=cwd, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count("Error")) == (0, 0), done.stderr
    return done.stdout


@pytest.fixture
def stopped(serve_there, folder):
    """The folder of a server that had a setting and a message, and was stopped."""
    served = serve_there("--vendors", "spacedog", "--quiet")
    served.ask("PUT", "/spacedog/1/settings/one", "{}", **PUT_A_SETTING)
    served.send(b"Subject: Hello\r\n\r\n")
    served.end(signal.SIGTERM)
    return folder


def test_files_of_a_stopped_server_match_the_docs(stopped):
    shown = set(re.findall(r"^ +([\w.]+)/?(?: |$)", blocks("text")[0], re.MULTILINE))

    found = {path.name for path in stopped.rglob("*")}

    assert found == shown
    assert (stopped / "mockmail.json").read_text() == '{"format": 2}\n'


def test_tables_and_columns_match_the_docs(stopped):
    described = {}
    for names, columns in re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", DOCS.partition("## Reading")[0], re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            described[name] = re.findall(r"`(\w+)`", columns)

    with edited(default_file(stopped)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for name in tables
            if not name.startswith(("sqlite_", "part_", "words_"))
        }

    assert sorted(found) == sorted(described)
    assert {name: columns for name, columns in found.items() if described[name]} == {
        name: columns for name, columns in described.items() if columns
    }


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
def test_sqlite_commands_of_the_docs_read_and_change_the_state(stopped, serve_there):
    reading, changing = (block.replace("DIR", str(stopped)) for block in commands("sqlite3"))

    output = run(reading, stopped.parent)
    run(changing, stopped.parent)

    assert 'test|{"id": "test"}' in output
    assert '["jane@yourdomain.com"]' in output
    assert (stopped.parent / "first.eml").read_bytes() == b"Subject: Hello\r\n\r\n"
    again = serve_there("--vendors", "spacedog", "--quiet")
    domains = again.ask("GET", "/_mockmail/state").json["vendors"]["spacedog"]["mailgunDomains"]
    assert [domain["accountKey"] for domain in domains] == ["key-new"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_commands_of_the_docs_copy_a_snapshot_to_another_server(serve_there, folder, tmp_path):
    old = serve_there("--vendors", "spacedog", "--quiet")
    old.ask("PUT", "/spacedog/1/settings/one", "{}", **PUT_A_SETTING)
    old.send(b"Subject: Hello\r\n\r\n")
    new = serve_there("--vendors", "spacedog", "--quiet", path=folder.with_name("new"))

    for script, served in zip(commands("curl"), (old, new), strict=True):
        run(script.replace("127.0.0.1:8025", f"127.0.0.1:{served.http}"), tmp_path)

    assert new.ask("GET", "/spacedog/1/settings/one", **PUT_A_SETTING).status == 200
    assert new.ask("GET", "/_mockmail/messages").json["messages"][0]["subject"] == "Hello"
