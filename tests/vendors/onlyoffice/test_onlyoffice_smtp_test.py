"""The test message, and the job that sends it (docs/wire/onlyoffice.md 5)."""

from __future__ import annotations

import email
import re
import time
from email import policy

import pytest

from mockmail.core.mail.outgoing import Failure, Stage
from mockmail.vendors.onlyoffice.mailkit import failure_message

SMTP = "/api/2.0/smtpsettings/smtp"
AUTH = {"enableAuth": True, "credentialsUserName": "notify", "credentialsUserPassword": "secret"}


def finished(docspace, tries=500):
    """Return the first status that is final."""
    for _ in range(tries):
        job = docspace.get(f"{SMTP}/test/status").result
        if job["completed"]:
            return job
        time.sleep(0.002)
    raise AssertionError(f"never finished: {job}")


def run(docspace):
    started = docspace.get(f"{SMTP}/test").result
    ended = finished(docspace)
    assert ended.pop("id") == started["id"]
    return ended


def rules(mockmail):
    return mockmail.server.sandboxes.get().smtp


def test_message_arrives_through_the_saved_relay(docspace, mockmail):
    docspace.save(**AUTH, port=2525)
    assert run(docspace) == {"completed": True, "error": "", "status": "Send test message", "percents": 100}
    message = mockmail.inbox.wait_for(to="owner@example.com")
    assert message.sent_by.relay == "mail.example.com:2525"
    assert (message.sent_by.vendor, message.sent_by.operation) == ("onlyoffice", "smtp.test")
    assert mockmail.requests.find(operation="smtp.test")[0].messages == [message.id]
    assert (message.envelope.sender, message.envelope.recipients) == ("notify@example.com", ("owner@example.com",))
    assert (message.envelope.auth_user, message.envelope.tls) == ("notify", "")


def test_message_has_valid_headers_and_text(docspace, mockmail):
    docspace.save(senderDisplayName="Postmän, 通知")
    run(docspace)
    message = email.message_from_bytes(mockmail.inbox.wait_for().raw, policy=policy.default)
    assert [part.defects for part in message.walk()] == [[]]
    assert [message[name].defects for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")] == [
        ()
    ] * 6
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Postmän, 通知", "notify@example.com")
    assert str(message["To"]) == "owner <owner@example.com>"
    assert message["Subject"] == "SMTP test message"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert re.fullmatch(r"<[0-9A-Z]{11,13}\.[0-9A-Z]{1,13}@localhost\.localdomain>", message["Message-ID"])
    assert message.get_content_type() == "text/plain"
    assert message.get_content().startswith("SMTP test message\r\n\r\n")


def test_message_goes_to_the_caller(mockmail, docspace):
    docspace.save()
    mockmail.onlyoffice.seed(sessions=[{"token": "of-ada", "userId": "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a02"}])
    docspace.get(f"{SMTP}/test", Cookie="asc_auth_key=of-ada")
    assert mockmail.inbox.wait_for().to == ["admin@example.com"]


@pytest.mark.parametrize("profile", ["cloud", "standalone"])
def test_without_stored_settings_the_installation_relay_is_used(profile, request):
    request.node.add_marker(pytest.mark.mockmail(options={"onlyoffice": {"profile": profile}}))
    mockmail, docspace = request.getfixturevalue("mockmail"), request.getfixturevalue("docspace")
    assert run(docspace)["percents"] == 100
    message = mockmail.inbox.wait_for(from_="postman@notify.onlyoffice.info")
    assert message.sent_by.relay == "notify.onlyoffice.info:25"
    assert message.envelope.auth_user == "postman"


@pytest.mark.parametrize(
    ("port", "offered", "said"),
    [(587, True, (True, True)), (587, False, (False, False)), (465, True, (False, True))],
)
def test_ssl_is_implicit_on_port_465_and_starttls_if_offered_on_others(docspace, mockmail, port, offered, said):
    rules(mockmail).starttls = offered
    docspace.save(port=port, enableSSL=True)
    assert run(docspace)["error"] == ""
    envelope = mockmail.inbox.wait_for().envelope
    assert ("C: STARTTLS" in envelope.transcript, envelope.tls.startswith("TLSv1.")) == said


def test_without_ssl_port_465_is_not_encrypted(docspace, mockmail):
    docspace.save(port=465)
    run(docspace)
    envelope = mockmail.inbox.wait_for().envelope
    assert (envelope.tls, "C: STARTTLS" in envelope.transcript) == ("", False)


@pytest.mark.parametrize(
    ("arranged", "settings", "failed"),
    [
        (
            {"unreachable": ["mail.*"]},
            {},
            (40, "Connect to host", "Connection refused by mail.example.com:25"),
        ),
        (
            {"accounts": {"notify": "right"}},
            AUTH,
            (60, "Authenticate", "535: 5.7.8 Error: authentication failed"),
        ),
        (
            {"refused_senders": ["notify@*"]},
            {},
            (80, "Send test message", "5.7.1 <notify@example.com>: Sender address rejected"),
        ),
        (
            {"refused_recipients": ["owner@*"]},
            AUTH,
            (80, "Send test message", "5.1.1 <owner@example.com>: Recipient address rejected"),
        ),
    ],
)
def test_failed_job_stays_at_the_failed_step(docspace, mockmail, arranged, settings, failed):
    for name, value in arranged.items():
        setattr(rules(mockmail), name, value)
    docspace.save(**settings)
    job = run(docspace)
    assert (job["percents"], job["status"], job["error"]) == failed
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("nobody", "Incomplete addr-spec token at offset 0"),
        ("nobody@", "Incomplete addr-spec token at offset 0"),
        ("@", "Invalid local-part at offset 0"),
        ("<a@b>", "Invalid local-part at offset 0"),
        ('"a@b', "Invalid local-part at offset 0"),
        ("a..b@example.com", "Invalid local-part at offset 0"),
        ("a b@example.com", "Invalid addr-spec token at offset 0"),
        ("x\x00@example.com", "Invalid addr-spec token at offset 0"),
        ("é@[192.0.2.1]", "Invalid domain token at offset 3"),
        ("a@" + "é" * 64, "Invalid domain token at offset 2"),
        ("a@b\r\nBcc: c@d", "Unexpected 'B' token at offset 5"),
        ("a@b,c@d", "Unexpected ',' token at offset 3"),
        ("a@b@c", "Unexpected '@' token at offset 3"),
    ],
)
def test_invalid_sender_fails_when_the_message_is_composed(docspace, mockmail, address, error):
    docspace.save(senderAddress=address)
    started = docspace.get(f"{SMTP}/test").result
    assert (started["completed"], started["percents"], started["status"], started["error"]) == (False, 0, "", "")
    assert finished(docspace) == {
        "completed": True,
        "id": started["id"],
        "error": error,
        "status": "Create mime message",
        "percents": 20,
    }
    assert len(mockmail.inbox) == 0


def test_non_ascii_domain_is_ascii_in_the_header_and_unchanged_in_the_envelope(docspace, mockmail):
    mockmail.onlyoffice.seed(
        users=[{"id": "1", "userName": "jo", "email": "jo@müller.example", "password": "p", "role": "owner"}],
        sessions=[{"token": "of-jo", "userId": "1"}],
    )
    docspace.save(senderAddress="notify@例え.example")
    docspace.get(f"{SMTP}/test", Cookie="asc_auth_key=of-jo")
    captured = mockmail.inbox.wait_for(to="jo@müller.example")
    assert (captured.envelope.sender, captured.envelope.recipients) == ("notify@例え.example", ("jo@müller.example",))
    assert "SMTPUTF8" in captured.envelope.mail_parameters
    assert captured.to == ["jo@xn--mller-kva.example"]
    message = email.message_from_bytes(captured.raw, policy=policy.default)
    assert [message[name].defects for name in ("From", "To")] == [(), ()]
    assert message["From"].addresses[0].addr_spec == "notify@xn--r8jz45g.example"
    assert [found.id for found in mockmail.inbox.find(to="jo@xn--mller-kva.example")] == [captured.id]


def test_non_ascii_local_part_is_unchanged_in_the_header(docspace, mockmail):
    docspace.save(senderAddress="jörg@müller.example")
    assert run(docspace)["error"] == ""
    captured = mockmail.inbox.wait_for(from_="jörg@müller.example")
    assert captured.envelope.sender == "jörg@müller.example"
    assert captured.from_ == "Postman <jörg@xn--mller-kva.example>"
    message = email.message_from_bytes(captured.raw, policy=policy.default)
    assert message.defects == []
    # Python's parser does not know SMTPUTF8 addresses and reports a defect for each (RFC 6532).
    assert [name for name, value in message.items() if value.defects] == ["From"]


def test_quoted_local_part_is_accepted(docspace, mockmail):
    docspace.save(senderAddress='"john doe"@example.com')
    assert run(docspace)["error"] == ""
    captured = mockmail.inbox.wait_for(from_='"john doe"@example.com')
    assert captured.envelope.sender == '"john doe"@example.com'
    message = email.message_from_bytes(captured.raw, policy=policy.default)
    assert (message["From"].addresses[0].addr_spec, message["From"].defects) == ('"john doe"@example.com', ())


def test_server_without_auth_is_reported_with_mailkits_message():
    failure = Failure(stage=Stage.AUTHENTICATE, text="SMTP AUTH extension not supported by server.")
    assert failure_message(failure) == "The SMTP server does not support authentication."


@pytest.mark.parametrize("ssl", [False, True])
@pytest.mark.parametrize(
    "host", ["no host", "\x00", "mail\r\nexample", "h" * 64, "mail..example.com", "*", "user@host", "mail:587"]
)
def test_invalid_host_fails_when_connecting(docspace, mockmail, host, ssl):
    docspace.save(host=host, enableSSL=ssl)
    job = run(docspace)
    assert (job["percents"], job["status"], job["error"]) == (40, "Connect to host", "Name or service not known")
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("host", ["münchen.example", "192.0.2.1", "2001:db8::1", "MAIL.example.com.", "localhost"])
def test_valid_host_is_the_name_of_the_relay(docspace, mockmail, host):
    docspace.save(host=host, enableSSL=True)
    assert run(docspace)["error"] == ""
    assert mockmail.inbox.wait_for().sent_by.relay == f"{host}:25"


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_line_break_in_display_name_adds_no_header(docspace, mockmail, line_break):
    docspace.save(senderDisplayName=f"Post{line_break}Bcc: eve@example.com{line_break}{line_break}Body")
    run(docspace)
    captured = mockmail.inbox.wait_for()
    message = email.message_from_bytes(captured.raw, policy=policy.default)
    assert message["From"].addresses[0].display_name == "Post Bcc: eve@example.com Body"
    assert message["Bcc"] is None
    assert captured.envelope.recipients == ("owner@example.com",)


def test_finished_job_is_shown_once(docspace):
    docspace.save()
    run(docspace)
    response = docspace.get(f"{SMTP}/test/status")
    assert "response" not in response.document
    assert response.document["count"] == 0


def test_second_test_returns_the_running_job(docspace, mockmail):
    mockmail.onlyoffice.seed(
        smtp_tests=[
            {
                "id": "the-job",
                "startedAt": mockmail.clock.now().isoformat(),
                "percents": 40,
                "status": "Connect to host",
            }
        ]
    )
    running = {"completed": False, "id": "the-job", "error": "", "status": "Connect to host", "percents": 40}
    assert docspace.get(f"{SMTP}/test").result == running
    assert docspace.get(f"{SMTP}/test/status").result == running
    assert len(mockmail.inbox) == 0


def test_abandoned_job_is_replaced_by_a_new_one(docspace, mockmail):
    started = mockmail.clock.now().isoformat()
    mockmail.onlyoffice.seed(smtp_tests=[{"id": "the-job", "startedAt": started, "percents": 40}])
    mockmail.clock.advance(301)
    assert "response" not in docspace.get(f"{SMTP}/test/status").document
    docspace.save()
    assert docspace.get(f"{SMTP}/test").result["id"] != "the-job"
    mockmail.inbox.wait_for(to="owner@example.com")


def test_unread_finished_job_is_replaced_by_a_new_one(docspace, mockmail):
    docspace.save()
    first = docspace.get(f"{SMTP}/test").result["id"]
    for _ in range(500):
        if mockmail.onlyoffice.state()["smtp_tests"][0]["completed"]:
            break
        time.sleep(0.002)
    second = docspace.get(f"{SMTP}/test").result
    assert (second["completed"], second["id"] == first) == (False, False)
    mockmail.inbox.wait_for_count(2)


def test_reset_removes_the_running_job(docspace, mockmail):
    docspace.save()
    docspace.get(f"{SMTP}/test")
    mockmail.reset()
    assert "response" not in docspace.get(f"{SMTP}/test/status").document


def test_password_of_ten_megabytes_fails_to_authenticate(docspace, mockmail):
    docspace.save(**AUTH | {"credentialsUserPassword": "p" * 10_000_000})
    job = run(docspace)
    assert (job["percents"], job["status"]) == (60, "Authenticate")
    assert job["error"] == "500: 5.5.6 Authentication Exchange line is too long"
    assert len(mockmail.inbox) == 0


def test_longest_password_of_the_standard_is_sent_to_the_relay(docspace, mockmail):
    docspace.save(**AUTH | {"credentialsUserPassword": "p" * 9_200})
    rules(mockmail).accounts = {"notify": "p" * 9_200}
    assert run(docspace)["error"] == ""


@pytest.mark.parametrize("restored", [False, True], ids=["reset", "restored"])
def test_job_started_before_a_reset_changes_nothing_after_it(docspace, mockmail, restored):
    empty = mockmail.snapshot()
    for _ in range(5):
        docspace.save()
        docspace.get(f"{SMTP}/test")
        if restored:
            mockmail.restore(empty)
        else:
            mockmail.reset()
        docspace.save(senderAddress="after@example.com")
        assert run(docspace) == {"completed": True, "error": "", "status": "Send test message", "percents": 100}
        time.sleep(0.05)
        assert [message.envelope.sender for message in mockmail.inbox] == ["after@example.com"]
        mockmail.reset()
