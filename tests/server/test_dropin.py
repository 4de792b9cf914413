"""A vendor in a folder of its own is found, served, and can send."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.server.discovery import VendorNotUsable, discover

DROPIN = Path(__file__).parent.parent / "dropin"


@pytest.fixture
def mm(tmp_path):
    shutil.copytree(DROPIN / "postcard", tmp_path / "postcard")
    with MockMail(vendors=discover([tmp_path], only=["postcard"])) as server:
        yield server
    for name in [name for name in sys.modules if name.startswith("mockmail.vendors.postcard")]:
        del sys.modules[name]


def call(mm, method, path, **document):
    response = send_request(mm.url, method, path, json=document)
    return response.status, response.json


def test_vendor_in_a_folder_serves_its_operations(mm):
    assert call(mm, "POST", "/postcards/send", to="jane@example.com") == (
        200,
        {"number": 1, "to": "jane@example.com", "state": "sent"},
    )
    assert call(mm, "GET", "/postcard/postcards/1") == (
        200,
        {"number": 1, "to": "jane@example.com", "state": "sent"},
    )
    message = mm.inbox.find(to="jane@example.com")[0]
    assert message.subject == "Wish you were here"
    assert (message.sent_by.vendor, message.sent_by.operation) == ("postcard", "postcard.send")
    assert mm.requests.find(operation="postcard.send")[0].messages == [message.id]


def test_unknown_path_is_answered_by_the_most_similar_vendor(mm):
    assert call(mm, "GET", "/postcard/1/x/y") == (404, {"problem": "there is no such path"})
    assert call(mm, "DELETE", "/postcards/1") == (405, {"problem": "DELETE is not a method of this path: GET"})


def test_crashed_handler_is_rolled_back(mm):
    assert call(mm, "POST", "/postcards/crash") == (500, {"problem": "ZeroDivisionError"})
    assert "a bug" in mm.requests.crashes()[0].crash
    assert mm.postcard.state() == {}
    assert call(mm, "POST", "/postcards", to="a@example.com") == (200, {"number": 1, "state": "new"})


@pytest.mark.parametrize("security", ["plain", "opportunistic", "starttls", "implicit"])
def test_relay_is_a_real_smtp_session_to_the_sink(mm, security):
    relay = {"host": "mail.example.com", "port": 2525, "security": security, "user": "u", "password": "secret"}
    status, _ = call(mm, "POST", "/postcards/send", to="jane@example.com", relay=relay)
    message = mm.inbox.find()[0]
    assert status == 200
    assert message.sent_by.relay == "mail.example.com:2525"
    assert message.envelope.auth_user == "u"
    assert message.envelope.tls.startswith("TLSv1.") == (security != "plain")
    assert ("C: STARTTLS" in message.envelope.transcript) == (security in ("opportunistic", "starttls"))
    assert not any("secret" in line for line in message.envelope.transcript)


RELAY = {"host": "mail.example.com", "port": 25}


@pytest.mark.parametrize(
    ("rules", "relay", "refused"),
    [
        (
            {"accounts": {"u": "right"}},
            {**RELAY, "user": "u", "password": "wrong"},
            "authenticate: 535 5.7.8 Error: authentication failed",
        ),
        ({"require_auth": True}, RELAY, "sender: 530 5.7.0 Authentication required"),
        (
            {"refused_recipients": ["jane@*"]},
            RELAY,
            "recipients: 550 5.1.1 <jane@example.com>: Recipient address rejected",
        ),
        ({"refused_senders": ["post@*"]}, RELAY, "sender: 550 5.7.1 <post@example.com>: Sender address rejected"),
        (
            {"starttls": False},
            {**RELAY, "security": "starttls"},
            "starttls: None SMTP STARTTLS extension not supported by server.",
        ),
        ({"unreachable": ["mail.*"]}, RELAY, "connect: None Connection refused by mail.example.com:25"),
    ],
)
def test_unreachable_relay_fails_as_in_production(mm, rules, relay, refused):
    for name, value in rules.items():
        setattr(mm.server.sandboxes.get().smtp, name, value)
    assert call(mm, "POST", "/postcards/send", to="jane@example.com", relay=relay) == (422, {"refused": refused})
    assert len(mm.inbox) == 0


def test_later_mail_arrives_after_the_response(mm):
    assert call(mm, "POST", "/postcards", to="jane@example.com", relay=RELAY) == (
        200,
        {"number": 1, "state": "new"},
    )
    mm.inbox.wait_for(to="jane@example.com")
    assert mm.postcard.state()["postcards"][0]["state"] in ("data", "sent")


@pytest.mark.parametrize(
    ("source", "complaint"), [("VENDOR = 1", "has no `VENDOR`"), ("import nonexistent_thing", "cannot be imported")]
)
def test_broken_vendor_package_is_refused_with_its_name(tmp_path, source, complaint):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text(source)
    with pytest.raises(VendorNotUsable, match=complaint):
        discover([tmp_path], only=["broken"])
    sys.modules.pop("mockmail.vendors.broken", None)


def test_unknown_vendor_is_refused_with_the_names_of_all_vendors(tmp_path):
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "__init__.py").write_text("")

    with pytest.raises(
        VendorNotUsable, match=r"there is no vendor 'nobody'; there are adaxes, .*, extra, .*, spacedog$"
    ):
        discover([tmp_path], only=["nobody"])


def test_broken_entry_point_is_refused_with_the_name_of_its_package(tmp_path, monkeypatch):
    (tmp_path / "post-office-1.0.dist-info").mkdir()
    (tmp_path / "post-office-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: post-office\n")
    (tmp_path / "post-office-1.0.dist-info" / "entry_points.txt").write_text(
        "[mockmail.vendors]\npost = missing:VENDOR\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(
        VendorNotUsable, match=r"'missing:VENDOR' \(mockmail.vendors\) of post-office cannot be imported"
    ):
        discover(only=["post"])


@pytest.fixture
def serve_with(tmp_path):
    """Serve Postmark and a vendor `broken` with the given attributes and operations.py; return the server."""
    servers = []

    def serve(attributes, operations):
        folder = tmp_path / "broken"
        folder.mkdir()
        (folder / "__init__.py").write_text("from mockmail.vendors.broken.vendor import VENDOR as VENDOR\n")
        (folder / "vendor.py").write_text(
            "from mockmail.core.vendor import Vendor\n\n\nclass Broken(Vendor):\n"
            f"    name = 'broken'\n    title = 'Broken'\n    {attributes}\n\n\nVENDOR = Broken()\n"
        )
        (folder / "operations.py").write_text(operations)
        servers.append(MockMail(vendors=discover([tmp_path], only=["broken", "postmark"])))
        return servers[0].__enter__()

    yield serve
    servers[0].__exit__(None, None, None)
    for name in [name for name in sys.modules if name.startswith("mockmail.vendors.broken")]:
        del sys.modules[name]


@pytest.mark.parametrize("attributes", ["pass", "path_roots = ('broke',)"])
def test_vendor_that_cannot_be_imported_does_not_harm_the_others(serve_with, attributes):
    mm = serve_with(attributes, "import no_such_library\n")

    assert send_request(mm.url, "POST", "/email", json={}).status == 401
    assert send_request(mm.url, "GET", "/emial").json["ErrorCode"] == 404
    assert mm.requests.find(operation="email.send")[0].status == 401
    assert mm.requests.crashes() == []


def test_vendor_that_cannot_be_imported_is_logged_once(serve_with, caplog):
    mm = serve_with("pass", "import no_such_library\n")

    statuses = [send_request(mm.url, "GET", path).status for path in ("/unknown", "/nowhere", "/email/x")]

    assert statuses == [404, 404, 404]
    logged = [message for message in caplog.messages if "vendor broken cannot be imported" in message]
    assert len(logged) == 1


def test_call_to_a_vendor_that_cannot_be_imported_is_a_crash_in_the_journal(serve_with):
    mm = serve_with("path_roots = ('broke',)", "import no_such_library\n")

    answers = [send_request(mm.url, "GET", path) for path in ("/broken/x", "/broke/x")]

    assert [(answer.status, answer.text) for answer in answers] == [(500, "internal error\n")] * 2
    assert ["No module named 'no_such_library'" in exchange.crash for exchange in mm.requests.crashes()] == [True, True]
    mm.requests.clear()


def test_misspelled_name_in_a_module_of_a_vendor_is_named(serve_with):
    mm = serve_with("path_roots = ('broke',)", "OPERATION = ()\n")

    assert send_request(mm.url, "GET", "/broken/x").status == 500
    assert "broken.operations' has no attribute 'OPERATIONS'" in mm.requests.crashes()[0].crash
    mm.requests.clear()


def test_vendor_without_a_seed_begins_empty(serve_with):
    mm = serve_with("path_roots = ('broke',)", "OPERATIONS = NOT_EMULATED = ()\n")

    assert mm.sandbox("default").broken.state() == {}


def test_state_names_the_vendor_whose_records_cannot_be_imported(serve_with, tmp_path, caplog):
    mm = serve_with("pass", "OPERATIONS = ()\n")
    (tmp_path / "broken" / "records.py").write_text("import no_such_library\n")

    answer = send_request(mm.url, "GET", "/_mockmail/state")

    assert answer.status == 500
    assert answer.json["error"] == (
        "the records of the vendor broken cannot be imported (ModuleNotFoundError: No module named 'no_such_library');"
        " correct mockmail.vendors.broken.records, whose traceback is in the log, or serve without this vendor"
    )
    assert caplog.messages == ["the records of vendor broken cannot be imported"]
    assert send_request(mm.url, "GET", "/_mockmail/messages").status == 200
