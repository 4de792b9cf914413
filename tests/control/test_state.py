"""`/_mockmail/state` and `/_mockmail/reset`: a sandbox's state over HTTP."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from http_client import send_request

from mockmail.core.errors import UnknownName
from mockmail.core.mail.mailboxes import Usage
from mockmail.core.mail.message import Delivery, Envelope, SentBy
from mockmail.core.seeds import LONGEST_ID_SEED, MOST_DRAWN
from mockmail.wire.json_text import MAX_VALUES

pytestmark = pytest.mark.mockmail(strict=False)

DOMAIN = {"name": "my.example", "accountNumber": "12345678"}
MAILBOX = {"domain": "my.example", "name": "jane", "displayName": "Jane Doe"}
MESSAGE = {
    "id": "one",
    "received_at": "2026-01-31T12:00:00+00:00",
    "raw": "U3ViamVjdDogaGkKCg==",
    "envelope": {"sender": "a@b.example", "recipients": ["c@d.example"]},
    "sent_by": {"client": "smtp"},
}


@pytest.fixture
def call(mockmail):
    def call_control(method, path, document=None, body=None):
        body = json.dumps(document) if document is not None else body
        headers = {"Content-Type": "application/json"} if body is not None else {}
        response = send_request(mockmail.url, method, path, body, headers=headers)
        return response.status, response.json if response.body else None

    return call_control


def names(mockmail, sandbox="default"):
    return [record["name"] for record in mockmail.sandbox(sandbox).rackspace.state()["domains"]]


def test_patch_with_one_invalid_record_adds_none(mockmail, call):
    before = names(mockmail)
    wrong = {"vendors": {"rackspace": {"domains": [DOMAIN], "mailboxes": [MAILBOX | {"enabled": "yes"}]}}}
    status, content = call("PATCH", "/_mockmail/state", wrong)
    assert status == 400
    assert content["error"].startswith("body: vendors.rackspace.mailboxes[0].enabled: ")
    assert names(mockmail) == before
    right = {"vendors": {"rackspace": {"domains": [DOMAIN], "mailboxes": [MAILBOX]}}}
    assert call("PATCH", "/_mockmail/state", right) == (204, None)
    assert names(mockmail) == [*before, "my.example"]


def test_state_of_one_sandbox_is_put_into_another(mockmail, call, send):
    call("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    send(mockmail, "one")
    _, state = call("GET", "/_mockmail/state")
    assert call("PUT", "/~other/_mockmail/state", state) == (204, None)
    assert names(mockmail, "other") == names(mockmail)
    assert [message.subject for message in mockmail.sandbox("other").inbox] == ["one"]
    assert call("GET", "/~other/_mockmail/state") == (200, state)


def test_bytes_that_are_not_utf_8_survive_a_snapshot(mockmail, call):
    envelope = Envelope(sender="j\udcf6rg@b.example", recipients=("jane@d.example",), helo="m\xfcnchen")
    mockmail._bridge.call(lambda world: world.receive(b"Subject: hi\r\n\r\n\xff", envelope, SentBy()))

    status, state = call("GET", "/_mockmail/state")

    assert status == 200
    assert call("PUT", "/~other/_mockmail/state", state)[0] == 204
    assert [message.envelope for message in mockmail.sandbox("other").inbox] == [envelope]


def test_state_of_one_vendor_is_shown_and_patched(mockmail, call, send):
    send(mockmail, "one")
    _, state = call("GET", "/_mockmail/state?vendor=rackspace")
    assert list(state) == ["format", "mockmail", "vendors"]
    assert state["vendors"] == {"rackspace": mockmail.rackspace.state()}
    assert call("PATCH", "/~other/_mockmail/state", state) == (204, None)
    status, content = call("GET", "/_mockmail/state?vendor=nobody")
    assert status == 400
    assert content["error"].startswith("there is no vendor 'nobody'; there are ")


def test_reset_restores_the_seeded_state(mockmail, call, send):
    before = names(mockmail)
    call("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    send(mockmail, "one")
    call("GET", "/1/backend")
    mockmail.faults.add("atmail", status=403)
    assert call("POST", "/_mockmail/reset") == (204, None)
    assert names(mockmail) == before
    assert (len(mockmail.inbox), len(mockmail.requests), list(mockmail.faults)) == (0, 0, [])


def test_reset_of_one_vendor_keeps_other_vendors_and_mail(mockmail, call, send):
    before = names(mockmail)
    call("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    atmail = {"vendors": {"atmail": {"domains": [{"domainId": 7, "domainName": "my.example"}]}}}
    assert call("PATCH", "/_mockmail/state", atmail) == (204, None)
    send(mockmail, "one")
    assert call("POST", "/_mockmail/reset", {"vendor": "rackspace"}) == (204, None)
    assert names(mockmail) == before
    assert "my.example" in [record["domainName"] for record in mockmail.atmail.state()["domains"]]
    assert len(mockmail.inbox) == 1


def test_reset_of_one_vendor_empties_only_its_mailboxes(mockmail, call):
    world = mockmail.server.sandboxes.get()
    kept = [Delivery("atmail", "1", "a@my.example"), Delivery("rackspace", "b", "b@my.example")]
    world.mail.add(b"Subject: hi\r\n\r\n", Envelope(sender="a@x", recipients=("b@x",)), SentBy(), kept)
    assert world.mail.mailboxes.usage("atmail", "1") == Usage(1, 15)

    assert call("POST", "/_mockmail/reset", {"vendor": "atmail"}) == (204, None)

    assert world.mail.mailboxes.usage("atmail", "1") == Usage(0, 0)
    assert world.mail.mailboxes.usage("rackspace", "b") == Usage(1, 15)
    assert [delivery.vendor for delivery in mockmail.inbox[0].deliveries] == ["rackspace"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], "the body must be a JSON object, not list"),
        ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are "),
        ({"vendor": 1}, "vendor must be a string, not 1"),
        ({"vendor": None}, "vendor must be a string, not null"),
        ({"vendors": "atmail"}, "'vendors' is unknown; expected vendor"),
    ],
)
def test_invalid_reset_is_refused(call, document, expected):
    status, content = call("POST", "/_mockmail/reset", document)
    assert status == 400
    assert content["error"].startswith(expected)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, 'body: expected {"format": 1, "vendors": {...}}'),
        ({"vendors": {"nobody": {}}}, "there is no vendor 'nobody'; there are "),
        ({"vendors": {"rackspace": []}}, "body: vendors.rackspace: expected an object of tables, got []"),
        ({"vendors": {"rackspace": {"domain": []}}}, "body: vendors.rackspace.domain: no such table; rackspace has "),
        (
            {"vendors": {"rackspace": {"domains": [DOMAIN, {"name": 5}]}}},
            "body: vendors.rackspace.domains[1].name: expected a string, got 5",
        ),
        ({"vendors": {}, "vendor": {}}, "body: vendor: no such part; there are format, mockmail, clock, ids, vendors,"),
        ({"vendors": {}, "mail": [1]}, "body: mail: a seed has no mail; restore a snapshot with PUT /_mockmail/state"),
    ],
)
def test_invalid_records_are_refused(call, document, expected):
    status, content = call("PATCH", "/_mockmail/state", document)
    assert status == 400
    assert content["error"].startswith(expected)


def test_duplicate_name_in_json_is_refused(mockmail, call):
    body = b'{"vendors": {"rackspace": {"domains": []}, "rackspace": {"mailboxes": []}}}'
    assert call("PATCH", "/_mockmail/state", body=body) == (
        400,
        {"error": "the body is not JSON: an object has the name 'rackspace' twice"},
    )


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"mails": []}, "snapshot: mails: no such part; there are format, mockmail, clock, ids, vendors, mail"),
        ({"mail": [1]}, "snapshot: mail[0]: expected an object, got 1"),
        ({"mail": [MESSAGE, {"id": "two"}]}, "snapshot: mail[1].received_at: is required and missing"),
        ({"mail": [MESSAGE | {"id": ""}]}, "snapshot: mail[0].id: expected a string that is not empty, got ''"),
        (
            {"mail": [MESSAGE | {"received_at": "now"}]},
            "snapshot: mail[0].received_at: expected a timestamp such as 2026-01-31T12:00:00+00:00, got 'now'",
        ),
        ({"mail": [MESSAGE | {"raw": "?"}]}, "snapshot: mail[0].raw: expected a string of base64, got '?'"),
        (
            {"mail": [MESSAGE | {"envelope": {"sender": "a", "recipients": "b"}}]},
            "snapshot: mail[0].envelope.recipients: expected an array of strings, got 'b'",
        ),
        (
            {"mail": [MESSAGE | {"sent_by": {"exchange": "3"}}]},
            "snapshot: mail[0].sent_by.exchange: expected an integer or null, got '3'",
        ),
        (
            {"mail": [MESSAGE | {"deliveries": [{"vendor": None, "mailbox": None, "adress": "x"}]}]},
            "snapshot: mail[0].deliveries[0].address: is required and missing",
        ),
        (
            {"mail": [MESSAGE | {"deliveries": [{"vendor": None, "mailbox": "x", "address": "x@y"}]}]},
            "snapshot: mail[0].deliveries[0].vendor: expected the name of the mailbox's vendor, got null",
        ),
        ({"mail": [MESSAGE | {"id": "\ud800"}]}, "snapshot: mail[0].id: expected no surrogates, got '\\ud800'"),
        (
            {"mail": [MESSAGE | {"sent_by": {"operation": "\udcff"}}]},
            "snapshot: mail[0].sent_by.operation: expected no surrogates, got '\\udcff'",
        ),
        (
            {"mail": [MESSAGE | {"sent_by": {"exchange": 2**63}}]},
            "snapshot: mail[0].sent_by.exchange: expected a number from 0 to 9223372036854775807, got 92233",
        ),
        (
            {"mail": [MESSAGE | {"body": ""}]},
            "snapshot: mail[0].body: no such field; MessageDocument has id, received_at, raw,",
        ),
        (
            {"clock": {"frozen_at": "now"}},
            'snapshot: clock: expected {"frozen_at": "2026-01-31T12:00:00+00:00"} or {"offset_seconds": 0}, ',
        ),
        ({"clock": {"offset_seconds": 1e12}}, "snapshot: clock: expected "),
        ({"clock": {"frozen_at": "9999-12-31T23:59:59+00:00"}}, "snapshot: clock: expected "),
        ({"ids": []}, 'snapshot: ids: expected {"seed": "0", "drawn": 0}, got []'),
        (
            {"ids": {"seed": "0", "drawn": -1}},
            "snapshot: ids.drawn: expected a number from 0 to 1000000000000000, got -1",
        ),
        ({"ids": {"seed": "0", "drawn": MOST_DRAWN + 1}}, "snapshot: ids.drawn: expected a number from 0 to "),
        ({"ids": {"seed": "0", "drawn": 10**4299}}, "snapshot: ids.drawn: expected a number from 0 to "),
        ({"ids": {"seed": "\ud800", "drawn": 0}}, "snapshot: ids.seed: expected at most 1000 characters, got "),
        ({"ids": {"seed": "x" * 1001, "drawn": 0}}, "snapshot: ids.seed: expected at most 1000 characters, got "),
        (
            {"vendors": {"rackspace": {"sequences": [{"name": "x", "next": 10**4299}]}}},
            "snapshot: vendors.rackspace.sequences[0].next: expected an integer, got 1000000000",
        ),
    ],
)
def test_invalid_snapshot_is_refused_and_changes_nothing(mockmail, call, part, expected):
    before = mockmail.snapshot()
    status, content = call("PUT", "/_mockmail/state", {"vendors": {}} | part)
    assert status == 400
    assert content["error"].startswith(expected)
    assert mockmail.snapshot() == before
    assert call("GET", "/1/backend")[0] != 500


def test_state_may_have_more_values_than_other_bodies(call):
    body = b'{"vendors": {"rackspace": {"domains": [' + b"0," * MAX_VALUES + b"0]}}}"

    status, content = call("PATCH", "/_mockmail/state", body=body)

    assert (status, content["error"][:40]) == (400, "body: vendors.rackspace.domains[0]: expe")


def test_state_of_too_many_values_is_refused(call, monkeypatch):
    monkeypatch.setattr("mockmail.control.route.MAX_STATE_VALUES", 1000)
    body = b'{"vendors": {"rackspace": {"domains": [' + b"0," * 997 + b"0]}}}"

    status, content = call("PATCH", "/_mockmail/state", body=body)

    assert (status, content["error"]) == (413, "the body has more than 1000 JSON values; send fewer in one request")


def test_most_drawn_ids_are_accepted(mockmail, call):
    document = {"vendors": {}, "ids": {"seed": "x" * LONGEST_ID_SEED, "drawn": MOST_DRAWN}}

    status, _ = call("PUT", "/_mockmail/state", document)

    assert status == 204
    assert mockmail.snapshot()["ids"] == document["ids"]


class TestRecords:
    """`state/{vendor}/…`: tables and single records."""

    def test_tables_are_listed_with_their_sizes(self, mockmail, call):
        _, content = call("GET", "/_mockmail/state/rackspace")

        sizes = {name: len(rows) for name, rows in mockmail.rackspace.state().items()}
        assert {table["name"]: table["records"] for table in content["tables"]} == sizes

    def test_records_are_listed_with_keys_and_filtered(self, mockmail, call):
        mockmail.rackspace.seed(domains=[DOMAIN, DOMAIN | {"name": "Ünlike.example"}])

        _, everything = call("GET", "/_mockmail/state/rackspace/domains")
        _, found = call("GET", "/_mockmail/state/rackspace/domains?query=%C3%9CNLIKE")
        _, limited = call("GET", "/_mockmail/state/rackspace/domains?limit=1")

        assert [item["record"] for item in everything["records"]] == mockmail.rackspace.state()["domains"]
        assert [item["record"]["name"] for item in found["records"]] == ["Ünlike.example"]
        assert found["total"] == 1
        assert (limited["total"], limited["records"]) == (everything["total"], everything["records"][:1])

    def test_listed_key_removes_one_record_and_is_an_event(self, mockmail, call):
        mockmail.rackspace.seed(domains=[DOMAIN])
        _, found = call("GET", "/_mockmail/state/rackspace/domains?query=my.example")
        path = f"/_mockmail/state/rackspace/domains/{quote(found['records'][0]['key'], safe='')}"
        before = names(mockmail)

        with mockmail.events("state") as events:
            assert call("DELETE", path) == (204, None)
            assert next(iter(events)).data == {"tables": ["rackspace.domains"]}

        assert names(mockmail) == [name for name in before if name != "my.example"]
        status, content = call("DELETE", path)
        assert status == 404
        assert "there is no record" in content["error"]

    def test_python_removes_a_record(self, mockmail):
        mockmail.rackspace.seed(domains=[DOMAIN])

        assert mockmail.rackspace.remove("domains", "my.example") is True
        assert mockmail.rackspace.remove("domains", "my.example") is False
        with pytest.raises(UnknownName, match="there is no table 'domain'; rackspace has"):
            mockmail.rackspace.remove("domain", "my.example")

    @pytest.mark.parametrize("path", ["state/none", "state/none/domains", "state/rackspace/none"])
    def test_unknown_vendor_or_table_is_not_found(self, call, path):
        status, content = call("GET", f"/_mockmail/{path}")

        assert status == 404
        assert "there is no" in content["error"]
