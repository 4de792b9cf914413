"""Resend's webhooks, verified by its own client and by Svix's."""

from __future__ import annotations

import json

import pytest
from svix.webhooks import Webhook
from webhook_receiver import Receiver

from mockmail.server import vendor_webhooks
from mockmail.vendors.resend.notices import ON_SUPPRESSION_LIST

GOOD = {
    "from": "App <app@example.com>",
    "to": ["Jane <jane@example.org>", "bob@example.org"],
    "subject": "Hello",
    "text": "x",
    "headers": {"X-Metadata": '{"user": 7}'},
    "tags": [{"name": "category", "value": "welcome"}],
}
EVERYTHING = [
    "email.sent",
    "email.scheduled",
    "email.delivered",
    "email.bounced",
    "email.complained",
    "email.clicked",
    "email.suppressed",
    "email.failed",
    "email.delivery_delayed",
    "suppression.added",
    "suppression.removed",
    "domain.created",
    "domain.updated",
]


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(vendor_webhooks, "RETRY_SECONDS", (0.001, 0.001))
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def webhook(client, receiver):
    return client.Webhooks.create({"endpoint": f"{receiver.url}/hook", "events": EVERYTHING})


def test_good_send_is_told_and_its_signature_is_that_of_svix(client, mockmail, receiver, webhook):
    sent = client.Emails.send(GOOD)

    path, headers, body = receiver.received.get(timeout=30)
    event = json.loads(body)
    signed = {name: headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
    options = {"payload": body.decode(), "headers": signed, "webhook_secret": webhook["signing_secret"]}
    assert client.Webhooks.verify(options) == event
    Webhook(webhook["signing_secret"]).verify(body, headers)  # raises for a wrong signature
    assert path == "/hook"
    assert event["type"] == "email.sent"
    assert event["data"].pop("created_at")
    assert event["data"].pop("message_id") == mockmail.inbox[0].headers["Message-ID"]
    assert event["data"] == {
        "email_id": sent["id"],
        "from": "App <app@example.com>",
        "to": ["Jane <jane@example.org>", "bob@example.org"],
        "subject": "Hello",
        "headers": [{"name": "X-Metadata", "value": '{"user": 7}'}],
        "tags": {"category": "welcome"},
    }
    assert [receiver.next()[2]["type"] for _ in range(2)] == ["email.delivered"] * 2


def test_bounce_is_told_and_then_the_suppression_and_what_it_does(client, mockmail, receiver, webhook):
    mockmail.outcomes.add("jane@example.org", "bounced", times=1)
    mail = GOOD | {"to": "jane@example.org"}

    client.Emails.send(mail)
    client.Emails.send(mail)
    client.Suppressions.remove("jane@example.org")

    events = [receiver.next()[2] for _ in range(6)]
    assert [event["type"] for event in events] == [
        "email.sent",
        "suppression.added",
        "email.bounced",
        "email.sent",
        "email.suppressed",
        "suppression.removed",
    ]
    assert events[1]["data"]["origin"] == "bounce"
    assert (events[2]["data"]["bounce"]["type"], events[2]["data"]["bounce"]["subType"]) == ("Permanent", "General")
    assert events[4]["data"]["suppressed"]["type"] == "OnAccountSuppressionList"


@pytest.mark.parametrize(
    "expected",
    [
        (
            "suppressed",
            "email.suppressed",
            {"suppressed": {"type": "OnAccountSuppressionList", "message": ON_SUPPRESSION_LIST}},
        ),
        ("failed", "email.failed", {"failed": {"reason": "The email was not sent."}}),
        ("deferred", "email.delivery_delayed", {}),
    ],
)
@pytest.mark.usefixtures("webhook")
def test_arranged_outcome_is_told_with_what_its_kind_has(client, mockmail, receiver, expected):
    kind, told, more = expected
    mockmail.outcomes.add("jane@example.org", kind)
    client.Emails.send(GOOD | {"to": "jane@example.org"})

    sent, event = receiver.next()[2], receiver.next()[2]

    assert event["type"] == told
    assert {name: value for name, value in event["data"].items() if name not in sent["data"]} == more


def test_click_that_a_test_adds_is_told(client, mockmail, receiver, webhook):
    client.Emails.send(GOOD | {"to": "jane@example.org"})
    mockmail.outcomes.add_event(mockmail.inbox[0], "clicked", details={"url": "https://example.com/x"})

    event = [receiver.next()[2] for _ in range(3)][-1]

    assert (event["type"], event["data"]["click"]["link"]) == ("email.clicked", "https://example.com/x")


def test_scheduled_email_is_told_as_sent_when_it_is_due(client, mockmail, receiver, webhook):
    client.Emails.send(GOOD | {"to": "jane@example.org", "scheduled_at": "in 1 hour"})
    first = receiver.next()[2]["type"]

    mockmail.clock.advance(3600)

    assert [first, receiver.next()[2]["type"], receiver.next()[2]["type"]] == [
        "email.scheduled",
        "email.sent",
        "email.delivered",
    ]


def test_retried_request_is_the_same(client, mockmail, receiver, webhook):
    receiver.statuses = [500]

    client.Domains.create({"name": "new.example"})

    first, second = receiver.received.get(timeout=30), receiver.received.get(timeout=30)
    assert first[2] == second[2]
    assert first[1]["svix-id"] == second[1]["svix-id"]
    assert json.loads(first[2])["type"] == "domain.created"


def test_webhook_that_is_disabled_or_wants_other_events_gets_none(client, mockmail, receiver, webhook):
    other = client.Webhooks.create({"endpoint": f"{receiver.url}/other", "events": ["email.opened"]})["id"]
    client.Webhooks.update({"webhook_id": webhook["id"], "status": "disabled"})
    client.Emails.send(GOOD)
    client.Webhooks.update({"webhook_id": webhook["id"], "status": "enabled"})

    client.Domains.create({"name": "new.example"})

    assert (receiver.next()[2]["type"], receiver.received.qsize()) == ("domain.created", 0)
    assert client.Webhooks.get(other)["signing_secret"].startswith("whsec_")
    assert [(hook["id"], hook["status"]) for hook in client.Webhooks.list()["data"]] == [
        (other, "enabled"),
        (webhook["id"], "enabled"),
    ]
    assert client.Webhooks.remove(other)["deleted"] is True


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Missing `endpoint` field."),
        ({"endpoint": "http://127.0.0.1"}, "Missing `events` field."),
        *(
            ({"endpoint": url, "events": ["email.sent"]}, "Invalid `endpoint` field. The value must be a URL.")
            for url in ("x", "http://", "http://[", "http://\ud800", f"http://a/{'x' * 2000}")
        ),
        (
            {"endpoint": "http://127.0.0.1", "events": ["email.lost"]},
            "Invalid `events` field. There is no event `email.lost`.",
        ),
    ],
)
def test_webhook_that_resend_refuses(post, body, message):
    refused = post("/webhooks", body)

    assert (refused.status, refused.json["message"]) == (422, message)
