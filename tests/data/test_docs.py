"""docs/data.md tells what is so."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from data.folders import state_file

DOCS = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
PUT_A_SETTING = {"Authorization": "Basic dGVzdDpoaSB0ZXN0", "Content_Type": "application/json"}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def test_the_files_are_those_that_are_shown(serve_there, folder):
    served = serve_there("--vendors", "spacedog", "--quiet")
    served.ask("PUT", "/spacedog/1/settings/one", "{}", **PUT_A_SETTING)
    served.send(b"Subject: Hello\r\n\r\n")
    served.end(signal.SIGTERM)
    shown = set(re.findall(r"^ +([\w.]+)/?(?: |$)", blocks("text")[0], re.MULTILINE))

    found = {str(one.relative_to(folder)).rpartition("/")[2] for one in folder.rglob("*")}

    assert found == shown
    assert (folder / "mockmail.json").read_text() == '{"format": 1}\n'


def test_the_state_that_is_shown_is_a_part_of_one_and_can_be_served(serve_there, folder):
    shown = blocks("json")[0]
    first = serve_there("--vendors", "spacedog", "--quiet")
    first.ask("GET", "/spacedog/1/settings/one", **PUT_A_SETTING)
    first.end(signal.SIGTERM)
    state = state_file(folder)
    written = state.read_text("utf-8")
    lines = [line.rstrip(",") for line in shown.splitlines()]
    assert [line for line in lines if line not in [one.rstrip(",") for one in written.splitlines()]] == []

    state.write_text(shown)
    second = serve_there("--vendors", "spacedog", "--quiet")
    vendors = second.ask("GET", "/_mockmail/state").json["vendors"]

    assert vendors["spacedog"] == {table.partition(".")[2]: list(rows.values()) for table, rows in tables(shown)}


def tables(text):
    return json.loads(text)["tables"].items()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_snapshot_goes_out_and_in_with_the_commands_that_are_shown(serve_there, folder, tmp_path):
    old = serve_there("--vendors", "spacedog", "--quiet")
    old.ask("PUT", "/spacedog/1/settings/one", "{}", **PUT_A_SETTING)
    old.send(b"Subject: Hello\r\n\r\n")
    new = serve_there("--vendors", "spacedog", "--quiet", path=folder.with_name("new"))

    for script, served in zip(blocks("sh"), (old, new), strict=True):
        command = script.replace("127.0.0.1:8025", f"127.0.0.1:{served.http}")
        subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True, timeout=30)

    assert new.ask("GET", "/spacedog/1/settings/one", **PUT_A_SETTING).status == 200
    assert new.ask("GET", "/_mockmail/messages").json["messages"][0]["subject"] == "Hello"
