"""The SMTP server's rules, set in Python and over HTTP."""

from __future__ import annotations

import smtplib

import aiohttp
import pytest


async def call_smtp(mockmail, method, document=None):
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{mockmail.url}/_mockmail/smtp", json=document) as response,
    ):
        return response.status, await response.json()


async def test_rules_are_replaced_and_shown_with_masked_passwords(mockmail):
    status, rules = await call_smtp(mockmail, "PUT", {"accounts": {"jane": "secret"}, "refused_recipients": ["no@*"]})
    assert status == 200
    assert rules == {
        "accounts": {"jane": "***"},
        "require_auth": False,
        "refused_senders": [],
        "refused_recipients": ["no@*"],
        "starttls": True,
        "unreachable": [],
    }
    assert await call_smtp(mockmail, "GET") == (200, rules)
    assert mockmail.smtp.accounts == {"jane": "secret"}

    assert (await call_smtp(mockmail, "PUT", {}))[1]["accounts"] is None


async def test_rules_that_were_read_can_be_written_back(mockmail):
    mockmail.smtp.accounts = {"jane": "secret", "joe": "other"}
    _, rules = await call_smtp(mockmail, "GET")

    await call_smtp(mockmail, "PUT", rules | {"accounts": rules["accounts"] | {"joe": "new", "al": "third"}})

    assert mockmail.smtp.accounts == {"jane": "secret", "joe": "new", "al": "third"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"accounts": {"al": "***"}}, "accounts: 'al' has no password that *** could keep: give its password"),
        ({"refused_senders": [1]}, "refused_senders[0] must be a string, not 1"),
        ({"accounts": {"a": 1}}, "every value of accounts must be a string, not {'a': 1}"),
        ({"starttls": "no"}, "starttls must be true or false, not 'no'"),
    ],
)
async def test_invalid_rules_are_refused(mockmail, document, expected):
    assert await call_smtp(mockmail, "PUT", document) == (400, {"error": expected})


def test_rules_set_in_python_apply_to_clients(mockmail):
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
