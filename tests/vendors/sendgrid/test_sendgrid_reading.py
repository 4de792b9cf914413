"""Reading what SendGrid sent, its suppressions, and scheduled messages."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from mockmail.vendors.sendgrid.errors import SendGridError
from mockmail.vendors.sendgrid.handlers import messages, scheduled
from mockmail.vendors.sendgrid.query import Query

GOOD = {
    "personalizations": [{"to": [{"email": "jane@example.org"}]}, {"to": [{"email": "bob@example.org"}]}],
    "from": {"email": "app@example.com"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "x"}],
}
TO_JANE = GOOD | {"personalizations": GOOD["personalizations"][:1]}
ROW = {"to_email": "jane@example.org", "subject": "A [b]", "status": "delivered", "asm_group_id": 7}
ROW |= {"categories": ["welcome"], "last_event_time": "2026-01-31T12:00:00+00:00"}


@pytest.fixture
def batch(post):
    return post("/v3/mail/batch").json["batch_id"]


@pytest.fixture
def send_later(post, mockmail, batch):
    """Return a function that sends a message of the batch, due in an hour."""
    mockmail.clock.freeze()

    def send(**fields):
        return post("/v3/mail/send", TO_JANE | {"send_at": seconds(mockmail) + 3600, "batch_id": batch} | fields)

    return send


@pytest.fixture
def hold(post, batch):
    """Return a function that pauses or cancels the batch."""
    return lambda status: post("/v3/user/scheduled_sends", {"batch_id": batch, "status": status})


def seconds(mockmail):
    return int(mockmail.clock.now().timestamp())


def states(mockmail):
    return [each["recipients"][0]["state"] for each in mockmail.sendgrid.state()["messages"]]


def listed(call, query):
    return [each["to_email"] for each in call("GET", f"/v3/messages?query={quote(query)}").json["messages"]]


def test_activity_has_a_row_for_each_recipient_with_its_events(call, post, mockmail):
    mockmail.outcomes.add("bob@example.org", "bounced")
    post("/v3/mail/send", GOOD)
    mockmail.outcomes.add_event(mockmail.inbox[0], "clicked", details={"url": "https://example.com/a"})

    bob, jane = call("GET", "/v3/messages").json["messages"]

    assert (bob["to_email"], bob["status"]) == ("bob@example.org", "not_delivered")
    assert (jane["to_email"], jane["status"], jane["clicks_count"]) == ("jane@example.org", "delivered", 1)
    shown = call("GET", f"/v3/messages/{jane['msg_id']}").json
    assert [event["event_name"] for event in shown["events"]] == ["processed", "delivered", "click"]
    assert shown["events"][2]["url"] == "https://example.com/a"
    log = call("GET", f"/v3/logs/{bob['msg_id']}").json
    assert (log["status"], [event["event"] for event in log["events"]]) == ("bounced", ["processed", "bounce"])
    assert call("GET", "/v3/messages/x").json == {"errors": [{"message": "not found", "field": "message_id"}]}


def test_activity_is_found_by_a_query(call, post):
    post("/v3/mail/send", GOOD)

    assert listed(call, 'to_email="jane@example.org"') == ["jane@example.org"]
    assert listed(call, 'status="delivered" AND to_email LIKE "bob%"') == ["bob@example.org"]
    assert listed(call, 'to_email="nobody@example.org"') == []
    assert call("GET", "/v3/messages?limit=1").json["messages"][0]["to_email"] == "bob@example.org"
    refused = call("GET", f"/v3/messages?query={quote('bad_field=1')}")
    assert (refused.status, refused.json["errors"][0]["message"]) == (
        400,
        "invalid syntax: 'bad_field' is not a known field",
    )


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('to_email="JANE@example.org"', True),
        ('to_email!="jane@example.org"', False),
        ('subject LIKE "a [%"', True),
        ('subject NOT LIKE "a%"', False),
        ('status IN ("processed", "delivered")', True),
        ('status IN ("processed")', False),
        ("asm_group_id=7", True),
        ('categories="welcome"', True),
        ('status="processed" OR subject="A [b]"', True),
        ('status="processed" OR subject="A [b]" AND asm_group_id=8', False),
        ('last_event_time BETWEEN TIMESTAMP "2026-01-31T00:00:00Z" AND TIMESTAMP "2026-02-01T00:00:00Z"', True),
        ('last_event_time BETWEEN TIMESTAMP "2026-02-01" AND TIMESTAMP "2026-02-02"', False),
        ("", True),
    ],
)
def test_query_fits(text, fits):
    query = Query(text)

    assert query.is_empty or query.fits(ROW) is fits


@pytest.mark.parametrize(
    "text",
    ['to_email="a" AND', "to_email", '"a"="b"', 'last_event_time BETWEEN TIMESTAMP "x" AND TIMESTAMP "y"', "((()))"],
)
def test_query_that_cannot_be_read_is_refused(text):
    with pytest.raises(SendGridError, match="invalid syntax"):
        Query(text)


def test_query_looks_at_no_more_recipients_than_the_bound(call, post, monkeypatch):
    monkeypatch.setattr(messages, "MOST_SEARCHED", 1)
    post("/v3/mail/send", GOOD)

    assert listed(call, 'status="delivered"') == ["bob@example.org"]


@pytest.mark.parametrize("status", ["pause", "cancel"])
def test_held_batch_is_not_sent_until_it_is_resumed(call, mockmail, hold, send_later, status):
    send_later()

    held = hold(status)
    batch = held.json["batch_id"]
    send_later()

    assert (held.status, held.json["status"]) == (201, status)
    assert states(mockmail) == ["cancelled", "cancelled"]
    assert call("GET", f"/v3/user/scheduled_sends/{batch}").json == [held.json]
    assert call("DELETE", f"/v3/user/scheduled_sends/{batch}").status == 204
    assert states(mockmail) == ["scheduled", "scheduled"]
    mockmail.clock.advance(3600)
    assert len(mockmail.inbox) == 2


@pytest.mark.parametrize("resumed", [("pause", 1), ("cancel", 0)])
def test_batch_that_is_resumed_after_its_time(call, mockmail, hold, send_later, resumed):
    status, sent = resumed
    send_later()
    batch = hold(status).json["batch_id"]
    mockmail.clock.advance(7200)

    call("DELETE", f"/v3/user/scheduled_sends/{batch}")
    for _ in range(500):
        if len(mockmail.inbox) == sent:
            break
        time.sleep(0.01)

    assert len(mockmail.inbox) == sent


def test_batch_that_was_paused_for_too_long_is_discarded(call, post, mockmail, batch, send_later):
    send_later()
    post("/v3/user/scheduled_sends", {"batch_id": batch, "status": "pause"})
    mockmail.clock.advance(3600 + 72 * 3600)

    call("DELETE", f"/v3/user/scheduled_sends/{batch}")

    assert states(mockmail) == ["cancelled"]


def test_status_of_a_batch_is_changed_and_listed(call, post, batch, send_later):
    path = f"/v3/user/scheduled_sends/{batch}"
    unset = call("PATCH", path, {"status": "cancel"})
    post("/v3/user/scheduled_sends", {"batch_id": batch, "status": "pause"})
    again = post("/v3/user/scheduled_sends", {"batch_id": batch, "status": "pause"})

    assert (unset.status, again.status, call("PATCH", path, {"status": "cancel"}).status) == (404, 400, 204)
    assert call("GET", "/v3/user/scheduled_sends").json == [{"batch_id": batch, "status": "cancel"}]
    assert call("PATCH", path, {"status": "stop"}).status == 400
    assert call("GET", f"/v3/mail/batch/{batch}").json == {"batch_id": batch}
    assert call("GET", "/v3/mail/batch/x").json["errors"][0]["message"] == "invalid batch id"


def test_messages_of_a_large_batch_are_held_in_turns(post, mockmail, batch, send_later, monkeypatch):
    monkeypatch.setattr(scheduled, "CHANGED_AT_ONCE", 2)
    for _ in range(5):
        send_later()

    post("/v3/user/scheduled_sends", {"batch_id": batch, "status": "cancel"})

    assert states(mockmail) == ["cancelled"] * 5


def test_bounces_are_listed_shown_and_removed(call, post, mockmail):
    mockmail.outcomes.add("*@example.org", "bounced")
    post("/v3/mail/send", GOOD)
    path = "/v3/suppression/bounces"

    jane, bob = call("GET", path).json

    assert (jane["email"], jane["reason"], jane["status"]) == ("jane@example.org", "550 5.1.1 user unknown", "5.1.1")
    assert call("GET", f"{path}/JANE@example.org").json == [jane]
    assert call("GET", f"{path}?limit=1&offset=1").json == [bob]
    assert call("GET", f"{path}?email=bob").json == [bob]
    assert call("GET", f"{path}?start_time={jane['created'] + 10}").json == []
    assert (call("DELETE", f"{path}/jane@example.org").status, call("GET", f"{path}/jane@example.org").json) == (
        204,
        [],
    )
    assert call("DELETE", f"{path}/jane@example.org").status == 404
    assert call("DELETE", path, {"emails": ["bob@example.org", "x@example.org"]}).status == 204
    assert call("GET", path).json == []


def test_all_addresses_of_a_list_are_removed_and_no_others(call, post, mockmail):
    mockmail.outcomes.add("*@example.org", "bounced", hard=False)
    post("/v3/mail/send", GOOD)
    post("/v3/asm/suppressions/global", {"recipient_emails": ["jane@example.org"]})

    assert len(call("GET", "/v3/suppression/blocks").json) == 2
    assert call("DELETE", "/v3/suppression/blocks", {"delete_all": True}).status == 204
    assert call("DELETE", "/v3/suppression/blocks", {}).status == 400

    assert call("GET", "/v3/suppression/blocks").json == []
    assert len(call("GET", "/v3/suppression/unsubscribes").json) == 1


@pytest.mark.parametrize(
    ("setting", "arrives"),
    [("bypass_list_management", 1), ("bypass_unsubscribe_management", 1), ("bypass_bounce_management", 0)],
)
def test_message_can_bypass_a_list(post, mockmail, setting, arrives):
    post("/v3/asm/suppressions/global", {"recipient_emails": ["jane@example.org"]})

    post("/v3/mail/send", TO_JANE | {"mail_settings": {setting: {"enable": True}}})

    assert len(mockmail.inbox) == arrives


def test_address_that_is_unsubscribed_from_all_mail(call, post):
    path = "/v3/asm/suppressions/global"
    added = post(path, {"recipient_emails": ["jane@example.org"]})

    assert (added.status, added.json) == (201, {"recipient_emails": ["jane@example.org"]})
    assert call("GET", f"{path}/jane@example.org").json == {"recipient_email": "jane@example.org"}
    assert call("DELETE", f"{path}/jane@example.org").status == 204
    assert call("GET", f"{path}/jane@example.org").json == {}
    assert post(path, {"recipient_emails": ["x"]}).status == 400


def test_address_that_is_unsubscribed_from_a_group_gets_other_mail(call, post, mockmail):
    group = post("/v3/asm/groups", {"name": "News", "description": "Weekly"}).json
    other = post("/v3/asm/groups", {"name": "Offers"}).json
    path = f"/v3/asm/groups/{group['id']}"
    post(f"{path}/suppressions", {"recipient_emails": ["jane@example.org"]})

    post("/v3/mail/send", TO_JANE | {"asm": {"group_id": group["id"]}})
    post("/v3/mail/send", TO_JANE | {"asm": {"group_id": other["id"]}})

    assert len(mockmail.inbox) == 1
    assert call("GET", path).json == group | {"unsubscribes": 1}
    assert call("GET", f"{path}/suppressions").json == ["jane@example.org"]
    assert post(f"{path}/suppressions/search", {"recipient_emails": ["jane@example.org", "x"]}).json == [
        "jane@example.org"
    ]
    assert call("GET", "/v3/asm/suppressions").json[0]["group_name"] == "News"
    assert [
        each["suppressed"] for each in call("GET", "/v3/asm/suppressions/jane@example.org").json["suppressions"]
    ] == [
        True,
        False,
    ]
    assert call("PATCH", path, {"name": "Letters"}).json["name"] == "Letters"
    assert [each["id"] for each in call("GET", f"/v3/asm/groups?id={other['id']}").json] == [other["id"]]
    assert call("DELETE", f"{path}/suppressions/jane@example.org").status == 204
    assert (call("DELETE", path).status, call("GET", path).status) == (204, 404)


def test_message_to_the_sink_is_delivered_and_reaches_no_inbox(call, post, mockmail):
    post("/v3/mail/send", GOOD | {"personalizations": [{"to": [{"email": "any@sink.sendgrid.net"}]}]})

    assert (len(mockmail.inbox), call("GET", "/v3/messages").json["messages"][0]["status"]) == (0, "delivered")
