"""docs/faults.md: its examples work in order, and its tables are complete."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from mockmail.control.faults import NewFault
from mockmail.control.smtp import NewSmtpFault
from mockmail.control.stubs import NewStub
from mockmail.core.faults import TransportFault
from mockmail.core.smtp_faults import STAGES
from mockmail.server.discovery import discover, wanted_vendors

TEXT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text("utf-8")
SECTIONS = dict(
    zip(re.findall(r"^## (.*)$", TEXT, re.MULTILINE), re.split(r"^## .*$", TEXT, flags=re.MULTILINE)[1:], strict=True)
)

pytestmark = pytest.mark.mockmail(strict=False)


def named(title, column):
    """The names in backticks in a column of the tables of a section."""
    rows = [row.strip("|").split("|") for row in SECTIONS[title].splitlines() if row.startswith("| ")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row[column])]


@pytest.mark.parametrize("number", range(len(re.findall("```python", TEXT))))
def test_python_examples_work(mockmail, number):
    code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[number]
    exec(code, {"mockmail": mockmail})
    added = code.count(".add(") - code.count(".remove(")
    assert len([*mockmail.faults, *mockmail.stubs, *mockmail.smtp_faults]) == added > 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_calls_succeed_in_order(mockmail):
    shell = "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", "")
    shell = shell.replace("http://127.0.0.1:8025", mockmail.url).replace("curl ", "curl --silent --show-error ")

    said = [
        json.loads(subprocess.run(["sh", "-ec", line], capture_output=True, timeout=30, check=True).stdout)
        for line in shell.splitlines()
    ]

    assert [document.get("id") for document in said[::3]] == [1, 1, 1]
    assert [next(iter(document.values()))[0]["id"] for document in said[1::3]] == [1, 1, 1]
    assert said[2::3] == [{"removed": 1}] * 3


@pytest.mark.parametrize(
    ("title", "model"), [("Let calls fail", NewFault), ("Stubs", NewStub), ("SMTP faults", NewSmtpFault)]
)
def test_every_field_is_in_a_table(title, model):
    fields = {field.name for field in msgspec.structs.fields(model)}
    explained = {"vendor", "throttle", "stage"}  # in the text, or in a table of its own
    assert fields - explained <= set(named(title, 0))


def test_every_transport_and_stage_is_in_its_table():
    assert named("Break the connection", 0)[1:] == [kind.value for kind in TransportFault]
    stages = named("SMTP faults", 0)
    assert tuple(stages[1 : len(STAGES) + 1]) == STAGES


def test_every_named_error_is_in_the_table():
    rows = re.findall(r"^\| (\w+) \| (`.*`) \|$", SECTIONS["The vendors' own errors"], re.MULTILINE)
    listed = {vendor: re.findall(r"`(\w+)`", errors) for vendor, errors in rows}
    for vendor in discover(only=wanted_vendors()):
        assert listed[vendor.name] == list(vendor.named_errors)
