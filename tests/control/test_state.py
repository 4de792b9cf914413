"""`/_mockmail/state` and `/_mockmail/reset`: a sandbox's state from outside."""

from __future__ import annotations

import pytest

from mockmail.core.mail.message import Delivery, Envelope, SentBy
from mockmail.core.mail.store import Usage

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
def ask(control):
    """Return the status and the document of a response, None for an empty one."""

    def ask(method, path, document=None, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else None
        status, _, content = control.ask(method, path, document, headers, body)
        return status, content or None

    return ask


def names(mockmail, sandbox="default"):
    return [one["name"] for one in mockmail.sandbox(sandbox).rackspace.state()["domains"]]


def test_records_are_added_all_or_none(mockmail, ask):
    before = names(mockmail)
    wrong = {"vendors": {"rackspace": {"domains": [DOMAIN], "mailboxes": [MAILBOX | {"enabled": "yes"}]}}}
    status, answer = ask("PATCH", "/_mockmail/state", wrong)
    assert status == 400
    assert answer["error"].startswith("body: vendors.rackspace.mailboxes[0].enabled: ")
    assert names(mockmail) == before
    right = {"vendors": {"rackspace": {"domains": [DOMAIN], "mailboxes": [MAILBOX]}}}
    assert ask("PATCH", "/_mockmail/state", right) == (204, None)
    assert names(mockmail) == [*before, "my.example"]


def test_what_is_got_can_be_put_and_patched_in_another_sandbox(mockmail, ask, send):
    ask("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    send(mockmail, "one")
    _, state = ask("GET", "/_mockmail/state")
    assert ask("PUT", "/~other/_mockmail/state", state) == (204, None)
    assert names(mockmail, "other") == names(mockmail)
    assert [one.subject for one in mockmail.sandbox("other").inbox] == ["one"]
    assert ask("GET", "/~other/_mockmail/state") == (200, state)


def test_octets_that_are_no_utf_8_survive_a_snapshot(mockmail, ask):
    envelope = Envelope(sender="j\udcf6rg@b.example", recipients=("jane@d.example",), helo="m\xfcnchen")
    mockmail._bridge.call(lambda world: world.receive(b"Subject: hi\r\n\r\n\xff", envelope, SentBy()))

    status, state = ask("GET", "/_mockmail/state")

    assert status == 200
    assert ask("PUT", "/~other/_mockmail/state", state)[0] == 204
    assert [one.envelope for one in mockmail.sandbox("other").inbox] == [envelope]


def test_one_vendors_state_alone(mockmail, ask, send):
    send(mockmail, "one")
    _, state = ask("GET", "/_mockmail/state?vendor=rackspace")
    assert list(state) == ["format", "mockmail", "vendors"]
    assert state["vendors"] == {"rackspace": mockmail.rackspace.state()}
    assert ask("PATCH", "/~other/_mockmail/state", state) == (204, None)
    assert ask("GET", "/_mockmail/state?vendor=nobody") == (
        400,
        {"error": "there is no vendor 'nobody'; there are adaxes, atmail, onlyoffice, postmark, rackspace, spacedog"},
    )


def test_a_reset_of_everything(mockmail, ask, send):
    before = names(mockmail)
    ask("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    send(mockmail, "one")
    ask("GET", "/1/backend")
    mockmail.faults.add("atmail", status=403)
    assert ask("POST", "/_mockmail/reset") == (204, None)
    assert names(mockmail) == before
    assert (len(mockmail.inbox), len(mockmail.requests), list(mockmail.faults)) == (0, 0, [])


def test_a_reset_of_one_vendor_leaves_the_others_and_mail(mockmail, ask, send):
    before = names(mockmail)
    ask("PATCH", "/_mockmail/state", {"vendors": {"rackspace": {"domains": [DOMAIN]}}})
    atmail = {"vendors": {"atmail": {"domains": [{"domainId": 7, "domainName": "my.example"}]}}}
    assert ask("PATCH", "/_mockmail/state", atmail) == (204, None)
    send(mockmail, "one")
    assert ask("POST", "/_mockmail/reset", {"vendor": "rackspace"}) == (204, None)
    assert names(mockmail) == before
    assert "my.example" in [one["domainName"] for one in mockmail.atmail.state()["domains"]]
    assert len(mockmail.inbox) == 1


def test_a_reset_of_one_vendor_empties_its_mailboxes_and_nobody_elses(mockmail, ask):
    world = mockmail.server.sandboxes.get()
    kept = [Delivery("atmail", "1", "a@my.example"), Delivery("rackspace", "b", "b@my.example")]
    world.mail.add(b"Subject: hi\r\n\r\n", Envelope(sender="a@x", recipients=("b@x",)), SentBy(), kept)
    assert world.mail.usage("atmail", "1") == Usage(1, 15)

    assert ask("POST", "/_mockmail/reset", {"vendor": "atmail"}) == (204, None)

    assert world.mail.usage("atmail", "1") == Usage(0, 0)
    assert world.mail.usage("rackspace", "b") == Usage(1, 15)
    assert [one.vendor for one in mockmail.inbox[0].deliveries] == ["rackspace"]


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "the body must be a JSON object, not list"),
        ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are adaxes, atmail, "),
        ({"vendor": 1}, "vendor must be of type string, not 1"),
        ({"vendors": "atmail"}, "'vendors' is unknown; this call takes vendor"),
    ],
)
def test_a_reset_that_cannot_be(ask, document, complaint):
    status, answer = ask("POST", "/_mockmail/reset", document)
    assert status == 400
    assert answer["error"].startswith(complaint)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, 'body: expected {"format": 1, "vendors": {...}}'),
        ({"vendors": {"nobody": {}}}, "there is no vendor 'nobody'; there are adaxes, atmail, "),
        ({"vendors": {"rackspace": []}}, "body: vendors.rackspace: expected an object of tables, came []"),
        ({"vendors": {"rackspace": {"domain": []}}}, "body: vendors.rackspace.domain: no such table; rackspace has "),
        (
            {"vendors": {"rackspace": {"domains": [DOMAIN, {"name": 5}]}}},
            "body: vendors.rackspace.domains[1].name: expected a string, came 5",
        ),
        ({"vendors": {}, "vendor": {}}, "body: vendor: no such part; there are format, mockmail, clock, ids, vendors,"),
        ({"vendors": {}, "mail": [1]}, "body: mail: a seed has none: give a snapshot with PUT /_mockmail/state"),
    ],
)
def test_records_that_do_not_fit(ask, document, complaint):
    status, answer = ask("PATCH", "/_mockmail/state", document)
    assert status == 400
    assert answer["error"].startswith(complaint)


def test_a_name_that_stands_twice_is_refused(mockmail, ask):
    body = b'{"vendors": {"rackspace": {"domains": []}, "rackspace": {"mailboxes": []}}}'
    assert ask("PATCH", "/_mockmail/state", body=body) == (
        400,
        {"error": "the body is not JSON: the name 'rackspace' stands twice in one object"},
    )


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ({"mails": []}, "snapshot: mails: no such part; there are format, mockmail, clock, ids, vendors, mail"),
        ({"mail": [1]}, "snapshot: mail[0]: expected an object, came 1"),
        ({"mail": [MESSAGE, {"id": "two"}]}, "snapshot: mail[1].received_at: is required and missing"),
        ({"mail": [MESSAGE | {"id": ""}]}, "snapshot: mail[0].id: expected a string that is not empty, came ''"),
        (
            {"mail": [MESSAGE | {"received_at": "now"}]},
            "snapshot: mail[0].received_at: expected a timestamp such as 2026-01-31T12:00:00+00:00, came 'now'",
        ),
        ({"mail": [MESSAGE | {"raw": "?"}]}, "snapshot: mail[0].raw: expected a string of base64, came '?'"),
        (
            {"mail": [MESSAGE | {"envelope": {"sender": "a", "recipients": "b"}}]},
            "snapshot: mail[0].envelope.recipients: expected an array of strings, came 'b'",
        ),
        (
            {"mail": [MESSAGE | {"sent_by": {"exchange": "3"}}]},
            "snapshot: mail[0].sent_by.exchange: expected an integer or null, came '3'",
        ),
        (
            {"mail": [MESSAGE | {"deliveries": [{"vendor": None, "mailbox": None, "adress": "x"}]}]},
            "snapshot: mail[0].deliveries[0].address: is required and missing",
        ),
        (
            {"mail": [MESSAGE | {"deliveries": [{"vendor": None, "mailbox": "x", "address": "x@y"}]}]},
            "snapshot: mail[0].deliveries[0].vendor: expected the name of the mailbox's vendor, came null",
        ),
        ({"mail": [MESSAGE | {"id": "\ud800"}]}, "snapshot: mail[0].id: expected no surrogates, came '\\ud800'"),
        (
            {"mail": [MESSAGE | {"sent_by": {"operation": "\udcff"}}]},
            "snapshot: mail[0].sent_by.operation: expected no surrogates, came '\\udcff'",
        ),
        (
            {"mail": [MESSAGE | {"sent_by": {"exchange": 2**63}}]},
            "snapshot: mail[0].sent_by.exchange: expected a number from 0 to 9223372036854775807, came 92233",
        ),
        ({"mail": [MESSAGE | {"body": ""}]}, "snapshot: mail[0].body: no such field; there are id, received_at, raw,"),
        (
            {"clock": {"frozen_at": "now"}},
            'snapshot: clock: expected {"frozen_at": "2026-01-31T12:00:00+00:00"} or {"offset_seconds": 0}, ',
        ),
        ({"clock": {"offset_seconds": 1e12}}, "snapshot: clock: expected "),
        ({"clock": {"frozen_at": "9999-12-31T23:59:59+00:00"}}, "snapshot: clock: expected "),
        ({"ids": {"seed": "0", "drawn": -1}}, 'snapshot: ids: expected {"seed": "0", "drawn": 0}, came '),
    ],
)
def test_a_snapshot_that_does_not_fit_changes_nothing(mockmail, ask, part, complaint):
    before = mockmail.snapshot()
    status, answer = ask("PUT", "/_mockmail/state", {"vendors": {}} | part)
    assert status == 400
    assert answer["error"].startswith(complaint)
    assert mockmail.snapshot() == before
    assert ask("GET", "/1/backend")[0] != 500
