"""Mail for hosted domains is routed through aliases and forwarding into accounts."""

from __future__ import annotations

import smtplib

import pytest
from golden import send_mail


def used(atmail, address: str) -> tuple[str, str]:
    """Return TotalMessages and UsedQuota of an account."""
    row = atmail.post("accounts/view", username=address).results
    return row["TotalMessages"], row["UsedQuota"]


def ends(mockmail) -> list[tuple[str | None, str]]:
    """Return account id and address of the last message's deliveries; the id is None outside and for lost mail."""
    return [(delivery.mailbox, delivery.address) for delivery in mockmail.inbox[-1].deliveries]


@pytest.fixture
def accounts(atmail):
    """Accounts 10 and 11."""
    atmail.new_account("anna@yourdomain.com")
    atmail.new_account("ben@yourdomain.com")


@pytest.mark.usefixtures("accounts")
def test_used_quota_is_printed_in_megabytes_as_php_does(mockmail, atmail):
    assert used(atmail, "anna@yourdomain.com") == ("0", "0")

    send_mail(mockmail, ["Anna@YourDomain.com"], size=8192)
    assert used(atmail, "anna@yourdomain.com") == ("1", "0.0078125")

    send_mail(mockmail, ["anna@yourdomain.com", "ben@yourdomain.com"], size=1 << 20)
    assert used(atmail, "anna@yourdomain.com") == ("2", "1.0078125")
    assert used(atmail, "ben@yourdomain.com") == ("1", "1")


@pytest.mark.usefixtures("accounts")
def test_used_quota_of_a_small_message_has_an_exponent(mockmail, atmail):
    send_mail(mockmail, ["anna@yourdomain.com"], size=100)

    assert used(atmail, "anna@yourdomain.com") == ("1", "9.5367431640625E-5")


@pytest.mark.usefixtures("accounts")
def test_account_delete_removes_its_mail(mockmail, atmail):
    send_mail(mockmail, ["anna@yourdomain.com"])
    atmail.post("accounts/delete", username="anna@yourdomain.com")
    atmail.new_account("anna@yourdomain.com")

    assert used(atmail, "anna@yourdomain.com") == ("0", "0")
    assert len(mockmail.inbox) == 1


@pytest.mark.usefixtures("accounts")
def test_domain_delete_removes_its_mail(mockmail, atmail):
    send_mail(mockmail, ["anna@yourdomain.com"])
    atmail.post("domain/delete", domainId=1)

    send_mail(mockmail, ["anna@yourdomain.com"])

    assert [message.deliveries for message in mockmail.inbox] == [(), ()]


@pytest.mark.usefixtures("accounts")
def test_local_alias_diverts_mail(mockmail, atmail):
    atmail.new_alias("anna@yourdomain.com", "ben@yourdomain.com")

    send_mail(mockmail, ["ANNA@yourdomain.com"])

    assert ends(mockmail) == [("11", "ben@yourdomain.com")]


@pytest.mark.usefixtures("accounts")
def test_deliver_alias_keeps_a_copy(mockmail, atmail):
    atmail.new_alias("anna@yourdomain.com", "else@example.com", "Deliver")

    send_mail(mockmail, ["anna@yourdomain.com"])

    assert ends(mockmail) == [("10", "anna@yourdomain.com"), (None, "else@example.com")]


@pytest.mark.usefixtures("accounts")
def test_alias_without_an_account_diverts_mail(mockmail, atmail):
    atmail.new_alias("team@yourdomain.com", "anna@yourdomain.com")
    atmail.new_alias("team@yourdomain.com", "ben@yourdomain.com", "Deliver")

    send_mail(mockmail, ["team@yourdomain.com"])

    assert ends(mockmail) == [("10", "anna@yourdomain.com"), ("11", "ben@yourdomain.com")]


@pytest.mark.usefixtures("accounts")
def test_domain_alias_diverts_every_address(mockmail, atmail):
    atmail.new_alias("old.com", "yourdomain.com", "Domain")

    send_mail(mockmail, ["anna@OLD.com"])

    assert ends(mockmail) == [("10", "anna@yourdomain.com")]


@pytest.mark.usefixtures("accounts")
def test_alias_of_an_address_comes_before_its_domains(mockmail, atmail):
    atmail.new_domain("new.com")
    atmail.new_account("anna@new.com")
    atmail.new_account("postmaster@new.com")
    atmail.new_alias("yourdomain.com", "new.com", "Domain")
    atmail.new_alias("ben@yourdomain.com", "postmaster@new.com")

    send_mail(mockmail, ["anna@yourdomain.com"])
    send_mail(mockmail, ["ben@yourdomain.com"])

    assert [message.deliveries[0].address for message in mockmail.inbox] == ["anna@new.com", "postmaster@new.com"]


@pytest.mark.usefixtures("accounts")
def test_mail_lost_in_a_loop_is_in_the_deliveries(mockmail, atmail):
    atmail.new_alias("a@yourdomain.com", "b@yourdomain.com")
    atmail.new_alias("b@yourdomain.com", "a@yourdomain.com")
    atmail.new_alias("anna@yourdomain.com", "anna@yourdomain.com")
    atmail.new_alias("x.com", "y.com", "Domain")
    atmail.new_alias("y.com", "x.com", "Domain")
    atmail.new_alias("yourdomain.com", "yourdomain.com", "Domain")

    send_mail(mockmail, ["a@yourdomain.com", "someone@x.com", "anna@yourdomain.com", "ben@yourdomain.com"])

    assert ends(mockmail) == [
        ("10", "anna@yourdomain.com"),
        ("11", "ben@yourdomain.com"),
        (None, "a@yourdomain.com"),
        (None, "someone@x.com"),
    ]
    assert [delivery.vendor for delivery in mockmail.inbox[-1].deliveries] == ["atmail"] * 4


def test_forwarding_account_keeps_a_copy(mockmail, atmail):
    row = {
        "accountId": 50,
        "createdByUserId": 1,
        "username": "anna@yourdomain.com",
        "password": "x",
        "domainId": 1,
        "dateModified": "2017-01-01 00:00:00",
        "dateCreate": "2017-01-01 00:00:00",
        "homeDir": "/var/atmail/users/a/n/n/anna@yourdomain.com/",
        "forward": "else@example.com",
    }
    mockmail.atmail.seed(accounts=[row])

    send_mail(mockmail, ["anna@yourdomain.com"])

    assert ends(mockmail) == [("50", "anna@yourdomain.com"), (None, "else@example.com")]
    assert used(atmail, "anna@yourdomain.com")[0] == "1"


def test_alias_with_several_targets_reaches_all(mockmail, atmail):
    members = [f"member{number}@yourdomain.com" for number in range(150)]
    for member in members:
        atmail.new_account(member)
        atmail.new_alias("list@yourdomain.com", member)

    send_mail(mockmail, ["list@yourdomain.com"])

    assert [address for _, address in ends(mockmail)] == members
    assert used(atmail, members[-1])[0] == "1"


@pytest.mark.usefixtures("accounts")
def test_disabled_account_receives_no_mail(mockmail, atmail):
    atmail.post("accounts/update", username="anna@yourdomain.com", userStatus=1)
    send_mail(mockmail, ["anna@yourdomain.com"])
    atmail.post("accounts/update", username="anna@yourdomain.com", userStatus=0)
    send_mail(mockmail, ["anna@yourdomain.com"])

    assert used(atmail, "anna@yourdomain.com")[0] == "1"


@pytest.mark.mockmail(reject_unknown_recipients=True)
@pytest.mark.usefixtures("accounts")
def test_unknown_recipient_of_a_hosted_domain_is_refused_on_request(mockmail, atmail):
    atmail.post("accounts/update", username="ben@yourdomain.com", userStatus=1)
    atmail.new_alias("old.com", "yourdomain.com", "Domain")
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.helo()
        client.mail("sender@example.com")
        recipients = ["anna@yourdomain.com", "ben@yourdomain.com", "nobody@yourdomain.com", "x@old.com", "x@else.com"]
        codes = [client.rcpt(recipient)[0] for recipient in recipients]

    assert codes == [250, 550, 550, 250, 250]


@pytest.mark.mockmail(options={"atmail": {"plus_addressing": True}})
@pytest.mark.usefixtures("accounts")
def test_tag_after_a_plus_is_dropped_with_the_option(mockmail, atmail):
    atmail.new_account("ben+own@yourdomain.com")
    atmail.new_alias("team@yourdomain.com", "ben+team@yourdomain.com")
    reached = []

    for name in ("Anna+tag", "anna+a+b", "anna+", "ben+own", "team+x", "+x", "nobody+x"):
        send_mail(mockmail, [f"{name}@yourdomain.com"])
        reached.append([mailbox for mailbox, _ in ends(mockmail)])

    assert reached == [["10"], ["10"], ["10"], ["12"], ["11"], [], []]


@pytest.mark.usefixtures("accounts")
def test_tag_after_a_plus_is_part_of_the_address(mockmail):
    send_mail(mockmail, ["anna+tag@yourdomain.com"])

    assert ends(mockmail) == []


@pytest.mark.parametrize(
    ("hosted", "recipient"),
    [
        ("jäger.com", "Anna@xn--jger-loa.com"),
        ("xn--jger-loa.com", "anna@Jäger.com"),
        ("jäger.com", "anna@jäger.com"),
        ("xn--jger-loa.com", "anna@xn--jger-loa.com"),
    ],
)
def test_non_ascii_domain_is_found_in_both_spellings(mockmail, atmail, hosted, recipient):
    atmail.new_domain(hosted)
    atmail.new_account(f"anna@{hosted}")

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.sendmail("sender@example.com", [recipient], b"Subject: hi\r\n\r\n", mail_options=["SMTPUTF8"])

    assert used(atmail, f"anna@{hosted}")[0] == "1"


def test_alias_to_a_non_ascii_domain_reaches_its_account(mockmail, atmail):
    atmail.new_domain("jäger.com")
    atmail.new_account("anna@jäger.com")
    atmail.new_alias("info@yourdomain.com", "anna@xn--jger-loa.com")

    send_mail(mockmail, ["info@yourdomain.com"])

    assert ends(mockmail) == [("10", "anna@jäger.com")]
