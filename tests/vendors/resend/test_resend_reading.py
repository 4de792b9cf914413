"""What Resend shows of the emails that were sent, and the change of scheduled ones."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from resend.exceptions import ResendError

GOOD = {"from": "App <app@example.com>", "to": "jane@example.org", "subject": "Hello", "text": "x"}
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)  # a Saturday


def shown(response):
    return {name: value for name, value in response.items() if name != "http_headers"}


def test_email_is_shown_as_it_was_sent(client, mockmail):
    mockmail.clock.freeze(NOON)
    sent = client.Emails.send(
        GOOD
        | {
            "to": ["Jane <jane@example.org>"],
            "bcc": "b@example.org",
            "html": "<b>x</b>\n",
            "text": None,
            "tags": [{"name": "a", "value": "b"}],
        }
    )

    email = shown(client.Emails.get(sent["id"]))

    assert email.pop("message_id") == mockmail.inbox[0].headers["Message-ID"]
    assert email == {
        "object": "email",
        "id": sent["id"],
        "to": ["Jane <jane@example.org>"],
        "from": "App <app@example.com>",
        "created_at": "2026-01-31T12:00:00.000000+00:00",
        "subject": "Hello",
        "html": "<b>x</b>",
        "text": None,
        "bcc": ["b@example.org"],
        "cc": [],
        "reply_to": [],
        "last_event": "delivered",
        "scheduled_at": None,
        "tags": [{"name": "a", "value": "b"}],
    }


@pytest.mark.parametrize(
    ("address", "last_event"),
    [
        ("delivered@resend.dev", "delivered"),
        ("bounced@resend.dev", "bounced"),
        ("complained+x@resend.dev", "complained"),
        ("suppressed@resend.dev", "suppressed"),
    ],
)
def test_test_address_has_its_outcome_and_suppresses_nobody(client, address, last_event):
    sent = client.Emails.send(GOOD | {"to": address})

    assert client.Emails.get(sent["id"])["last_event"] == last_event
    assert client.Suppressions.list()["data"] == []


def test_arranged_bounce_suppresses_the_address(client, mockmail):
    mockmail.outcomes.add("jane@example.org", "bounced", times=1)

    first, second = client.Emails.send(GOOD), client.Emails.send(GOOD)

    assert client.Emails.get(first["id"])["last_event"] == "bounced"
    assert client.Emails.get(second["id"])["last_event"] == "suppressed"
    [suppression] = client.Suppressions.list({"origin": "bounce"})["data"]
    assert (suppression["email"], suppression["source_id"]) == ("jane@example.org", first["id"])
    assert client.Suppressions.get(suppression["id"])["email"] == "jane@example.org"
    client.Suppressions.remove("Jane@example.org")
    client.Emails.send(GOOD)
    assert len(mockmail.inbox) == 1


def test_event_added_by_a_test_is_the_last(client, mockmail):
    sent = client.Emails.send(GOOD)

    mockmail.outcomes.add_event(mockmail.inbox[0], "opened")

    assert client.Emails.get(sent["id"])["last_event"] == "opened"


def test_list_is_read_in_pages_in_both_directions(client):
    ids = [client.Emails.send(GOOD | {"subject": str(number)})["id"] for number in range(5)][::-1]

    def page(**params):
        found = client.Emails.list({"limit": 2} | params)
        return [email["id"] for email in found["data"]], found["has_more"]

    assert page() == (ids[:2], True)
    assert page(after=ids[1]) == (ids[2:4], True)
    assert page(after=ids[3]) == (ids[4:], False)
    assert page(before=ids[4]) == (ids[2:4], True)
    assert page(before=ids[2]) == (ids[:2], False)
    assert page(before=ids[1]) == (ids[:1], False)


def test_email_in_a_list_has_no_bodies_and_null_for_absent_addresses(client):
    client.Emails.send(GOOD | {"cc": "c@example.org"})

    [email] = client.Emails.list()["data"]

    assert not {"html", "text"} & set(email)
    assert (email["cc"], email["bcc"], email["reply_to"]) == (["c@example.org"], None, None)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "Invalid `limit` field. It is out of range."),
        ("limit=101", "Invalid `limit` field. It is out of range."),
        ("limit=x", "Invalid `limit` field. It is not an integer."),
        ("after=a&before=b", "The `after` and `before` parameters cannot be used together."),
        ("after=a", "Invalid `after` field. There is no item with this id."),
        ("before=a", "Invalid `before` field. There is no item with this id."),
    ],
)
def test_wrong_page_is_refused(call, query, message):
    refused = call("GET", f"/resend/emails?{query}")

    assert (refused.status, refused.json["name"], refused.json["message"]) == (422, "validation_error", message)


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("nothing", (422, "invalid_parameter", "The `id` must be a valid UUID.")),
        ("49a3999c-0ce1-4ea6-ab68-afcd6dc2e794", (404, "not_found", "Email not found")),
    ],
)
def test_unknown_email_is_refused(client, email, error):
    for ask in (client.Emails.get, client.Emails.cancel):
        with pytest.raises(ResendError) as raised:
            ask(email)

        assert (raised.value.code, raised.value.error_type, raised.value.message) == error


def test_scheduled_email_is_sent_when_it_is_due(client, mockmail):
    mockmail.clock.freeze(NOON)
    sent = client.Emails.send(GOOD | {"scheduled_at": "in 1 min"})
    before = client.Emails.get(sent["id"])

    mockmail.clock.advance(60)

    mockmail.inbox.wait_for(to="jane@example.org")
    after = client.Emails.get(sent["id"])
    assert (before["last_event"], before["scheduled_at"]) == ("scheduled", "2026-01-31T12:01:00.000000+00:00")
    assert (before["text"], after["text"], after["last_event"]) == ("x", "x", "delivered")


def test_scheduled_email_can_be_moved_and_cancelled(client, mockmail):
    mockmail.clock.freeze(NOON)
    sent = client.Emails.send(GOOD | {"scheduled_at": "2026-02-01T12:00:00Z"})

    moved = client.Emails.update({"id": sent["id"], "scheduled_at": "2026-02-02T12:00:00.123Z"})
    at = client.Emails.get(sent["id"])["scheduled_at"]
    cancelled = client.Emails.cancel(sent["id"])
    mockmail.clock.advance(3 * 86400)

    assert shown(moved) == shown(cancelled) == {"object": "email", "id": sent["id"]}
    assert at == "2026-02-02T12:00:00.123000+00:00"
    assert client.Emails.get(sent["id"])["last_event"] == "canceled"
    assert len(mockmail.inbox) == 0
    with pytest.raises(ResendError, match="The email is not scheduled"):
        client.Emails.cancel(sent["id"])


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("in 1 min", "2026-01-31T12:01:00"),
        ("In an hour", "2026-01-31T13:00:00"),
        ("in 2 days", "2026-02-02T12:00:00"),
        ("tomorrow at 9am", "2026-02-01T09:00:00"),
        ("today at 12:30 pm", "2026-01-31T12:30:00"),
        ("Friday at 15:00", "2026-02-06T15:00:00"),
        ("saturday at 3pm", "2026-02-07T15:00:00"),
        ("2026-02-01T09:00:00+02:00", "2026-02-01T07:00:00"),
        ("2026-03-02T12:00:00", "2026-03-02T12:00:00"),
    ],
)
def test_time_is_read_in_iso_8601_and_in_english(client, mockmail, text, at):
    mockmail.clock.freeze(NOON)

    sent = client.Emails.send(GOOD | {"scheduled_at": text})

    assert client.Emails.get(sent["id"])["scheduled_at"] == f"{at}.000000+00:00"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "tomorrow at 13pm", "today at 25", "2026-02-01T12:00:00.123456Z", "in 31 days", "in 9999999 weeks"],
)
def test_other_time_is_refused(client, mockmail, text):
    mockmail.clock.freeze(NOON)

    with pytest.raises(ResendError, match="Invalid `scheduled_at` field"):
        client.Emails.send(GOOD | {"scheduled_at": text})


def test_attachments_of_a_scheduled_email_are_refused(client):
    files = [{"filename": "a.txt", "content": "YQ=="}]

    with pytest.raises(ResendError, match="not supported with `scheduled_at`"):
        client.Emails.send(GOOD | {"scheduled_at": "in 1 min", "attachments": files})


def test_attachments_are_listed_and_can_be_downloaded(client, mockmail):
    files = [
        {"filename": "a.txt", "content": "aGVsbG8="},
        {"filename": "dot.png", "content": "UE5H", "content_id": "dot"},
        {"filename": "b.csv", "path": "https://example.com/b.csv"},
    ]
    sent = client.Emails.send(GOOD | {"html": '<img src="cid:dot">', "attachments": files})

    found = client.Emails.Attachments.list(sent["id"])["data"]

    assert [(each["filename"], each["content_disposition"], each["content_id"]) for each in found] == [
        ("dot.png", "inline", "dot"),
        ("a.txt", "attachment", None),
        ("b.csv", "attachment", None),
    ]
    assert (found[1]["size"], found[1]["content_type"]) == (5, "text/plain")
    single = client.Emails.Attachments.get(sent["id"], found[1]["id"])
    assert single["object"] == "attachment"
    with urlopen(single["download_url"]) as response:
        assert response.read() == b"hello"
    assert mockmail.inbox[0].attachments[2].content == b"mockmail does not download https://example.com/b.csv\n"
    with pytest.raises(ResendError, match="Attachment not found"):
        client.Emails.Attachments.get(sent["id"], sent["id"])


@pytest.mark.parametrize(
    "attached",
    [
        {"content": "YQ=="},
        {"filename": "a.txt", "content": "YQ==", "content_type": "image/png"},
    ],
)
def test_mail_with_a_nameless_or_contradictory_attachment_is_accepted_and_dropped(client, mockmail, attached):
    sent = client.Emails.send(GOOD | {"attachments": [attached]})

    assert client.Emails.get(sent["id"])["last_event"] == "failed"
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml", "x-unknown/x-thing", ""])
def test_attachment_of_a_similar_or_unknown_type_is_sent(client, mockmail, content_type):
    attached = {"filename": "a.xml", "content": "YQ==", "content_type": content_type or None}

    client.Emails.send(GOOD | {"attachments": [attached]})

    assert len(mockmail.inbox) == 1
