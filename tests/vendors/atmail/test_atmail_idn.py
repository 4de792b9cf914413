"""A domain beyond ASCII is one domain in both spellings, for the API and for mail."""

from __future__ import annotations

import smtplib

import pytest

UNICODE, ASCII = "jäger.com", "xn--jger-loa.com"

each_way = pytest.mark.parametrize(("hosted", "other"), [(UNICODE, ASCII), (ASCII, UNICODE), (UNICODE, "JÄGER.com")])


def send(mockmail, recipient):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.sendmail("sender@example.com", [recipient], b"Subject: hi\r\n\r\n", mail_options=["SMTPUTF8"])
    return [(delivery.mailbox, delivery.address.lower()) for delivery in mockmail.inbox[-1].deliveries]


@each_way
def test_domain_is_found_and_deleted_by_its_other_spelling(atmail, hosted, other):
    atmail.new_domain(hosted)

    assert atmail.post("domain/check", domainName=other).outcome == (200, "success", f"{other} exists")
    assert atmail.post("domain/create", domainName=other).status == "failed"
    assert atmail.post("domain/delete", domainName=other).message == "Domain with id 2 deleted"
    assert atmail.post("domain/check", domainName=hosted).status == "failed"


@each_way
def test_account_is_found_by_its_other_spelling(mockmail, atmail, hosted, other):
    atmail.new_domain(hosted)
    assert atmail.new_account(f"anna@{other}") == "10"

    again = atmail.post("accounts/create", username=f"anna@{hosted}", password="x")
    view = atmail.post("accounts/view", username=f"Anna@{hosted}")
    update = atmail.post("accounts/update", username=f"anna@{hosted}", firstName="Anna")
    reached = [mailbox for domain in (hosted, other) for mailbox, _ in send(mockmail, f"anna@{domain}")]

    assert again.outcome == (200, "failed", f"anna@{hosted} is already existing.")
    assert (view.results["accountId"], view.results["domainId"]) == ("10", "2")
    assert update.results == {"accountId": "10", "username": f"anna@{other.lower()}"}
    assert reached == ["10", "10"]
    assert atmail.post("accounts/delete", username=f"anna@{hosted}").message == "Account deleted"


@each_way
def test_alias_is_found_by_its_other_spelling(mockmail, atmail, hosted, other):
    atmail.new_domain(hosted)
    atmail.new_account(f"anna@{hosted}")
    assert atmail.new_alias(f"info@{other}", f"anna@{other}") == "20"

    again = atmail.post("aliases/create", AliasName=f"info@{hosted}", AliasTo=f"anna@{hosted}", AliasType="Local")
    listed = [
        len(atmail.post("aliases/list", **{column: domain}).results)
        for column in ("filter", "AliasName", "AliasTo", "Domain")
        for domain in (hosted, other)
    ]
    reached = [send(mockmail, f"info@{domain}")[0][0] for domain in (hosted, other)]
    deleted = atmail.post("aliases/delete", AliasName=f"info@{hosted}", AliasTo=f"anna@{hosted}")

    assert again.outcome == (200, "failed", f"info@{hosted} is already existing.")
    assert listed == [1] * 8
    assert reached == ["10", "10"]
    assert deleted.status == "success"
    assert atmail.get("aliases/list").results == ""


@each_way
def test_aliases_go_with_their_domain_in_either_spelling(mockmail, atmail, hosted, other):
    atmail.new_domain(hosted)
    atmail.new_alias(f"info@{other}", "a@example.com")
    atmail.new_alias(f"help@{hosted}", "a@example.com", "Deliver")

    atmail.post("domain/delete", domainId=2)

    assert mockmail.atmail.state().get("aliases", []) == []


@each_way
def test_domain_alias_diverts_mail_in_either_spelling(mockmail, atmail, hosted, other):
    atmail.new_account("anna@yourdomain.com")
    atmail.new_alias(hosted, "yourdomain.com", "Domain")

    assert send(mockmail, f"anna@{other}") == [("10", "anna@yourdomain.com")]


@each_way
def test_alias_to_its_own_address_is_the_account_in_either_spelling(mockmail, atmail, hosted, other):
    atmail.new_domain(hosted)
    atmail.new_account(f"anna@{hosted}")
    atmail.new_alias(f"anna@{hosted}", f"anna@{other}")
    atmail.new_alias(hosted, other, "Domain")

    assert send(mockmail, f"anna@{other}") == [("10", f"anna@{hosted}")]


@each_way
def test_admin_may_edit_its_domain_in_either_spelling(atmail, hosted, other):
    number = atmail.new_domain(hosted)
    anna, _ = atmail.new_admin("anna", domainIds=number, roleId=2)

    alias = anna.post("aliases/create", AliasName=f"info@{other}", AliasTo="a@example.com", AliasType="Local")

    assert alias.status == "success"
    assert len(anna.get("aliases/list").results) == 1
    assert anna.post("aliases/delete", AliasName=f"info@{hosted}").status == "success"


@each_way
def test_seeded_account_receives_in_either_spelling(mockmail, atmail, hosted, other):
    mockmail.atmail.seed(
        domains=[{"domainId": 5, "domainName": hosted}],
        accounts=[{"accountId": 50, "username": f"Anna@{other}", "password": "x", "domainId": 5}],
    )

    assert [send(mockmail, f"anna@{domain}")[0][0] for domain in (hosted, other)] == ["50", "50"]
    assert atmail.post("accounts/view", username=f"anna@{hosted}").results["accountId"] == "50"


@pytest.mark.parametrize("name", ["é" * 64 + ".com", "é." * 60 + "com", "xn--é.com", "a..é"])
def test_domain_without_an_ascii_form_is_found_as_it_was_written(atmail, name):
    created = atmail.post("domain/create", domainName=name).status == "success"

    assert (atmail.post("domain/check", domainName=name).status == "success") == created


@each_way
@pytest.mark.mockmail(reject_unknown_recipients=True)
def test_recipient_is_known_in_either_spelling(mockmail, atmail, hosted, other):
    atmail.new_domain(hosted)
    atmail.new_account(f"anna@{hosted}")
    atmail.new_alias(f"info@{other}", "a@example.com")

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.command_encoding = "utf-8"
        client.docmd("MAIL FROM:<sender@example.com> SMTPUTF8")
        recipients = [f"{name}@{domain}" for domain in (hosted, other) for name in ("anna", "info", "nobody")]
        codes = [client.docmd(f"RCPT TO:<{recipient}>")[0] for recipient in recipients]

    assert codes == [250, 250, 550] * 2
