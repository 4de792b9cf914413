"""Mail to hosted mailboxes."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

MEGABYTE = 1 << 20


def send(mockmail: Any, *to: str, size: int = 0) -> list[tuple[str | None, str]]:
    """Send a message by SMTP and return its deliveries: the vendor's mailbox or None, and the address."""
    text = "\r\n".join(["Subject: hi", "", *["x" * 998] * (size // 1000)])
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.sendmail("sender@elsewhere.com", list(to), text.encode())
    message = mockmail.inbox.wait_for(to=to[0], timeout=5)
    return [(delivery.mailbox, delivery.address) for delivery in message.deliveries]


def used(api: Client, path: str) -> int:
    return api.get(path).json["currentUsage"]


def test_mail_to_any_address_of_a_mailbox_is_delivered_to_it(api: Client, alex: str, mockmail: Any):
    api.ok("POST", f"{alex}/emailaddresses/alex@apidomain92.com")
    assert send(mockmail, "ALEX.SMITH@example.com") == [("example.com/alex.smith", "ALEX.SMITH@example.com")]
    assert send(mockmail, "alex@apidomain92.com") == [("example.com/alex.smith", "alex@apidomain92.com")]
    assert used(api, alex) == 1


def test_usage_counts_whole_megabytes(api: Client, alex: str, mockmail: Any):
    assert used(api, alex) == 0
    send(mockmail, "alex.smith@example.com", size=3 * MEGABYTE + 9000)
    assert used(api, alex) == 3
    [row] = api.get(f"{COMPANY}/ex/mailboxes?fields=currentUsage&startswith=alex").json["mailboxes"]
    assert row["currentUsage"] == 3


def test_forwarding_mailbox_keeps_a_copy_only_if_save_forwarded_email_is_set(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", alex, {"emailForwardingAddress": "joe@elsewhere.com"})
    assert send(mockmail, "alex.smith@example.com") == [(None, "joe@elsewhere.com")]
    assert used(api, alex) == 0
    mockmail.inbox.clear()
    api.ok("PUT", alex, {"saveForwardedEmail": "true"})
    assert send(mockmail, "alex.smith@example.com") == [
        ("example.com/alex.smith", "alex.smith@example.com"),
        (None, "joe@elsewhere.com"),
    ]
    mockmail.inbox.clear()
    api.ok("PUT", alex, {"emailForwardingAddress": "", "saveForwardedEmail": "false"})
    assert send(mockmail, "alex.smith@example.com") == [("example.com/alex.smith", "alex.smith@example.com")]


def test_mail_forwarded_to_another_mailbox_is_delivered_to_it(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", alex, {"emailForwardingAddress": "apiexmailbox6@example.com"})
    api.ok("PUT", f"{COMPANY}/ex/mailboxes/apiexmailbox6", {"emailForwardingAddress": "alex.smith@example.com"})
    assert send(mockmail, "alex.smith@example.com") == [(None, "alex.smith@example.com")]
    mockmail.inbox.clear()
    api.ok("PUT", f"{COMPANY}/ex/mailboxes/apiexmailbox6", {"emailForwardingAddress": ""})
    assert send(mockmail, "alex.smith@example.com") == [("example.com/apiexmailbox6", "apiexmailbox6@example.com")]


@pytest.mark.parametrize("kept", ["true", "false"])
def test_mail_forwarded_to_itself_is_kept_or_recorded_as_lost(api: Client, alex: str, mockmail: Any, kept: str):
    api.ok("PUT", alex, {"emailForwardingAddress": "alex.smith@example.com", "saveForwardedEmail": kept})
    mailbox = "example.com/alex.smith" if kept == "true" else None
    assert send(mockmail, "alex.smith@example.com") == [(mailbox, "alex.smith@example.com")]
    assert mockmail.inbox[0].deliveries[0].vendor == "rackspace"
    assert used(api, alex) == (1 if kept == "true" else 0)


def test_mailbox_receives_at_a_primary_address_in_another_domain(mockmail: Any):
    assert send(mockmail, "apiexmailbox90@apidomain92.com") == [(None, "apiexmailbox8@apidomain24.com")]


def test_deleting_a_mailbox_deletes_its_mail(api: Client, alex: str, mockmail: Any):
    send(mockmail, "alex.smith@example.com")
    api.ok("DELETE", alex)
    api.ok("POST", alex, {"displayName": "Alex", "password": "Secret123!@#", "size": "2048"})
    assert used(api, alex) == 0
    assert len(mockmail.inbox) == 1


def test_rs_mailbox_receives_forwards_and_keeps_its_mail_when_renamed(api: Client, mockmail: Any):
    joe = "/domains/example.com/rs/mailboxes/joe"
    form = {"password": "Secret13!@#", "emailForwardingAddresses": "a@elsewhere.com,b@elsewhere.com"}
    api.ok("POST", joe, {**form, "saveForwardedEmail": "true"})
    assert send(mockmail, "joe@example.com") == [
        ("example.com/joe", "joe@example.com"),
        (None, "a@elsewhere.com"),
        (None, "b@elsewhere.com"),
    ]
    api.ok("PUT", joe, {"name": "joseph"})
    assert used(api, "/domains/example.com/rs/mailboxes/joseph") == 1
    api.ok("DELETE", "/domains/example.com/rs/mailboxes/joseph")
    api.ok("POST", "/domains/example.com/rs/mailboxes/joseph", {"password": "Secret13!@#", "recoverDeleted": "true"})
    assert used(api, "/domains/example.com/rs/mailboxes/joseph") == 0


def test_mail_to_an_unknown_address_is_not_delivered(mockmail: Any):
    assert send(mockmail, "nobody@example.com") == []


@pytest.mark.mockmail(reject_unknown_recipients=True)
def test_unknown_recipient_is_refused_with_the_setting(api: Client, alex: str, mockmail: Any):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mockmail, "nobody@example.com")
    assert send(mockmail, "alex.smith@example.com") == [("example.com/alex.smith", "alex.smith@example.com")]


REFUSED = pytest.mark.mockmail(options={"rackspace": {"over_quota_is_refused": True}})


def fill(api: Client, mockmail: Any, alex: str) -> None:
    """Make alex.smith a mailbox of 1 MB, and send it a mail that does not leave room for another."""
    api.ok("PUT", alex, {"size": "1"})
    send(mockmail, "alex.smith@example.com", size=MEGABYTE * 9 // 10)


def test_mail_beyond_the_size_of_a_mailbox_is_kept(api: Client, alex: str, mockmail: Any):
    fill(api, mockmail, alex)

    send(mockmail, "alex.smith@example.com", size=MEGABYTE)

    assert used(api, alex) == 1
    assert [message.deliveries[0].mailbox for message in mockmail.inbox] == ["example.com/alex.smith"] * 2


@REFUSED
def test_mail_beyond_the_size_of_a_mailbox_is_refused_with_the_option(api: Client, alex: str, mockmail: Any):
    fill(api, mockmail, alex)

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.mail("sender@elsewhere.com")
        client.rcpt("alex.smith@example.com")
        assert client.data((b"x" * 998 + b"\r\n") * 200) == (
            552,
            b"5.2.2 <alex.smith@example.com>: Mailbox is full",
        )
    assert len(mockmail.inbox) == 1


@REFUSED
def test_declared_size_beyond_the_room_of_a_mailbox_is_refused_at_rcpt(api: Client, alex: str, mockmail: Any):
    fill(api, mockmail, alex)

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.mail("sender@elsewhere.com", ["SIZE=200000"])
        assert client.rcpt("alex.smith@example.com") == (
            552,
            b"5.2.2 <alex.smith@example.com>: Recipient address rejected: Mailbox is full",
        )
        assert client.rcpt("apiexmailbox6@example.com")[0] == 250


@REFUSED
def test_full_rs_mailbox_refuses_mail_until_it_is_larger(api: Client, mockmail: Any):
    joe = "/domains/example.com/rs/mailboxes/joe"
    api.ok("POST", joe, {"password": "Secret13!@#", "size": "1"})
    with pytest.raises(smtplib.SMTPException):
        send(mockmail, "joe@example.com", size=MEGABYTE + 9000)

    api.ok("PUT", joe, {"size": "2"})

    assert send(mockmail, "joe@example.com", size=MEGABYTE + 9000) == [("example.com/joe", "joe@example.com")]
