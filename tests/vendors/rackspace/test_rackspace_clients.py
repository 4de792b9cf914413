"""Real clients, and a client in another language."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import SECRET_KEY, USER_KEY, signature

HERE = Path(__file__).parent
NODE = shutil.which("node")
OFFLINE = {"NO_PROXY": "*", "no_proxy": "*"}


@pytest.fixture
def rackmail(mockmail: Any) -> Any:
    """Return a function that runs commands of rackmail and returns the output of each."""
    if importlib.util.find_spec("rackmail") is None:
        pytest.skip("rackmail is not installed: pip install rackmail==0.6.0")
    environment = {
        **os.environ,
        **OFFLINE,
        "RACKSPACE_API_HEADER": signature(USER_KEY, SECRET_KEY, "rackmailcli", "20260101000000"),
        "RACKSPACE_CUSTOMER_ID": "12345678",
    }

    def run(*commands: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        script = [sys.executable, str(HERE / "rackmail_session.py"), mockmail.rackspace.url, json.dumps(commands)]
        done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_rackmail_creates_edits_and_deletes_a_mailbox(rackmail: Any, mockmail: Any):
    joe = {"email": "joe.user", "domain": "example.com"}
    results = rackmail(
        ("createuser", {**joe, "password": "Secret123!@#"}),
        ("createuser", {**joe, "password": "Secret123!@#"}),
        ("set", {**joe, "property": "lastName", "value": "User"}),
        ("disableuser", joe),
        ("getmailbox", joe),
        ("enableuser", joe),
        ("setpassword", {**joe, "password": "Another123!"}),
        ("setpassword", {**joe, "password": "short"}),
        ("listall", {"domain": "example.com", "fields": "size,enabled", "page": "0"}),
        ("deleteuser", joe),
        ("getmailbox", joe),
    )
    assert [result["Status"] for result in results] == [200, 400, 200, 200, 200, 200, 200, 400, 200, 200, 404]
    assert results[0]["Text"] == "Successfully created. Temporary Password: Secret123!@#"
    in_use = json.loads(results[1]["Text"])["badRequestFault"]["message"]
    assert in_use == "The email address joe.user@example.com is already in use"
    assert (results[4]["Text"]["enabled"], results[4]["Text"]["contactInfo"]["lastName"]) == (False, "User")
    assert results[8]["Text"]["rsMailboxes"] == [{"name": "joe.user", "size": 25600, "enabled": True}]
    assert results[8]["Text"]["size"] == 250
    assert len(mockmail.requests.find(vendor="rackspace", operation="rs_mailbox.edit")) == 5


def test_rackmail_reads_every_page(rackmail: Any, mockmail: Any, tmp_path: Path):
    rows = [{"domain": "example.com", "name": f"user{number:03}"} for number in range(260)]
    mockmail.rackspace.seed(rs_mailboxes=rows)
    [result] = rackmail(("listall", {"domain": "example.com", "output": str(tmp_path / "all.json")}))
    assert result["Status"] == 200
    names = [row["name"] for row in json.loads((tmp_path / "all.json").read_text())]
    assert names == [f"user{number:03}" for number in range(260)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="one f-string of rackmail's needs Python 3.12")
def test_rackmail_creates_a_login_token(rackmail: Any, mockmail: Any):
    mockmail.rackspace.seed(rs_mailboxes=[{"domain": "example.com", "name": "joe"}])
    [result] = rackmail(("createlogintoken", {"email": "joe", "domain": "example.com"}))
    assert (result["Status"], len(result["Text"]["token"])) == (200, 41)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_node_client_uses_every_documented_operation(mockmail: Any):
    environment = {**os.environ, **OFFLINE, **mockmail.rackspace.environment}
    command = [str(NODE), str(HERE / "client.mjs")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "signed": True,
        "added": [200, ""],
        "shown": ["Alex Smith", 2048, ["alex.smith@example.com", "alex@example.com"]],
        "edited": "8005551234",
        "paged": ["alex.smith", "apiexmailbox55", "apiexmailbox6", "apiexmailbox90"],
        "permissions": [["apiexmailbox6@example.com", "sendAs"]],
        "activesync": ["alex.smith"],
        "xml": '<?xml version="1.0" encoding="utf-8"?>',
        "short": [400, "Password must be at least 8 characters long"],
        "deleted": [200, 404, "Mailbox Not Found"],
        "unknown": [403, "Authentication failed."],
    }
    assert {request.operation for request in mockmail.requests} == {
        "mailbox.index",
        "mailbox.show",
        "mailbox.add",
        "mailbox.edit",
        "mailbox.delete",
        "email_address.add",
        "email_address.delete",
        "permission.index",
        "permission.add",
        "permission.edit",
        "permission.delete",
        "activesync.index",
        "activesync.show",
        "activesync.add",
        "activesync.delete",
    }
