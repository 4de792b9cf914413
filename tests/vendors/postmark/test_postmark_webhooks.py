"""Postmark's webhooks: who gets what, how it is retried, and how a test sees it."""

from __future__ import annotations

import json

import pytest
from http_client import send_request
from webhook_receiver import Receiver

from mockmail.core.errors import WaitTimeout
from mockmail.server import vendor_webhooks

MESSAGE = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x", "Tag": "t", "Metadata": {"user": "7"}}


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(vendor_webhooks, "RETRY_SECONDS", (0.001, 0.001))
    receiver = Receiver()
    yield receiver
    receiver.close()


def everything(url, **more):
    names = ("Open", "Click", "Delivery", "Bounce", "SpamComplaint", "SubscriptionChange")
    return {"Url": url, "Triggers": {name: {"Enabled": True} for name in names}, **more}


def test_delivery_is_posted_to_the_webhook(mockmail, post, receiver):
    hook = everything(f"{receiver.url}/hook?x=1", HttpAuth={"Username": "me", "Password": "secret"})
    hook["HttpHeaders"] = [{"Name": "X-Own", "Value": "yes"}]
    assert post("/webhooks", hook).json["ID"] == 1

    message_id = post("/email", MESSAGE).json["MessageID"]

    path, headers, document = receiver.next()
    assert (path, headers["X-Own"], headers["User-Agent"]) == ("/hook?x=1", "yes", "Postmark")
    assert headers["Authorization"] == "Basic bWU6c2VjcmV0"
    assert document["DeliveredAt"].endswith("Z")
    assert {name: document[name] for name in ("RecordType", "MessageID", "Recipient", "Tag", "Metadata")} == {
        "RecordType": "Delivery",
        "MessageID": message_id,
        "Recipient": "b@example.org",
        "Tag": "t",
        "Metadata": {"user": "7"},
    }


def test_request_to_a_webhook_can_be_waited_for_and_is_not_among_those_to_vendors(mockmail, post, receiver):
    post("/webhooks", everything(f"{receiver.url}/hook"))
    post("/email", MESSAGE)

    found = mockmail.requests.wait_for(
        direction="outgoing", vendor="postmark", path="/hook", where={"RecordType": "Delivery"}
    )

    assert (found.method, found.status, found.peer) == ("POST", 200, receiver.url.removeprefix("http://"))
    assert found.json()["Recipient"] == "b@example.org"
    assert [each.path for each in mockmail.requests] == ["/webhooks", "/email"]
    assert mockmail.requests.verify(direction="outgoing", count=1) == [found]
    shown = send_request(mockmail.url, "GET", "/_mockmail/requests/1?direction=outgoing").json
    assert (shown["vendor"], shown["path"], shown["state"]) == ("postmark", "/hook", "complete")
    with pytest.raises(WaitTimeout, match="no request matched"):
        mockmail.requests.wait_for(direction="outgoing", path="/elsewhere", timeout=0)


def test_failed_request_is_tried_again_and_each_attempt_is_kept(mockmail, post, receiver):
    receiver.statuses = [500, 503]
    post("/webhooks", everything(receiver.url))
    post("/email", MESSAGE)

    found = mockmail.requests.wait_for_count(3, direction="outgoing")

    assert [each.status for each in found] == [500, 503, 200]
    assert len({each.request_body for each in found}) == 1


def test_request_is_given_up_after_the_last_attempt_and_the_next_one_is_made(mockmail, post, receiver):
    receiver.statuses = [500, 500, 500]
    post("/webhooks", everything(receiver.url))
    post("/email", MESSAGE)
    post("/email", MESSAGE | {"To": "c@example.org"})

    found = mockmail.requests.wait_for_count(4, direction="outgoing")

    assert [(each.status, each.json()["Recipient"]) for each in found] == [
        *[(500, "b@example.org")] * 3,
        (200, "c@example.org"),
    ]


def test_request_that_postmark_would_not_repeat_is_made_once(mockmail, post, receiver):
    receiver.statuses = [403]
    post("/webhooks", everything(receiver.url))
    post("/email", MESSAGE)
    post("/email", MESSAGE)

    assert [each.status for each in mockmail.requests.wait_for_count(2, direction="outgoing")] == [403, 200]


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://app.example.com/hook", "webhook_allow permits app.example.com:80"),
        ("http://127.0.0.1:{own}/", "url must not be of mockmail itself"),
    ],
)
def test_url_that_is_not_allowed_gets_no_request_and_the_mail_is_sent(mockmail, post, receiver, url, refusal):
    own = mockmail.url.rpartition(":")[2]
    post("/webhooks", everything(url.format(own=own)))

    assert post("/email", MESSAGE).json["ErrorCode"] == 0

    found = mockmail.requests.wait_for(direction="outgoing")
    assert refusal in found.refusal
    assert (found.status, len(mockmail.inbox)) == (0, 1)


def test_closed_port_is_shown_as_the_reason(mockmail, post, receiver):
    receiver.close()
    post("/webhooks", everything(receiver.url))
    post("/email", MESSAGE)

    found = mockmail.requests.wait_for_count(3, direction="outgoing")

    assert all("Connect" in each.refusal for each in found)


def test_events_come_in_order_each_with_its_document(mockmail, post, receiver):
    hook = everything(receiver.url)
    hook["Triggers"]["Bounce"]["IncludeContent"] = True
    post("/webhooks", hook)
    mockmail.outcomes.add("gone@example.org", "bounced")
    message_id = post("/email", MESSAGE).json["MessageID"]
    mockmail.outcomes.add_event(message_id, "opened", details={"user_agent": "Firefox"})
    mockmail.outcomes.add_event(message_id, "opened")
    mockmail.outcomes.add_event(message_id, "clicked", details={"url": "https://example.com/a"})
    mockmail.outcomes.add_event(message_id, "complained")
    mockmail.outcomes.add_event(message_id, "unsubscribed")
    post("/email", MESSAGE | {"To": "gone@example.org"})

    found = mockmail.requests.wait_for_count(9, direction="outgoing")

    documents = [json.loads(each.request_body) for each in found]
    assert [document["RecordType"] for document in documents] == [
        "Delivery",
        "Open",
        "Open",
        "Click",
        "SpamComplaint",
        "SubscriptionChange",
        "SubscriptionChange",
        "Bounce",
        "SubscriptionChange",
    ]
    assert [document.get("FirstOpen") for document in documents[1:3]] == [True, False]
    assert (documents[1]["UserAgent"], documents[3]["OriginalLink"]) == ("Firefox", "https://example.com/a")
    assert (documents[4]["Type"], documents[7]["Type"], documents[7]["Inactive"]) == (
        "SpamComplaint",
        "HardBounce",
        True,
    )
    assert [document["SuppressionReason"] for document in (documents[5], documents[6], documents[8])] == [
        "SpamComplaint",
        "ManualSuppression",
        "HardBounce",
    ]
    assert "To: gone@example.org" in documents[7]["Content"]


def test_webhook_gets_only_what_it_asked_for(mockmail, post, receiver):
    triggers = {"Open": {"Enabled": True, "PostFirstOpenOnly": True}, "Delivery": {"Enabled": False}}
    post("/webhooks", {"Url": f"{receiver.url}/mine", "Triggers": triggers})
    post("/webhooks", everything(f"{receiver.url}/other", MessageStream="broadcast"))
    message_id = post("/email", MESSAGE).json["MessageID"]
    for _ in range(2):
        mockmail.outcomes.add_event(message_id, "opened")
    second = post("/email", MESSAGE).json["MessageID"]
    mockmail.outcomes.add_event(second, "opened")

    found = mockmail.requests.wait_for_count(2, direction="outgoing")

    assert [(each.path, each.json()["MessageID"]) for each in found] == [("/mine", message_id), ("/mine", second)]


def test_reset_discards_requests_that_wait(mockmail, post, receiver):
    receiver.statuses = [500] * 3
    post("/webhooks", everything(receiver.url))
    post("/email", MESSAGE)

    mockmail.reset()

    assert mockmail.requests.find(direction="outgoing") == []


def test_webhooks_have_a_bound(mockmail, post):
    hook = {"url": "http://127.0.0.1:9/", "created": "2026-01-31T12:00:00Z", "details": {"server": 1, "stream": "x"}}
    mockmail.postmark.seed(webhooks=[{**hook, "id": f"{number}"} for number in range(99)])

    assert post("/webhooks", {"Url": "http://127.0.0.1:9/"}).status == 200
    assert "up to 100 webhooks" in post("/webhooks", {"Url": "http://127.0.0.1:9/"}).json["Message"]


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/", "http://x/\n", "http://x:70000/", "http://" + "x" * 2000])
def test_webhook_needs_a_url(post, url):
    refused = post("/webhooks", {"Url": url})

    assert (refused.status, refused.json["ErrorCode"]) == (422, 300)
