"""Brevo's lists of what was sent and what became of it, scheduled mail, and blocked contacts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from brevo.core.api_error import ApiError

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EMAIL = {
    "sender": {"email": "app@example.com", "name": "App"},
    "to": [{"email": "jane@example.org"}],
    "subject": "Hello",
    "htmlContent": "<p>x</p>",
}


@pytest.fixture
def api(client):
    return client.transactional_emails


@pytest.fixture
def send(post):
    def send(**change):
        return post("/smtp/email", EMAIL | change).json

    return send


def names(api, **conditions):
    return [(event.event, event.email) for event in api.get_email_event_report(**conditions).events or ()]


def test_events_of_a_good_send_are_requests_and_delivered(api, send, mockmail):
    mockmail.clock.freeze(NOON)
    sent = send(tags=["welcome", "first"])

    events = api.get_email_event_report().events

    assert [event.event for event in events] == ["delivered", "requests"]
    assert events[0].model_dump(exclude_none=True) == {
        "date": "2026-01-31T12:00:00.000+00:00",
        "email": "jane@example.org",
        "event": "delivered",
        "from_": "app@example.com",
        "message_id": sent["messageId"],
        "subject": "Hello",
        "tag": "welcome,first",
    }


def test_events_are_found_by_each_condition(api, send, mockmail):
    mockmail.outcomes.add("gone@example.org", "bounced")
    mockmail.outcomes.add("full@example.org", "bounced", hard=False)
    mockmail.clock.freeze(NOON - timedelta(days=2))
    first = send(tags=["a"])["messageId"]
    mockmail.clock.freeze(NOON)
    send(to=[{"email": "gone@example.org"}], tags=["b"])
    send(to=[{"email": "full@example.org"}])

    assert names(api, event="hardBounces") == [("hardBounces", "gone@example.org")]
    assert names(api, event="softBounces") == [("softBounces", "full@example.org")]
    assert len(names(api, event="bounces")) == 2
    assert names(api, event="loadedByProxy") == []
    assert names(api, message_id=first, sort="asc") == [
        ("requests", "jane@example.org"),
        ("delivered", "jane@example.org"),
    ]
    assert names(api, email="Gone@example.org", event="requests") == [("requests", "gone@example.org")]
    assert names(api, tags="b,c") == [("hardBounces", "gone@example.org"), ("requests", "gone@example.org")]
    assert names(api, days=1, sort="asc", limit=1) == [("requests", "gone@example.org")]
    assert len(names(api, start_date="2026-01-29", end_date="2026-01-29")) == 2
    assert names(api, offset=5, limit=5) == [("requests", "jane@example.org")]
    assert names(api, template_id=7) == []
    [bounce] = api.get_email_event_report(event="hardBounces").events
    assert "user unknown" in bounce.reason


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("event=lost", "invalid_parameter", "event is not valid"),
        ("sort=up", "invalid_parameter", "sort is not valid"),
        ("startDate=yesterday", "invalid_parameter", "startDate is not valid"),
        ("endDate=9999-12-31", "invalid_parameter", "endDate is not valid"),
        ("limit=5001", "out_of_range", "limit is out of range"),
        ("limit=x", "invalid_parameter", "limit is not valid"),
        ("offset=-1", "out_of_range", "offset is out of range"),
        ("days=91", "out_of_range", "days is out of range"),
    ],
)
def test_condition_that_brevo_refuses(call, query, code, message):
    refused = call("GET", f"/smtp/statistics/events?{query}")

    assert (refused.status, refused.json) == (400, {"code": code, "message": message})


def test_list_without_events_is_an_empty_object(call):
    assert call("GET", "/smtp/statistics/events").json == {}


def test_messages_are_listed_for_each_recipient_and_shown(api, send):
    sent = send(
        to=[{"email": "jane@example.org"}, {"email": "bob@example.org"}],
        attachment=[{"name": "a.txt", "content": "eA=="}],
        tags=["welcome"],
    )
    send(to=[{"email": "bob@example.org"}])

    both = api.get_transac_emails_list(message_id=sent["messageId"])
    bobs = api.get_transac_emails_list(email="Bob@example.org", limit=1)
    shown = api.get_transac_email_content(bobs.transactional_emails[0].uuid_)

    assert [(each.email, each.tags) for each in both.transactional_emails] == [
        ("jane@example.org", ["welcome"]),
        ("bob@example.org", ["welcome"]),
    ]
    assert len({each.uuid_ for each in both.transactional_emails}) == 2
    assert (bobs.count, len(bobs.transactional_emails)) == (2, 1)
    assert bobs.transactional_emails[0].message_id != sent["messageId"]
    assert (shown.email, shown.body, shown.attachment_count) == ("bob@example.org", "<p>x</p>", 0)
    assert [event.name for event in shown.events] == ["sent", "delivered"]
    assert api.get_transac_email_content(both.transactional_emails[1].uuid_).attachment_count == 1


def test_list_without_a_condition_is_refused_and_unknown_messages_are_not_found(api, call):
    assert call("GET", "/smtp/emails").status == 400
    assert api.get_transac_emails_list(message_id="<none@example.com>").transactional_emails == []
    for uuid in ("nothing", "00000000-0000-4000-8000-000000000000"):
        assert call("GET", f"/smtp/emails/{uuid}").json["code"] == "document_not_found"


def test_messages_of_the_sandbox_are_in_no_list(api, send):
    sent = send(headers={"X-Sib-Sandbox": "drop"})

    assert names(api) == []
    assert api.get_transac_emails_list(message_id=sent["messageId"]).count == 0


def test_log_of_a_message_or_of_an_address_is_forgotten(api, send):
    first = send()["messageId"]
    send(to=[{"email": "jane@example.org"}, {"email": "bob@example.org"}])

    api.delete_an_smtp_transactional_log(first)
    assert len(names(api)) == 4
    api.delete_an_smtp_transactional_log("jane@example.org")

    assert {email for _, email in names(api)} == {"bob@example.org"}
    with pytest.raises(ApiError) as raised:
        api.delete_an_smtp_transactional_log(first)
    assert raised.value.status_code == 404


def test_scheduled_message_is_shown_until_it_is_sent(post, api, mockmail):
    mockmail.clock.freeze(NOON)
    sent = post("/smtp/email", EMAIL | {"scheduledAt": "2026-01-31T14:00:00.000+01:00"})
    before = api.get_scheduled_email_by_id(sent.json["messageId"])
    waiting = len(mockmail.inbox)

    mockmail.clock.advance(3600)

    assert (sent.status, sorted(sent.json)) == (202, ["batchId", "messageId"])
    assert before.status == "queued"
    assert before.scheduledAt == "2026-01-31T13:00:00.000Z"  # the client takes it for a batch
    assert (waiting, len(mockmail.inbox)) == (0, 1)
    assert api.get_scheduled_email_by_id(sent.json["messageId"]).status == "processed"


def test_batch_of_scheduled_messages_is_cancelled(api, send, call, mockmail):
    mockmail.clock.freeze(NOON)
    batch = "5c6cfa04-eed9-42c2-8b5c-6d470d978e9d"
    versions = [{"to": [{"email": "a@example.org"}]}, {"to": [{"email": "b@example.org"}]}]
    due = {"scheduledAt": "2026-01-31T13:00:00Z", "batchId": batch}
    sent = send(messageVersions=versions, **due)
    mockmail.clock.advance(60)
    send(**due)

    found = api.get_scheduled_email_by_id(batch)
    queued = api.get_scheduled_email_by_id(batch, status="processed").count
    api.delete_scheduled_email_by_id(batch)
    mockmail.clock.advance(7200)

    assert (sent["batchId"], len(sent["messageIds"])) == (batch, 2)
    assert (found.count, [each.status for each in found.batches], queued) == (2, ["queued", "queued"], 0)
    assert [each.created_at for each in found.batches] == [NOON + timedelta(minutes=1), NOON]
    assert len(mockmail.inbox) == 0
    for method, path in (("DELETE", "email"), ("GET", "emailStatus")):
        assert call(method, f"/smtp/{path}/{batch}").json["code"] == "document_not_found"
    assert call("GET", f"/smtp/emailStatus/{batch}?status=lost").status == 404


@pytest.mark.parametrize(("hours", "status"), [(0, 400), (-1, 400), (72, 202), (72.001, 400)])
def test_schedule_is_within_72_hours(post, mockmail, hours, status):
    mockmail.clock.freeze(NOON)
    at = (NOON + timedelta(hours=hours)).isoformat(timespec="milliseconds")

    assert post("/smtp/email", EMAIL | {"scheduledAt": at}).status == status


def test_hard_bounce_complaint_and_unsubscription_block(api, send, mockmail):
    mockmail.outcomes.add("gone@example.org", "bounced")
    mockmail.outcomes.add("full@example.org", "bounced", hard=False)
    mockmail.outcomes.add("angry@example.org", "complained")
    mockmail.outcomes.add("off@example.org", "unsubscribed")
    for name in ("gone", "full", "angry", "off"):
        send(to=[{"email": f"{name}@example.org"}])
    reached = len(mockmail.inbox)

    sent = send(to=[{"email": "Gone@example.org"}])

    blocked = api.get_transac_blocked_contacts(sort="asc")
    assert [(each.email, each.reason.code, each.sender_email) for each in blocked.contacts] == [
        ("gone@example.org", "hardBounce", "app@example.com"),
        ("angry@example.org", "contactFlaggedAsSpam", "app@example.com"),
        ("off@example.org", "unsubscribedViaEmail", "app@example.com"),
    ]
    assert api.get_transac_blocked_contacts(senders=["other@example.com"]).count == 0
    assert [event.event for event in api.get_email_event_report(message_id=sent["messageId"]).events] == [
        "blocked",
        "requests",
    ]
    assert len(mockmail.inbox) == reached


def test_blocked_contact_gets_mail_again_when_it_is_removed(api, send, mockmail):
    for name in ("a", "b", "c"):
        mockmail.outcomes.add(f"{name}@example.org", "bounced", times=1)
        send(to=[{"email": f"{name}@example.org"}])

    api.unblock_or_resubscribe_a_transactional_contact("A@example.org")
    api.delete_hardbounces(contact_email="b@example.org")
    left = [each.email for each in api.get_transac_blocked_contacts().contacts]
    api.delete_hardbounces()
    send(to=[{"email": "a@example.org"}])

    assert left == ["c@example.org"]
    assert api.get_transac_blocked_contacts().count == 0
    assert len(mockmail.inbox) == 1
    with pytest.raises(ApiError) as raised:
        api.unblock_or_resubscribe_a_transactional_contact("a@example.org")
    assert (raised.value.status_code, raised.value.body["code"]) == (404, "document_not_found")
