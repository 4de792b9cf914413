"""Spam settings and lists decide which mail arrives (docs/wire/rackspace.md 3; the effects are in the README)."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

JOE = f"{COMPANY}/rs/mailboxes/joe"
ALEX = "alex.smith@example.com"


def arrives(mockmail: Any, to: str, sender: str = "sender@elsewhere.com") -> list[tuple[str | None, str]]:
    """Send a mail, and return mailbox and address of its deliveries."""
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.sendmail(sender, [to], b"Subject: hi\r\n\r\n")
    return [(delivery.mailbox, delivery.address) for delivery in mockmail.inbox[-1].deliveries]


@pytest.mark.parametrize(
    "entry",
    ["sender@elsewhere.com", "SENDER@Elsewhere.com", "elsewhere.com", "@elsewhere.com", "*@elsewhere.com", "s%@else*"],
)
def test_blocked_sender_does_not_reach_an_exchange_mailbox(api: Client, alex: str, mockmail: Any, entry: str):
    api.ok("PUT", f"{alex}/spam/blocklist", {"addList": entry})

    assert arrives(mockmail, ALEX) == [(None, ALEX)]
    assert arrives(mockmail, ALEX, sender="other@elsewhere.org") == [("example.com/alex.smith", ALEX)]
    assert api.get(alex).json["currentUsage"] == 1


def test_blocked_sender_reaches_a_mailbox_whose_filter_is_off(api: Client, alex: str, mockmail: Any):
    api.ok("POST", f"{alex}/spam/blocklist/sender@elsewhere.com")
    api.ok("PUT", f"{alex}/spam/settings", {"filterlevel": "off"})

    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]


def test_blocked_sender_is_not_forwarded(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", alex, {"emailForwardingAddress": "joe@outside.com", "saveForwardedEmail": "true"})
    api.ok("POST", f"{alex}/spam/blocklist/sender@elsewhere.com")

    assert arrives(mockmail, ALEX) == [(None, ALEX)]


def test_exclusive_filter_takes_only_senders_of_the_safelist(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", f"{alex}/spam/settings", {"filterlevel": "exclusive"})
    assert arrives(mockmail, ALEX) == [(None, ALEX)]

    api.ok("POST", f"{alex}/spam/safelist/elsewhere.com")
    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]


def test_safelist_wins_over_blocklist(api: Client, alex: str, mockmail: Any):
    api.ok("POST", f"{alex}/spam/blocklist/elsewhere.com")
    api.ok("POST", f"{alex}/spam/safelist/sender@elsewhere.com")

    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]
    assert arrives(mockmail, ALEX, sender="other@elsewhere.com") == [(None, ALEX)]


def test_blocked_client_address_does_not_reach_a_mailbox(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", f"{alex}/spam/ipblocklist", {"addList": "192.0.2.1,127.0.0.0/8"})
    assert arrives(mockmail, ALEX) == [(None, ALEX)]

    api.ok("POST", f"{alex}/spam/ipsafelist/127.0.0.1")
    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]


def test_list_of_a_domain_counts_for_each_of_its_mailboxes(api: Client, alex: str, mockmail: Any):
    api.ok("POST", f"{COMPANY}/spam/blocklist/elsewhere.com")
    assert arrives(mockmail, ALEX) == [(None, ALEX)]
    assert arrives(mockmail, "apiexmailbox6@example.com") == [(None, "apiexmailbox6@example.com")]

    api.ok("POST", f"{alex}/spam/safelist/elsewhere.com")
    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]


def test_mailbox_without_settings_has_those_of_its_domain(api: Client, alex: str, mockmail: Any):
    api.ok("PUT", f"{COMPANY}/spam/settings", {"filterLevel": "exclusive"})
    assert arrives(mockmail, ALEX) == [(None, ALEX)]

    api.ok("PUT", f"{alex}/spam/settings", {"filterLevel": "on"})
    assert arrives(mockmail, ALEX) == [("example.com/alex.smith", ALEX)]

    api.ok("PUT", f"{COMPANY}/spam/settings", {"filterLevel": "exclusive", "overrideUserSettings": "true"})
    assert arrives(mockmail, ALEX) == [(None, ALEX)]


@pytest.mark.parametrize(
    ("handling", "delivery"),
    [
        ({"rsEmail.spamHandling": "toFolder"}, ("example.com/joe", "joe@example.com")),
        ({"rsEmail.spamHandling": "labelSubject"}, ("example.com/joe", "joe@example.com")),
        ({"rsEmail.spamHandling": "delete"}, (None, "joe@example.com")),
        (
            {"rsEmail.spamHandling": "toAddress", "rsEmail.spamForwardingAddress": "spam@outside.com"},
            (None, "spam@outside.com"),
        ),
    ],
)
def test_spam_of_an_rs_mailbox_is_handled_by_its_settings(
    api: Client, mockmail: Any, handling: dict[str, str], delivery: tuple[str | None, str]
):
    api.ok("POST", JOE, {"password": "Secret13!@#", "emailForwardingAddresses": "else@outside.com"})
    api.ok("POST", f"{JOE}/spam/blocklist/elsewhere.com")

    api.ok("PUT", f"{JOE}/spam/settings", {"filterLevel": "on", **handling})

    assert arrives(mockmail, "joe@example.com") == [delivery]
