"""SendGrid driven by its own Python client."""

from __future__ import annotations

import base64
import json

import pytest
from python_http_client.exceptions import BadRequestsError, ForbiddenError, HTTPError, UnauthorizedError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    Attachment,
    Bcc,
    Category,
    Cc,
    Content,
    CustomArg,
    Email,
    Header,
    Mail,
    MailSettings,
    ReplyTo,
    SandBoxMode,
    To,
)

PNG = b"\x89PNG\r\n\x1a\n and so on"


def message(**fields) -> Mail:
    given = {"from_email": "app@example.com", "to_emails": "jane@example.org", "subject": "Hello"} | fields
    return Mail(**given, plain_text_content="x")


def errors_of(raised) -> list[tuple[str, str | None]]:
    return [(error["message"], error["field"]) for error in json.loads(raised.value.body)["errors"]]


def test_sent_message_arrives_with_all_that_the_client_gave(client, mockmail):
    mail = Mail(
        Email("app@example.com", "Äpp"), subject="Grüße", plain_text_content="plain", html_content="<b>rich</b>"
    )
    mail.add_to(To("jane@example.org", "Jane Doe"))
    mail.add_cc(Cc("joe@example.org", "Doe, Joe"))
    mail.add_bcc(Bcc("archive@example.org"))
    mail.reply_to = ReplyTo("help@example.com", "Help")
    mail.add_header(Header("X-Own", "yes"))
    mail.add_category(Category("welcome"))
    mail.add_custom_arg(CustomArg("user", "7"))
    mail.add_content(Content("text/calendar", "BEGIN:VCALENDAR"))
    mail.add_attachment(Attachment(base64.b64encode(b"hello").decode(), "a.txt", "text/plain", "attachment"))
    mail.add_attachment(Attachment(base64.b64encode(PNG).decode(), "dot.png", "image/png", "inline", "dot"))

    response = client.send(mail)

    request = response.headers["X-Message-Id"]
    arrived = mockmail.inbox.wait_for(to="jane@example.org")
    assert (response.status_code, response.body, len(request)) == (202, b"", 22)
    assert (arrived.subject, arrived.text.strip(), arrived.html.strip()) == ("Grüße", "plain", "<b>rich</b>")
    assert arrived.envelope.recipients == ("jane@example.org", "joe@example.org", "archive@example.org")
    assert arrived.envelope.sender.endswith("-jane=example.org@sendgrid.net")
    assert arrived.headers["Message-ID"] == f"<{request}@geopod-ismtpd-26>"
    assert arrived.headers["Cc"] == '"Doe, Joe" <joe@example.org>'
    assert (arrived.headers["Reply-To"], arrived.headers["X-Own"]) == ("Help <help@example.com>", "yes")
    assert b"archive@example.org" not in arrived.raw
    assert b"Content-Type: text/calendar" in arrived.raw
    assert b"Content-ID: <dot>" in arrived.raw
    assert [(found.filename, found.content) for found in arrived.attachments] == [
        ("dot.png", PNG),
        (None, b"BEGIN:VCALENDAR\r\n"),
        ("a.txt", b"hello"),
    ]
    [record] = mockmail.sendgrid.state()["messages"]
    assert (record["tags"], record["metadata"], record["request"]) == (["welcome"], {"user": "7"}, request)


def test_each_personalization_makes_a_message_with_its_substitutions(client, mockmail):
    mail = Mail(
        "app@example.com",
        [
            To("jane@example.org", substitutions={"-name-": "Jane"}),
            To("bob@example.org", substitutions={"-name-": "Bob"}),
        ],
        subject="Hello -name-",
        plain_text_content="Dear -name-",
        is_multiple=True,
    )

    client.send(mail)

    assert sorted((each.envelope.recipients, each.subject, each.text.strip()) for each in mockmail.inbox) == [
        (("bob@example.org",), "Hello Bob", "Dear Bob"),
        (("jane@example.org",), "Hello Jane", "Dear Jane"),
    ]


def test_message_in_sandbox_mode_is_checked_and_not_sent(client, mockmail):
    mail = message()
    mail.mail_settings = MailSettings(sandbox_mode=SandBoxMode(enable=True))

    assert client.send(mail).status_code == 200

    assert len(mockmail.inbox) == 0
    assert "messages" not in mockmail.sendgrid.state()
    mail.from_email = Email("nobody")
    with pytest.raises(BadRequestsError):
        client.send(mail)


def test_unknown_key_is_refused(mockmail):
    client = SendGridAPIClient("SG.unknown", host=mockmail.sendgrid.url)

    with pytest.raises(UnauthorizedError) as raised:
        client.send(message())

    assert errors_of(raised) == [("The provided authorization grant is invalid, expired, or revoked", None)]


def test_sender_that_is_not_verified_is_refused(client, mockmail):
    with pytest.raises(ForbiddenError) as raised:
        client.send(message(from_email="app@elsewhere.org"))

    [(text, field)] = errors_of(raised)
    assert (text[:67], field) == ("The from address does not match a verified Sender Identity. Mail ca", "from")
    assert len(mockmail.inbox) == 0


def test_rate_limit_and_faults_look_like_sendgrid(client, mockmail):
    mockmail.clock.freeze()
    mockmail.faults.limit("sendgrid", 1, window=1)
    client.send(message())

    with pytest.raises(HTTPError) as limited:
        client.send(message())
    mockmail.clock.advance(2)
    mockmail.faults.add("sendgrid", operation="mail.send", error="credits_exceeded")
    with pytest.raises(UnauthorizedError) as out_of_credits:
        client.send(message())

    assert (limited.value.status_code, errors_of(limited)) == (429, [("too many requests", None)])
    assert errors_of(out_of_credits) == [("Maximum credits exceeded", None)]
