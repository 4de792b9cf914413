"""SendGrid's event webhooks, verified by its own client."""

from __future__ import annotations

import json

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook
from webhook_receiver import Receiver

from mockmail.server import vendor_webhooks
from mockmail.vendors.sendgrid import notices
from mockmail.vendors.sendgrid.notices import FLAGS

SETTINGS = "/v3/user/webhooks/event/settings"
GOOD = {
    "personalizations": [{"to": [{"email": "jane@example.org"}, {"email": "bob@example.org"}]}],
    "from": {"email": "app@example.com"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "x"}],
    "categories": ["welcome"],
    "custom_args": {"user": "7"},
}
TO_JANE = GOOD | {"personalizations": [{"to": [{"email": "jane@example.org"}]}]}


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(vendor_webhooks, "RETRY_SECONDS", (0.001, 0.001))
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def webhook(post, receiver):
    """Return a webhook that wants every event."""
    return post(SETTINGS, {"url": f"{receiver.url}/hook", "enabled": True, **dict.fromkeys(FLAGS, True)}).json


def test_events_that_happen_together_are_told_together_and_signed(call, post, receiver, webhook):
    key = call("PATCH", f"{SETTINGS}/signed/{webhook['id']}", {"enabled": True}).json["public_key"]
    sent = post("/v3/mail/send", GOOD)

    path, headers, body = receiver.received.get(timeout=30)

    signature, seconds = (headers[f"X-Twilio-Email-Event-Webhook-{name}"] for name in ("Signature", "Timestamp"))
    verifier = EventWebhook()
    public_key = verifier.convert_public_key_to_ecdsa(key)
    assert verifier.verify_signature(body.decode(), signature, seconds, public_key)
    assert not verifier.verify_signature(body.decode() + " ", signature, seconds, public_key)
    assert (path, headers["User-Agent"]) == ("/hook", "SendGrid Event API")
    events = json.loads(body)
    assert [(event["event"], event["email"]) for event in events] == [
        ("processed", "jane@example.org"),
        ("processed", "bob@example.org"),
        ("delivered", "jane@example.org"),
        ("delivered", "bob@example.org"),
    ]
    request = sent.headers["X-Message-Id"]
    assert events[2].pop("timestamp") - int(seconds) in (0, 1), "a second may end before the delivery"
    assert events[2].pop("sg_event_id") != events[3].pop("sg_event_id")
    assert events[2].pop("sg_message_id").startswith(f"{request}.recvd-")
    assert events[2] == {
        "user": "7",
        "email": "jane@example.org",
        "smtp-id": f"<{request}@geopod-ismtpd-26>",
        "event": "delivered",
        "category": "welcome",
        "response": "250 OK",
    }


def test_request_without_a_key_is_not_signed(call, post, receiver, webhook):
    call("PATCH", f"{SETTINGS}/signed/{webhook['id']}", {"enabled": True})

    assert call("PATCH", f"{SETTINGS}/signed/{webhook['id']}", {"enabled": False}).json["public_key"] == ""

    post("/v3/mail/send", TO_JANE)
    assert "X-Twilio-Email-Event-Webhook-Signature" not in receiver.next()[1]


def test_same_key_makes_the_same_signature():
    assert notices._signature("secret", b"1") == notices._signature("secret", b"1") != notices._signature("s", b"1")


def test_bounce_is_told_and_the_next_message_is_dropped(post, mockmail, receiver, webhook):
    mockmail.outcomes.add("jane@example.org", "bounced", times=1)
    mockmail.outcomes.add("bob@example.org", "bounced", hard=False, times=1)

    post("/v3/mail/send", GOOD)
    post("/v3/mail/send", GOOD)

    bounces = [event for event in receiver.next()[2] if event["event"] == "bounce"]
    assert [(event["email"], event["type"], event["status"], event["reason"]) for event in bounces] == [
        ("jane@example.org", "bounce", "5.1.1", "550 5.1.1 user unknown"),
        ("bob@example.org", "blocked", "4.2.2", "452 4.2.2 mailbox full"),
    ]
    assert [(event["event"], event["email"], event.get("reason")) for event in receiver.next()[2]] == [
        ("processed", "bob@example.org", None),
        ("dropped", "jane@example.org", "Bounced Address"),
        ("delivered", "bob@example.org", None),
    ]


@pytest.mark.parametrize(
    "later",
    [
        ("complained", "spamreport", "Spam Reporting Address", "/v3/suppression/spam_reports"),
        ("unsubscribed", "unsubscribe", "Unsubscribed Address", "/v3/suppression/unsubscribes"),
    ],
)
@pytest.mark.usefixtures("webhook")
def test_later_event_is_told_and_suppresses(call, mockmail, receiver, later):
    kind, told, reason, listed = later
    call("POST", "/v3/mail/send", TO_JANE)
    receiver.next()

    mockmail.outcomes.add_event(mockmail.inbox[0], kind)
    call("POST", "/v3/mail/send", TO_JANE)

    assert [each["event"] for each in receiver.next()[2]] == [told]
    assert [(each["event"], each["reason"]) for each in receiver.next()[2]] == [("dropped", reason)]
    assert [each["email"] for each in call("GET", listed).json] == ["jane@example.org"]


def test_unsubscribe_from_a_group_is_told_and_suppresses_its_mail(call, post, mockmail, receiver, webhook):
    group = post("/v3/asm/groups", {"name": "News"}).json["id"]
    post("/v3/mail/send", TO_JANE | {"asm": {"group_id": group}})
    receiver.next()

    mockmail.outcomes.add_event(mockmail.inbox[0], "unsubscribed")
    post("/v3/mail/send", TO_JANE | {"asm": {"group_id": group}})
    post("/v3/mail/send", TO_JANE)

    [unsubscribed] = receiver.next()[2]
    assert (unsubscribed["event"], unsubscribed["asm_group_id"]) == ("group_unsubscribe", group)
    assert [each["event"] for each in receiver.next()[2]] == ["dropped"]
    assert [each["event"] for each in receiver.next()[2]] == ["processed", "delivered"]
    assert [each["email"] for each in call("GET", "/v3/asm/suppressions").json] == ["jane@example.org"]


def test_webhook_gets_only_the_events_that_it_wants(call, post, receiver, webhook):
    call("PATCH", f"{SETTINGS}/{webhook['id']}", {"processed": False})
    post("/v3/mail/send", TO_JANE)
    call("PATCH", f"{SETTINGS}/{webhook['id']}", {"enabled": False})
    post("/v3/mail/send", TO_JANE)

    assert [event["event"] for event in receiver.next()[2]] == ["delivered"]
    assert receiver.received.empty()


def test_scheduled_message_is_processed_at_once_and_delivered_later(post, mockmail, receiver, webhook):
    mockmail.clock.freeze()
    due = int(mockmail.clock.now().timestamp()) + 3600
    post("/v3/mail/send", TO_JANE | {"send_at": due})

    [processed] = receiver.next()[2]
    mockmail.clock.advance(3601)
    [delivered] = receiver.next()[2]

    assert (processed["event"], processed["send_at"]) == ("processed", due)
    assert (delivered["event"], delivered["timestamp"] >= due) == ("delivered", True)


def test_more_events_than_fit_are_told_in_several_requests(post, receiver, webhook, monkeypatch):
    monkeypatch.setattr(notices, "MOST_IN_REQUEST", 3)

    post("/v3/mail/send", GOOD)

    assert [len(receiver.next()[2]) for _ in range(2)] == [3, 1]


def test_sample_events_are_sent_on_request(post, receiver):
    assert post("/v3/user/webhooks/event/test", {"url": f"{receiver.url}/hook"}).status == 204

    assert {event["event"] for event in receiver.next()[2]} >= {"processed", "bounce", "click"}


def test_webhook_is_listed_changed_and_removed(call, receiver, webhook):
    path = f"{SETTINGS}/{webhook['id']}"

    assert call("PATCH", path, {"friendly_name": "Delivery", "open": False}).json["friendly_name"] == "Delivery"
    assert call("GET", f"{SETTINGS}/all").json["webhooks"] == [call("GET", path).json]
    assert call("GET", path).json["open"] is False
    assert call("GET", f"{SETTINGS}/signed/{webhook['id']}").json == {"id": webhook["id"], "public_key": ""}
    assert call("DELETE", path).status == 204
    assert call("GET", path).json == {"errors": [{"message": "Invalid id provided.", "field": None}]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "url is required"),
        ({"url": "x"}, "'x' is not a valid url"),
        ({"url": "http://["}, "'http://[' is not a valid url"),
    ],
)
def test_webhook_that_sendgrid_refuses(post, document, message):
    refused = post(SETTINGS, document)

    assert (refused.status, refused.json["errors"][0]["message"]) == (400, message)


def test_second_webhook_with_the_same_url_is_refused(post, webhook):
    refused = post(SETTINGS, {"url": webhook["url"]})

    text = f"Webhook at '{webhook['url']}' already exists. Please provide a unique URL."
    assert (refused.status, refused.json["errors"][0]["message"]) == (400, text)


def test_more_webhooks_than_the_bound_are_refused(post, monkeypatch):
    monkeypatch.setattr("mockmail.vendors.sendgrid.handlers.webhooks.MOST_WEBHOOKS", 1)

    statuses = [post(SETTINGS, {"url": f"http://127.0.0.1:9/{number}"}).status for number in range(2)]

    assert statuses == [201, 400]
