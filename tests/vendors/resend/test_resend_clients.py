"""Resend driven by its own Python client."""

from __future__ import annotations

import base64

import pytest
from resend.exceptions import MissingRequiredFieldsError, RateLimitError, ResendError, ValidationError

PNG = b"\x89PNG\r\n\x1a\n and so on"
GOOD = {"from": "App <app@example.com>", "to": "jane@example.org", "subject": "Hello", "text": "x"}


def test_sent_message_arrives_with_all_that_the_client_gave(client, mockmail):
    sent = client.Emails.send(
        {
            "from": "Äpp <app@example.com>",
            "to": ["Jane <jane@example.org>", "bob@example.org"],
            "cc": '"Doe, Joe" <joe@example.org>',
            "bcc": "archive@example.org",
            "reply_to": ["help@example.com"],
            "subject": "Grüße",
            "html": '<b>rich</b> <img src="cid:dot">',
            "headers": {"X-Entity-Ref-ID": "7", "Message-ID": "<mine@example.com>"},
            "tags": [{"name": "category", "value": "confirm_email"}],
            "attachments": [
                {"filename": "a.txt", "content": base64.b64encode(b"hello").decode()},
                {"filename": "dot.png", "content": list(PNG), "content_id": "dot"},
            ],
        }
    )

    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert (message.subject, message.text.strip()) == ("Grüße", "rich")
    assert message.envelope.recipients == (
        "jane@example.org",
        "bob@example.org",
        "joe@example.org",
        "archive@example.org",
    )
    assert message.envelope.sender.endswith("-000000@send.example.com")
    assert message.headers["Message-ID"].endswith("-000000@email.amazonses.com>")
    assert message.headers["Cc"] == '"Doe, Joe" <joe@example.org>'
    assert message.headers["X-Entity-Ref-ID"] == "7"
    assert b"archive@example.org" not in message.raw
    assert [(found.filename, found.content_type, found.content) for found in message.attachments] == [
        ("dot.png", "image/png", PNG),
        ("a.txt", "text/plain", b"hello"),
    ]
    assert b"Content-ID: <dot>" in message.raw
    assert len(sent["id"]) == 36


def test_empty_text_opts_out_of_the_text_made_from_html(client, mockmail):
    client.Emails.send(GOOD | {"html": "<p>x</p>", "text": ""})

    assert b"text/plain" not in mockmail.inbox[0].raw


FORMAT = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"from": ""}, (MissingRequiredFieldsError, 422, "Missing `from` field.")),
        ({"to": []}, (MissingRequiredFieldsError, 422, "Missing `to` field.")),
        ({"subject": None}, (MissingRequiredFieldsError, 422, "Missing `subject` field.")),
        ({"text": None}, (MissingRequiredFieldsError, 422, "Missing `html` or `text` field.")),
        ({"from": "App"}, (ValidationError, 422, f"Invalid `from` field. {FORMAT}")),
        ({"cc": "a@example.org, b@example.org"}, (ValidationError, 422, f"Invalid `cc` field. {FORMAT}")),
        (
            {"from": "a@elsewhere.org"},
            (
                ResendError,
                403,
                "The elsewhere.org domain is not verified. Please, add and verify your domain on https://resend.com/domains",
            ),
        ),
        (
            {"attachments": [{"filename": "a.txt"}]},
            (ResendError, 422, "Attachment must have either a `content` or `path`."),
        ),
    ],
)
def test_invalid_message_is_refused_and_not_sent(client, mockmail, change, error):
    with pytest.raises(ResendError) as raised:
        client.Emails.send(GOOD | change)

    assert (raised.type, raised.value.code, raised.value.message) == error
    assert len(mockmail.inbox) == 0


def test_unknown_key_is_refused_as_the_live_host_does(client, monkeypatch):
    monkeypatch.setattr(client, "api_key", "re_unknown")

    with pytest.raises(ResendError) as raised:
        client.Emails.send(GOOD)

    assert (raised.value.code, raised.value.error_type) == (401, "validation_error")
    assert raised.value.message == "API key is invalid"


def test_testing_domain_sends_to_the_owner_and_to_test_addresses_only(client, mockmail):
    testing = GOOD | {"from": "Acme <onboarding@resend.dev>"}

    client.Emails.send(testing | {"to": ["owner@example.com", "delivered+1@resend.dev"]})
    with pytest.raises(ResendError) as raised:
        client.Emails.send(testing | {"bcc": "jane@example.org", "to": "owner@example.com"})

    assert raised.value.code == 403
    assert raised.value.message.startswith(
        "You can only send testing emails to your own email address (owner@example.com). To send emails to other"
    )
    assert [message.envelope.recipients for message in mockmail.inbox] == [
        ("owner@example.com", "delivered+1@resend.dev")
    ]


def test_batch_gives_each_message_an_id(client, mockmail):
    sent = client.Batch.send([GOOD, GOOD | {"to": "bob@example.org"}])

    assert len({item["id"] for item in sent["data"]}) == 2
    assert [message.envelope.recipients for message in mockmail.inbox] == [("jane@example.org",), ("bob@example.org",)]


def test_strict_batch_sends_nothing_if_one_message_is_wrong(client, mockmail):
    with pytest.raises(MissingRequiredFieldsError, match=r"^Missing `to` field\.$"):
        client.Batch.send([GOOD, GOOD | {"to": []}])

    assert len(mockmail.inbox) == 0


def test_permissive_batch_sends_the_others(client, mockmail):
    sent = client.Batch.send([GOOD, GOOD | {"to": []}, GOOD], {"batch_validation": "permissive"})

    assert len(sent["data"]) == 2
    assert sent["errors"] == [{"index": 1, "message": "Missing `to` field."}]
    assert len(mockmail.inbox) == 2


def test_same_idempotency_key_gives_the_same_id_and_sends_once(client, mockmail):
    first = client.Emails.send(GOOD, {"idempotency_key": "welcome/7"})
    second = client.Emails.send(GOOD, {"idempotency_key": "welcome/7"})

    assert first["id"] == second["id"]
    assert len(mockmail.inbox) == 1
    with pytest.raises(ResendError) as raised:
        client.Emails.send(GOOD | {"subject": "Other"}, {"idempotency_key": "welcome/7"})
    assert (raised.value.code, raised.value.error_type) == (409, "invalid_idempotent_request")


def test_same_idempotency_key_gives_a_batch_the_same_ids_and_sends_once(client, mockmail):
    batch = [GOOD | {"subject": str(number)} for number in range(25)]

    first = client.Batch.send(batch, {"idempotency_key": "k"})
    second = client.Batch.send(batch, {"idempotency_key": "k"})

    assert first["data"] == second["data"]
    assert len(mockmail.inbox) == 25


def test_idempotency_key_of_a_refused_request_can_be_used_again(client, mockmail):
    with pytest.raises(MissingRequiredFieldsError):
        client.Batch.send([*[GOOD] * 15, GOOD | {"to": []}], {"idempotency_key": "k"})

    client.Batch.send([GOOD], {"idempotency_key": "k"})

    assert len(mockmail.inbox) == 1


def test_idempotency_key_is_forgotten_after_a_day(client, mockmail):
    first = client.Emails.send(GOOD, {"idempotency_key": "k"})
    mockmail.clock.advance(24 * 3600 + 1)

    assert client.Emails.send(GOOD, {"idempotency_key": "k"})["id"] != first["id"]


def test_rate_limit_is_refused_with_resends_text_and_headers(client, mockmail):
    mockmail.clock.freeze()
    mockmail.faults.limit("resend", 1, window=1)
    client.Emails.send(GOOD)

    with pytest.raises(RateLimitError) as raised:
        client.Emails.send(GOOD)

    headers = {name.lower(): value for name, value in raised.value.headers.items()}
    assert raised.value.message.startswith("Too many requests. You can only make 2 requests per second.")
    assert (headers["ratelimit-remaining"], headers["retry-after"]) == ("0", "1")


@pytest.mark.parametrize(
    ("fault", "name", "message"),
    [
        ({"status": 500}, "application_error", "An unexpected error occurred."),
        ({"status": 429, "message": "Slow down"}, "rate_limit_exceeded", "Slow down"),
        ({"error": "daily_quota_exceeded"}, "daily_quota_exceeded", "You have reached your daily email quota."),
    ],
)
def test_injected_fault_looks_like_resend(client, mockmail, fault, name, message):
    mockmail.faults.add("resend", operation="email.send", **fault)

    with pytest.raises(ResendError) as raised:
        client.Emails.send(GOOD)

    assert (raised.value.error_type, raised.value.message) == (name, message)
