"""How the SMTP server behaves is arranged from outside, in Python and over HTTP."""

from __future__ import annotations

import smtplib

import pytest


@pytest.fixture
def ask(control):
    """Return the status and the document of a response."""

    def ask(method, document=None):
        status, _, content = control.ask(method, "/_mockmail/smtp", document)
        return status, content

    return ask


def test_the_rules_are_put_and_shown_with_passwords_masked(mockmail, ask):
    status, rules = ask("PUT", {"accounts": {"jane": "secret"}, "refused_recipients": ["no@*"]})
    assert status == 200
    assert rules == {
        "accounts": {"jane": "***"},
        "require_auth": False,
        "refused_senders": [],
        "refused_recipients": ["no@*"],
        "starttls": True,
        "unreachable": [],
    }
    assert ask("GET") == (200, rules)
    assert mockmail.smtp.takes("jane", "secret")
    assert not mockmail.smtp.takes("jane", "wrong")

    assert ask("PUT", {})[1]["accounts"] is None


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"refused_senders": [1]}, "refused_senders must be an array of strings"),
        ({"accounts": {"a": 1}}, "accounts must be an object of user names and passwords"),
        ({"starttls": "no"}, "starttls must be of type boolean, not 'no'"),
    ],
)
def test_rules_that_do_not_fit_are_refused(ask, document, complaint):
    assert ask("PUT", document) == (400, {"error": complaint})


def test_a_client_meets_what_was_arranged_in_python(mockmail):
    mockmail.smtp.accounts = {"jane": "secret"}
    mockmail.smtp.refused_recipients = ["*@bad.example"]
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("jane", "wrong")
        client.login("jane", "secret")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@example.com", ["x@bad.example"], "Subject: no\r\n\r\n")
        client.sendmail("a@example.com", ["x@good.example"], "Subject: yes\r\n\r\n")
    assert [message.subject for message in mockmail.inbox] == ["yes"]
