"""Each option changes the behaviour that it names."""

from __future__ import annotations

import dataclasses
import smtplib

import pytest
from golden import send_mail

from mockmail.vendors.atmail.options import Options


def options(**values):
    return pytest.mark.mockmail(options={"atmail": values})


def test_every_option_has_help():
    assert all(option.metadata["help"] for option in dataclasses.fields(Options))


@options(failed_status=404)
def test_failed_status_changes_ordinary_failures_only(atmail):
    assert atmail.post("accounts/view", accountId=1).outcome == (404, "failed", "Account does not exist")
    assert atmail.post("users/view", userId="x").outcome == (404, "failed", "userId is not an integer")
    assert atmail.post("accounts/update", accountId=1).http == 400
    assert atmail.as_("admin", "wrong").get("users/list").http == 401


@options(fault_status=200)
def test_fault_status_changes_faults(atmail):
    assert atmail.post("accounts/update", accountId=1).outcome == (200, "failed", "User does not exist")
    assert atmail.post("domain/check").http == 200


@options(require_all_of_user_create=True)
def test_missing_fields_of_user_create_are_refused_on_request(atmail):
    prefix = "Invalid Method Call to usercreate. Missing argument(s)"
    given = {"username": "anna", "password": "x"}

    assert atmail.post("users/create", **given).message == f"{prefix}: quota, domainIds, roleId, permissionIds."
    assert atmail.post("users/create", **given, quota=0, domainIds=1, roleId=0).message == f"{prefix}: permissionIds."
    assert atmail.post("users/create", **given, quota=0, domainIds=1, roleId=2).status == "success"


@options(case_insensitive_parameters=True)
def test_parameter_names_are_case_insensitive_on_request(atmail):
    assert atmail.post("domain/check", DOMAINNAME="yourdomain.com").status == "success"
    assert atmail.post("users/create", UserName="anna", passWORD="x", domainids="1").results == "2"
    assert atmail.post("users/view", USERID=2).results["Domains"] == {"key_0": "yourdomain.com"}


@options(show_passwords=True)
def test_passwords_are_shown_on_request(atmail):
    created = atmail.post("accounts/create", username="a@yourdomain.com").results["accounts"]["password"]

    assert len(created) == 12
    assert atmail.post("accounts/view", username="a@yourdomain.com").results["password"] == created
    assert atmail.post("users/view", userId=1).results["password"] == "changeme"


@options(default_account_quota=5)
def test_default_account_quota_is_the_options(atmail):
    assert atmail.post("accounts/create", username="a@yourdomain.com").results["accounts"]["quota"] == "5"


@options(first_page=0, default_volume=2)
def test_first_page_and_default_volume_are_the_options(atmail):
    for number in range(5):
        atmail.new_account(f"a{number}@yourdomain.com")

    def page(**parameters):
        rows = atmail.post("accounts/list", **parameters).results
        return [row["username"][:2] for row in rows.values()]

    assert page() == page(start=0) == ["a0", "a1"]
    assert page(start=1) == ["a2", "a3"]
    assert page(start=1, volume=4) == ["a4"]


@options(full_name_of_existing_domain=True)
def test_existing_domain_has_its_full_name_on_request(atmail):
    assert atmail.post("domain/create", domainName="yourdomain.com").message == "yourdomain.com is already existing."


@options(alias_delete_needs_match=True)
def test_alias_delete_without_a_match_fails_on_request(atmail):
    assert atmail.post("aliases/delete", id=20).outcome == (200, "failed", "No aliases selected.")


@options(disabled_accounts_receive=True)
def test_disabled_account_receives_mail_on_request(mockmail, atmail):
    atmail.new_account("a@yourdomain.com")
    atmail.post("accounts/update", accountId=10, userStatus=1)

    send_mail(mockmail, ["a@yourdomain.com"])

    assert atmail.post("accounts/view", accountId=10).results["TotalMessages"] == "1"


@options(over_quota_is_refused=True)
def test_account_over_its_quota_refuses_mail_on_request(mockmail, atmail):
    atmail.new_account("small@yourdomain.com", quota=1)
    atmail.new_account("unlimited@yourdomain.com", quota=0)
    send_mail(mockmail, ["small@yourdomain.com"], size=1 << 20)

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.ehlo()
        client.mail("sender@example.com")
        client.rcpt("small@yourdomain.com")
        assert client.data(b"Subject: hi\r\n\r\n") == (552, b"5.2.2 <small@yourdomain.com>: Mailbox is full")
    send_mail(mockmail, ["unlimited@yourdomain.com"], size=2 << 20)

    assert [message.size for message in mockmail.inbox] == [1 << 20, 2 << 20]


@options(over_quota_is_refused=True)
def test_alias_of_a_full_account_refuses_mail_on_request(mockmail, atmail):
    atmail.new_account("small@yourdomain.com", quota=1)
    atmail.new_alias("team@yourdomain.com", "small@yourdomain.com")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send_mail(mockmail, ["team@yourdomain.com"], size=(1 << 20) + 1)

    assert refused.value.recipients["team@yourdomain.com"] == (
        552,
        b"5.2.2 <team@yourdomain.com>: Recipient address rejected: Mailbox is full",
    )


def test_account_over_its_quota_receives_mail(mockmail, atmail):
    atmail.new_account("small@yourdomain.com", quota=1)

    send_mail(mockmail, ["small@yourdomain.com"], size=2 << 20)

    assert atmail.post("accounts/view", username="small@yourdomain.com").results["TotalMessages"] == "1"
