"""Brevo's webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from brevo.core.api_error import ApiError
from webhook_receiver import Receiver

from mockmail.server import vendor_webhooks

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EMAIL = {
    "sender": {"email": "app@example.com"},
    "to": [{"email": "jane@example.org"}],
    "subject": "Hello",
    "htmlContent": "<p>x</p>",
    "headers": {"X-Mailin-custom": '{"user": 7}'},
    "tags": ["welcome", "first"],
}
EVERYTHING = [
    "sent",
    "delivered",
    "hardBounce",
    "softBounce",
    "blocked",
    "spam",
    "deferred",
    "click",
    "opened",
    "uniqueOpened",
    "unsubscribed",
    "error",
]


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(vendor_webhooks, "RETRY_SECONDS", (0.001, 0.001))
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def webhook(client, receiver):
    return client.webhooks.create_webhook(url=f"{receiver.url}/hook", events=EVERYTHING).id


def test_good_send_is_told_as_request_and_delivered(post, mockmail, receiver, webhook):
    mockmail.clock.freeze(NOON)
    sent = post("/smtp/email", EMAIL).json

    path, _, first = receiver.next()
    _, _, second = receiver.next()

    assert path == "/hook"
    assert first == {
        "event": "request",
        "email": "jane@example.org",
        "id": webhook,
        "date": "2026-01-31 12:00:00",
        "ts": 1769860800,
        "message-id": sent["messageId"],
        "ts_event": 1769860800,
        "subject": "Hello",
        "sending_ip": "127.0.0.1",
        "ts_epoch": 1769860800000,
        "X-Mailin-custom": '{"user": 7}',
        "tag": '["welcome","first"]',
        "tags": ["welcome", "first"],
    }
    assert second == first | {"event": "delivered"}


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (("bounced", {"reason": "no such user"}), ("hard_bounce", "no such user")),
        (("bounced", {"hard": False}), ("soft_bounce", "4.2.2 mailbox full")),
        (("deferred", {"reason": "later"}), ("deferred", "later")),
        (("suppressed", {"reason": "blocked : due to blacklist user"}), ("blocked", "blocked : due to blacklist user")),
        (("failed", {"reason": "why"}), ("error", "why")),
    ],
)
@pytest.mark.usefixtures("webhook")
def test_failure_is_told_with_its_reason(post, mockmail, receiver, outcome, told):
    kind, fields = outcome
    mockmail.outcomes.add("jane@example.org", kind, **fields)

    post("/smtp/email", EMAIL)

    assert receiver.next()[2]["event"] == "request"
    event = receiver.next()[2]
    assert (event["event"], event["reason"]) == told


def test_openings_and_clicks_that_a_test_adds_are_told(post, mockmail, receiver, webhook):
    post("/smtp/email", EMAIL)
    message = mockmail.inbox[0]

    for kind in ("opened", "opened", "clicked", "complained", "unsubscribed"):
        mockmail.outcomes.add_event(message, kind, details={"url": "https://example.com/x"})

    told = [receiver.next()[2] for _ in range(7)]
    assert [event["event"] for event in told[2:]] == ["unique_opened", "opened", "click", "spam", "unsubscribed"]
    assert told[4]["link"] == "https://example.com/x"


@pytest.mark.parametrize("named", ["template", "header"])
def test_tag_is_the_header_or_the_name_of_the_template(post, receiver, webhook, named):
    template = post(
        "/smtp/templates",
        {
            "templateName": "Order",
            "subject": "x",
            "sender": {"email": "app@example.com"},
            "htmlContent": "<p>long enough</p>",
            "isActive": True,
        },
    ).json["id"]
    headers = {"headers": {"X-Mailin-Tag": "mine"}} if named == "header" else {}

    post("/smtp/email", {"to": EMAIL["to"], "templateId": template, **headers})

    told = receiver.next()[2]
    assert (told["tag"], told["template_id"]) == ("mine" if named == "header" else "Order", template)
    assert "tags" not in told


def test_sandbox_and_events_that_are_not_wanted_are_not_told(client, post, receiver, webhook):
    client.webhooks.update_webhook(webhook, events=["delivered"])

    post("/smtp/email", EMAIL | {"headers": {"X-Sib-Sandbox": "drop"}})
    post("/smtp/email", EMAIL | {"subject": "Second"})

    told = receiver.next()[2]
    assert (told["event"], told["subject"], receiver.received.qsize()) == ("delivered", "Second", 0)


def test_requests_have_the_token_and_the_headers_of_the_webhook(client, post, receiver):
    client.webhooks.create_webhook(
        url=f"{receiver.url}/hook",
        events=["request"],
        auth={"type": "bearer", "token": "the-token"},
        headers=[{"key": "X-Own", "value": "7"}],
    )

    post("/smtp/email", EMAIL)

    _, headers, _ = receiver.next()
    assert (headers["Authorization"], headers["X-Own"]) == ("Bearer the-token", "7")


def test_webhook_is_listed_shown_changed_and_removed(client, webhook):
    client.webhooks.update_webhook(webhook, description="mine", url="http://127.0.0.1:9/other")

    shown = client.webhooks.get_webhook(webhook)
    assert (shown.id, shown.description, shown.url, len(shown.events)) == (
        webhook,
        "mine",
        "http://127.0.0.1:9/other",
        len(EVERYTHING),
    )
    assert [each.id for each in client.webhooks.get_webhooks().webhooks] == [webhook]
    assert client.webhooks.get_webhooks(type="marketing").webhooks == []
    client.webhooks.delete_webhook(webhook)
    with pytest.raises(ApiError) as raised:
        client.webhooks.get_webhook(webhook)
    assert (raised.value.status_code, raised.value.body["code"]) == (404, "document_not_found")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"url": ""}, "url is missing"),
        ({"events": []}, "events is missing"),
        ({"events": ["lost"]}, "events is not valid"),
        ({"type": "marketing"}, "type is not valid"),
        *(({"url": url}, "url is not valid") for url in ("x", "http://", "http://[", "http://a/" + "x" * 2000)),
        ({"auth": {"type": "basic"}}, "auth is not valid"),
        ({"auth": {"token": "a\r\nb"}}, "auth is not valid"),
        ({"headers": [{"key": "A B", "value": "x"}]}, "headers is not valid"),
        ({"headers": [{"key": "A", "value": "x\r\ny"}]}, "headers is not valid"),
        ({"headers": [{"key": "A"}]}, "value is missing in headers"),
    ],
)
def test_webhook_that_brevo_refuses(post, change, message):
    refused = post("/webhooks", {"url": "http://127.0.0.1:9/", "events": ["request"]} | change)

    assert (refused.status, refused.json["message"]) == (400, message)
