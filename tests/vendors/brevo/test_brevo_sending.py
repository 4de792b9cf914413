"""Brevo driven by its own Python clients: sending."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
import sib_api_v3_sdk
from brevo.core.api_error import ApiError

GOOD = {
    "sender": {"email": "app@example.com", "name": "App"},
    "to": [{"email": "jane@example.org"}],
    "subject": "Hello",
    "html_content": "<p>x</p>",
}
RAW = {**{name: value for name, value in GOOD.items() if name != "html_content"}, "htmlContent": "<p>x</p>"}
MESSAGE_ID = re.compile(r"<[0-9]{12}\.[0-9]{11}@smtp-relay\.mailin\.fr>")


def test_sent_message_arrives_with_all_that_the_client_gave(client, mockmail):
    sent = client.transactional_emails.send_transac_email(
        sender={"email": "app@example.com", "name": "Äpp"},
        to=[{"email": "jane@example.org", "name": "Jane Doe"}, {"email": "bob@example.org"}],
        cc=[{"email": "joe@example.org", "name": "Doe, Joe"}],
        bcc=[{"email": "archive@example.org"}],
        reply_to={"email": "help@example.com", "name": "Help"},
        subject="Grüße",
        html_content="<b>rich</b> text",
        headers={"X-Own": "7", "Message-ID": "<mine@example.com>", "X-Mailin-custom": '{"user": 7}'},
        tags=["welcome"],
        attachment=[{"name": "ü.txt", "content": base64.b64encode(b"hello").decode()}],
    )

    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert MESSAGE_ID.fullmatch(sent.message_id)
    assert message.headers["Message-ID"] == sent.message_id
    assert (message.subject, message.text.strip(), message.html.strip()) == ("Grüße", "rich text", "<b>rich</b> text")
    assert message.envelope.recipients == (
        "jane@example.org",
        "bob@example.org",
        "joe@example.org",
        "archive@example.org",
    )
    assert message.headers["To"] == "Jane Doe <jane@example.org>, bob@example.org"
    assert message.headers["Cc"] == '"Doe, Joe" <joe@example.org>'
    assert message.headers["Reply-To"] == "Help <help@example.com>"
    assert (message.headers["X-Own"], message.headers["X-Mailin-custom"]) == ("7", '{"user": 7}')
    assert b"archive@example.org" not in message.raw
    assert [(found.filename, found.content_type, found.content) for found in message.attachments] == [
        ("ü.txt", "text/plain", b"hello")
    ]
    [record] = mockmail.brevo.state()["messages"]
    assert (record["tags"], record["metadata"]) == (["welcome"], {"user": 7})


def test_message_with_text_alone_is_sent(client, mockmail):
    content = {name: value for name, value in GOOD.items() if name != "html_content"}

    client.transactional_emails.send_transac_email(**content, text_content="Hello Jane")

    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert (message.text.strip(), message.html) == ("Hello Jane", "")


def test_older_client_sends_and_sees_errors(mockmail):
    configuration = sib_api_v3_sdk.Configuration()
    configuration.host = mockmail.brevo.url
    configuration.api_key["api-key"] = mockmail.brevo.credentials["api_key"]
    http = sib_api_v3_sdk.ApiClient(configuration)
    api = sib_api_v3_sdk.TransactionalEmailsApi(http)

    sent = api.send_transac_email(sib_api_v3_sdk.SendSmtpEmail(**GOOD))

    assert mockmail.inbox[0].headers["Message-ID"] == sent.message_id
    with pytest.raises(sib_api_v3_sdk.rest.ApiException) as raised:
        api.send_transac_email(sib_api_v3_sdk.SendSmtpEmail(**GOOD | {"subject": ""}))
    assert (raised.value.status, raised.value.body) == (
        400,
        '{"code":"missing_parameter","message":"subject is missing"}',
    )
    http.rest_client.pool_manager.clear()


def test_each_version_is_a_message_with_values_of_its_own(client, mockmail):
    sent = client.transactional_emails.send_transac_email(
        **{name: value for name, value in GOOD.items() if name != "to"} | {"subject": "Hello {{ params.name }}"},
        params={"name": "nobody"},
        message_versions=[
            {"to": [{"email": "jane@example.org"}], "params": {"name": "Jane"}},
            {"to": [{"email": "bob@example.org"}, {"email": "joe@example.org"}], "subject": "Other"},
            {"to": [{"email": "eve@example.org"}]},
        ],
    )

    assert [message.subject for message in mockmail.inbox] == ["Hello Jane", "Other", "Hello nobody"]
    assert [message.envelope.recipients for message in mockmail.inbox] == [
        ("jane@example.org",),
        ("bob@example.org", "joe@example.org"),
        ("eve@example.org",),
    ]
    assert [message.headers["Message-ID"] for message in mockmail.inbox] == sent.message_ids


def test_refused_version_refuses_the_whole_request(post, mockmail):
    body = RAW | {"messageVersions": [{"to": [{"email": "a@example.org"}]}, {"to": [{"email": "nobody"}]}]}

    refused = post("/smtp/email", body)

    assert (refused.status, refused.json) == (
        400,
        {"code": "invalid_parameter", "message": "email is not valid in to"},
    )
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sender": {"email": "nobody"}}, ("invalid_parameter", "valid sender email required")),
        ({"sender": {"name": "App"}}, ("missing_parameter", "One of sender email or sender ID is mandatory")),
        ({"sender": {"email": "a@example.com", "name": ""}}, ("missing_parameter", "sender name is missing")),
        ({"sender": {"id": 99}}, ("invalid_parameter", "Sender does not exist")),
        ({"sender": None}, ("missing_parameter", "sender is missing")),
        ({"to": []}, ("missing_parameter", "to is missing")),
        ({"to": [{"name": "Jane"}]}, ("missing_parameter", "email is missing in to")),
        ({"to": [{"email": "a@example.org", "name": ""}]}, ("missing_parameter", "name is missing in to")),
        ({"cc": [{"email": "a@b"}]}, ("invalid_parameter", "email is not valid in cc")),
        ({"to": [{"email": "a@example.org"}] * 100}, ("invalid_parameter", "to is not valid")),
        ({"to": "a@example.org"}, ("invalid_parameter", "to is not valid")),
        ({"subject": ""}, ("missing_parameter", "subject is missing")),
        ({"htmlContent": None}, ("missing_parameter", "Either of htmlContent or textContent is required")),
        ({"htmlContent": " "}, ("missing_parameter", "Either of htmlContent or textContent is required")),
        ({"textContent": ""}, ("missing_parameter", "textContent is missing")),
        ({"params": {}}, ("missing_parameter", "params is blank")),
        ({"headers": {"X-A": 7}}, ("invalid_parameter", "X-A is not valid in headers")),
        ({"headers": {"X A": "7"}}, ("invalid_parameter", "headers is not valid")),
        ({"headers": {"X-A": "7" * 2_000_000}}, ("invalid_parameter", None)),
        ({"attachment": [{"content": "eA=="}]}, ("missing_parameter", "attachment name is missing")),
        ({"attachment": [{"name": "a.exe", "content": "eA=="}]}, ("invalid_parameter", "Unsupported file format")),
        ({"attachment": [{"name": "a", "content": "eA=="}]}, ("invalid_parameter", "Unsupported file format")),
        ({"attachment": [{"name": "a.txt"}]}, ("missing_parameter", "attachment content or url is missing")),
        ({"attachment": [{"name": "a.txt", "content": "!"}]}, ("invalid_parameter", "attachment content is not valid")),
        ({"templateId": 99}, ("invalid_parameter", "Template does not exist")),
        ({"templateId": "1"}, ("invalid_parameter", "templateId is not valid")),
        ({"scheduledAt": "tomorrow"}, ("invalid_parameter", "scheduledAt is not valid")),
        ({"messageVersions": []}, ("missing_parameter", "messageVersions is missing")),
        ({"messageVersions": [{}]}, ("missing_parameter", "to is missing")),
        (
            {"messageVersions": [{"to": [{"email": "a@example.org"}] * 99}] * 21},
            ("out_of_range", "messageVersions may have 2000 recipients in all"),
        ),
    ],
)
def test_invalid_message_is_refused_and_not_sent(post, mockmail, change, error):
    refused = post("/smtp/email", RAW | change)

    assert (refused.status, refused.json["code"]) == (400, error[0])
    assert refused.json["message"] == error[1] or error[1] is None
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"to": NaN}'])
def test_body_that_is_not_an_object_is_refused(post, body):
    refused = post("/smtp/email", body=body, headers={"Content-Type": "application/json"})

    assert (refused.status, refused.json) == (
        400,
        {"code": "bad_request", "message": "Input must be a valid JSON object"},
    )


@pytest.mark.parametrize(
    ("key", "message"), [("xkeysib-unknown", "Key not found"), ("", "authentication not found in headers")]
)
def test_wrong_key_is_refused(post, key, message):
    refused = post("/smtp/email", RAW, headers={"api-key": key})

    assert (refused.status, refused.json) == (401, {"code": "unauthorized", "message": message})


def test_prefix_and_natural_path_have_the_same_operation(client, call):
    assert call("GET", "/account").json["email"] == client.account.get_account().email == "owner@example.com"


def test_sender_that_is_not_verified_is_accepted_and_then_given_up(client, mockmail):
    sent = client.transactional_emails.send_transac_email(**GOOD | {"sender": {"email": "a@elsewhere.org"}})

    events = mockmail.brevo.state()["events"]
    assert MESSAGE_ID.fullmatch(sent.message_id)
    assert [event["kind"] for event in events] == ["accepted", "failed"]
    assert events[1]["reason"] == (
        "Sending has been rejected because the sender you used a@elsewhere.org is not valid. Validate your sender or"
        " authenticate your domain"
    )
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("place", ["body", "request"])
def test_sandbox_header_drops_the_message(post, mockmail, place):
    header = {"X-Sib-Sandbox": "drop"}
    body, headers = (RAW | {"headers": header}, {}) if place == "body" else (RAW, header)

    sent = post("/smtp/email", body, headers=headers)

    assert (sent.status, list(sent.json)) == (201, ["messageId"])
    assert mockmail.brevo.state()["messages"][0]["is_test"] is True
    assert len(mockmail.inbox) == 0


def test_idempotency_key_is_refused_until_it_expires(post, mockmail):
    body = RAW | {"headers": {"idempotencyKey": "4b31f1d0-6a0b-4a6e-8a0a-2f4f5ad0c0de"}}

    statuses = [post("/smtp/email", body).status]
    refused = post("/smtp/email", body)
    mockmail.clock.advance(timedelta(minutes=16).total_seconds())
    statuses.append(post("/smtp/email", body).status)

    assert statuses == [201, 201]
    assert (refused.status, refused.json) == (
        400,
        {"code": "duplicate_request", "message": "Duplicate idempotency key"},
    )
    assert b"idempotencyKey" not in mockmail.inbox[0].raw


def test_messages_of_a_request_are_bounded(post, monkeypatch):
    monkeypatch.setattr("mockmail.vendors.brevo.handlers.emails.LARGEST_BATCH", 5000)
    versions = [{"to": [{"email": "a@example.org"}]}] * 2

    def send(size):
        return post("/smtp/email", RAW | {"htmlContent": "x" * size, "messageVersions": versions}).status

    assert (send(500), send(3000)) == (201, 400)


def test_error_of_the_client_has_the_status_and_the_body(client, mockmail):
    mockmail.faults.add("brevo", error="not_enough_credits")

    with pytest.raises(ApiError) as raised:
        client.transactional_emails.send_transac_email(**GOOD)

    assert (raised.value.status_code, raised.value.body["code"]) == (402, "not_enough_credits")


def test_limit_is_announced_in_the_headers(call, mockmail):
    free = call("GET", "/account").headers
    mockmail.faults.limit("brevo", 1, window=60)
    call("GET", "/account")
    refused = call("GET", "/account")

    assert (free["x-sib-ratelimit-limit"], free["x-sib-ratelimit-remaining"]) == ("1000", "999")
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert refused.headers["x-sib-ratelimit-remaining"] == "0"
    assert refused.headers["x-sib-ratelimit-reset"] == refused.headers["Retry-After"]
