"""A backend's own SMTP server: the messages it gets, and its failures (docs/wire/spacedog.md 6)."""

from __future__ import annotations

import re

import pytest

FIELDS = {"from_": "app@example.com", "to": "jane@example.com", "text": "Hi"}
EXCEPTION = "org.apache.commons.mail.EmailException: "


def causes(error):
    """Return the messages of an error and its causes, the outermost first."""
    found = []
    while error is not None:
        found.append(error["message"])
        error = error.get("cause")
    return found


@pytest.mark.parametrize(
    ("settings", "relay", "tls", "starttls"),
    [
        ({}, "mail.example.com:25", False, False),
        ({"startTlsRequired": True}, "mail.example.com:25", True, True),
        ({"sslOnConnect": True}, "mail.example.com:465", True, False),
        ({"sslOnConnect": True, "startTlsRequired": True}, "mail.example.com:465", True, False),
    ],
)
def test_connection_is_secured_as_the_settings_say(*, superadmin, mockmail, sent, settings, relay, tls, starttls):
    superadmin.settings(smtp={"host": "mail.example.com", **settings})

    answer = superadmin.mail(**FIELDS)

    assert answer.status == 200, answer.body
    assert re.fullmatch(r"<[0-9]+\.1\.[0-9]{13}@api\.spacedog\.io>", answer.json["messageId"])
    assert sent()["Message-ID"] == answer.json["messageId"]
    message = mockmail.inbox[0]
    assert message.sent_by.relay == relay
    assert bool(message.envelope.tls) is tls
    assert ("C: STARTTLS" in message.envelope.transcript) is starttls
    assert message.envelope.auth_user is None


def test_login_in_the_settings_authenticates(superadmin, mockmail, smtp):
    smtp.accounts = {"vince": "secret"}
    smtp.require_auth = True
    superadmin.settings(smtp={"host": "h", "login": "vince", "password": "secret"})
    assert superadmin.mail(**FIELDS).status == 200
    assert mockmail.inbox[0].envelope.auth_user == "vince"


def test_empty_login_does_not_authenticate(superadmin, mockmail, smtp):
    superadmin.settings(smtp={"host": "h", "login": "", "password": "secret"})
    assert superadmin.mail(**FIELDS).status == 200
    assert mockmail.inbox[0].envelope.auth_user is None


def test_html_and_text_make_multipart_alternative(superadmin, sent):
    superadmin.settings(smtp={"host": "h"})
    assert superadmin.mail(**FIELDS, html="<p>Hi</p>", subject="Tést").status == 200
    message = sent()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert message["Subject"] == "Tést"


@pytest.mark.parametrize(("fields", "subject"), [({}, None), ({"subject": ""}, ""), ({"subject": "Hi"}, "Hi")])
def test_message_has_a_subject_header_only_if_sent(superadmin, sent, fields, subject):
    superadmin.settings(smtp={"host": "h"})
    assert superadmin.mail(from_="app@example.com", to="jane@example.com", text="Hi", **fields).status == 200
    assert sent()["Subject"] == subject


def test_html_alone_is_multipart_mixed_and_text_alone_is_plain(superadmin, sent, mockmail):
    superadmin.settings(smtp={"host": "h"})
    fields = {"from_": "app@example.com", "to": "jane@example.com"}
    assert superadmin.mail(**fields, html="<p>Olé").status == 200
    message = sent()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/mixed", "text/html"]
    assert message.get_body().get_content() == "<p>Olé\n"
    assert (mockmail.inbox[0].html.strip(), mockmail.inbox[0].attachments) == ("<p>Olé", [])
    mockmail.inbox.clear()
    assert superadmin.mail(**fields, text="Olé", html="").status == 200
    assert [part.get_content_type() for part in sent().walk()] == ["text/plain"]


def test_quoted_local_part_and_unicode_domain_are_sent(superadmin, sent, mockmail):
    superadmin.settings(smtp={"host": "h"})
    assert superadmin.mail(from_='"a@b"@müller.example', to='John <"john doe"@example.com>', text="x").status == 200
    message = sent()
    assert message["From"].addresses[0].addr_spec == '"a@b"@xn--mller-kva.example'
    assert message["To"].addresses[0].addr_spec == '"john doe"@example.com'
    assert (message["From"].defects, message["To"].defects) == ((), ())
    envelope = mockmail.inbox.find(to='"john doe"@example.com', from_='"a@b"@müller.example')[0].envelope
    assert (envelope.sender, envelope.recipients) == ('"a@b"@xn--mller-kva.example', ('"john doe"@example.com',))


def test_smtp_server_refuses_a_subject_of_megabytes(superadmin, mockmail):
    superadmin.settings(smtp={"host": "mail.example.com"})
    answer = superadmin.mail(**FIELDS, subject="word " * 2_000_000)
    assert answer.status == 400
    assert causes(answer.error)[1:] == [SENDING, "552 5.3.4 Message header size exceeds fixed limit\n"]
    assert len(mockmail.inbox) == 0


def test_address_field_of_megabytes_is_refused(superadmin, mockmail):
    superadmin.settings(smtp={"host": "h"})
    answer = superadmin.mail(**FIELDS | {"to": "a@example.com, " * 700_000})
    assert answer.status == 400
    assert causes(answer.error)[-1] == "Address too long"
    assert len(answer.body) < 10_000
    assert len(mockmail.inbox) == 0


def test_smtp_mail_has_the_callers_sender_and_copies(superadmin, mockmail, sent):
    superadmin.settings(smtp={"host": "h"})
    assert superadmin.mail(from_="Me <me@example.com>", cc="c@example.com", bcc="b@example.com", text="x").status == 200
    message = sent()
    assert (message["From"], message["To"], message["Cc"]) == ("Me <me@example.com>", None, "c@example.com")
    assert mockmail.inbox[0].envelope.sender == "me@example.com"
    assert mockmail.inbox[0].envelope.recipients == ("c@example.com", "b@example.com")


SENDING = "Sending the email to the following server failed : mail.example.com:25"


@pytest.mark.parametrize(
    ("rules", "settings", "reasons"),
    [
        (
            {"unreachable": ["mail.*"]},
            {},
            ["Couldn't connect to host, port: mail.example.com, 25; timeout 60000", "Connection refused"],
        ),
        (
            {"accounts": {"vince": "right"}},
            {"login": "vince", "password": "wrong"},
            ["535 5.7.8 Error: authentication failed\n"],
        ),
        (
            {"starttls": False},
            {"startTlsRequired": True},
            ["STARTTLS is required but host does not support STARTTLS"],
        ),
        ({"require_auth": True}, {}, ["530 5.7.0 Authentication required\n"]),
        ({"refused_senders": ["app@*"]}, {}, ["550 5.7.1 <app@example.com>: Sender address rejected\n"]),
        (
            {"refused_recipients": ["jane@*"]},
            {},
            ["Invalid Addresses", "550 5.1.1 <jane@example.com>: Recipient address rejected\n"],
        ),
    ],
)
def test_smtp_failure_is_a_400_with_its_causes(*, superadmin, mockmail, smtp, rules, settings, reasons):
    for name, value in rules.items():
        setattr(smtp, name, value)
    superadmin.settings(smtp={"host": "mail.example.com", **settings})

    answer = superadmin.mail(**FIELDS)

    assert answer.status == 400
    assert answer.in_dialect
    assert causes(answer.error) == [EXCEPTION + SENDING, SENDING, *reasons]
    assert "code" not in answer.error
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    ("settings", "fields", "reason"),
    [
        ({}, FIELDS, "Cannot find valid hostname for mail session"),
        ({"host": ""}, FIELDS, "Cannot find valid hostname for mail session"),
        ({"host": "h"}, {"to": "a@b.io", "text": "x"}, "From address required"),
        ({"host": "h"}, {"from_": "a@b.io", "text": "x"}, "At least one receiver address required"),
    ],
)
def test_missing_host_sender_or_recipient_is_refused(superadmin, mockmail, settings, fields, reason):
    superadmin.settings(smtp=settings)
    assert causes(superadmin.mail(**fields).error) == [EXCEPTION + reason, reason]
    assert len(mockmail.inbox) == 0


def test_mail_without_text_and_html_is_refused(superadmin):
    superadmin.settings(smtp={"host": "h"})
    assert superadmin.mail(from_="a@b.io", to="a@b.io", text="", html="").refused == (
        400,
        "no text or html message",
        None,
    )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("a@x.io, b@x.io", "Illegal address"),
        ("", "Illegal address"),
        ("nobody", "Missing final '@domain'"),
        ("a b@x.io", "Local address contains control or whitespace"),
        ("ä@x.io", "Local address contains control or whitespace"),
        ('"a@x.io', "Missing '\"'"),
        ('"a"b@x.io', "Quote not at end of local address"),
        ('a"b"@x.io', "Quote not at start of local address"),
        ('""@x.io', "Illegal address"),
        ('"é"@x.io', "Illegal address"),
        ("a(b@x.io", "Local address contains illegal character"),
        ("a..b@x.io", "Local address contains dot-dot"),
        (".a@x.io", "Local address starts with dot"),
        ("a@x..io", "Domain contains dot-dot"),
        ("a@.io", "Domain starts with dot"),
        ("a@x_y.io", "Domain contains illegal character"),
        ("a@x y.io", "Domain contains control or whitespace"),
        ("@x.io", "Missing local name"),
        ("a@", "Missing domain"),
    ],
)
@pytest.mark.parametrize("field", ["to", "from_", "bcc"])
def test_invalid_address_is_refused_with_javamails_reason(superadmin, mockmail, field, address, reason):
    superadmin.settings(smtp={"host": "h"})
    said = f"javax.mail.internet.AddressException: {reason} in string ``{address}''"

    answer = superadmin.mail(**FIELDS | {field: address})

    assert answer.status == 400
    assert causes(answer.error) == [EXCEPTION + said, said, reason]
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("host", ["ü.example", "[::1]", "127.0.0.1", "a." * 126 + "a"])
def test_mail_for_any_host_reaches_the_sink(superadmin, mockmail, host):
    superadmin.settings(smtp={"host": host})
    assert superadmin.mail(**FIELDS).status == 200
    assert mockmail.inbox[0].sent_by.relay == f"{host}:25"


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("host", ["h\r\nX: y", "a b", "x" * 300, "\x00", "a..b", "mail.example.com:587", "smtp://mail"])
def test_invalid_host_is_reported_as_unknown(superadmin, mockmail, host, tls):
    superadmin.settings(smtp={"host": host, "startTlsRequired": tls})
    answer = superadmin.mail(**FIELDS)
    assert answer.status == 400
    assert causes(answer.error)[1:] == [
        f"Sending the email to the following server failed : {host}:25",
        f"Couldn't connect to host, port: {host}, 25; timeout 60000",
        host,
    ]
    assert len(mockmail.inbox) == 0
