"""docs/control.md lists every call, and its examples work in order."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import subprocess
from pathlib import Path

import pytest

from mockmail.control.api import all_routes
from mockmail.inprocess.handles import WebhookHandle
from mockmail.inprocess.inbox import Inbox
from mockmail.inprocess.outcomes import Outcomes
from mockmail.inprocess.requests import Requests
from mockmail.inprocess.rules import Faults, SmtpFaults, Stubs

TEXT = (Path(__file__).parents[2] / "docs" / "control.md").read_text("utf-8")


def test_control_md_lists_every_call():
    listed = set(re.findall(r"`(GET|PUT|PATCH|POST|DELETE) ([a-z][\w/{}.]*)`", TEXT.partition("\n## ")[0]))

    assert listed == {(route.method, route.path) for route in all_routes()}


@pytest.mark.mockmail(strict=False)
def test_python_names_in_control_md_exist(mockmail):
    rows = [row.split(" | ")[-1] for row in TEXT.splitlines() if row.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([\w.]+)", row)]
    has = {
        "inbox": Inbox,
        "requests": Requests,
        "faults": Faults,
        "stubs": Stubs,
        "smtp_faults": SmtpFaults,
        "outcomes": Outcomes,
        "webhooks": WebhookHandle,
        "rackspace": type(mockmail.rackspace),
    }

    assert "faults.limit" in named
    for name in named:
        owner, _, member = name.rpartition(".")
        assert hasattr(has[owner] if owner else mockmail, member), name


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.mockmail(strict=False)
def test_calls_in_control_md_succeed_in_order(mockmail, tmp_path):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.login("~mine", "x")
        smtp.sendmail("shop@example.com", "jane@example.com", "To: jane@example.com\nSubject: Welcome\n\nHello\n")
    shell = "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", "")

    said = [run(line, mockmail.url, tmp_path) for line in shell.splitlines()]

    seeded, waited, asked, unmatched, removed, kept, patched, reset, fault, broken, limit, smtp, frozen, moved = said
    assert (seeded, removed, kept, patched, reset) == ("",) * 5
    assert json.loads(waited)["messages"][0]["subject"] == "Welcome"
    assert [json.loads(body)["total"] for body in (asked, unmatched)] == [0, 0]
    assert (json.loads(fault)["status"], json.loads(broken)["transport"]) == (503, "reset")
    assert json.loads(limit)["calls"] == 10
    assert json.loads(smtp)["refused_recipients"] == ["*@bad.example"]
    assert json.loads(frozen) == {"now": "2026-01-31T12:00:00+00:00", "frozen": True}
    assert json.loads(moved)["now"] == "2026-01-31T13:00:00+00:00"


def run(command, url, folder):
    command = command.replace("http://127.0.0.1:8025", url).replace("curl ", "curl --silent --show-error ", 1)
    done = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True, cwd=folder)
    return done.stdout
