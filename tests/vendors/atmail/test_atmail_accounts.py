"""Accounts: creation and its limits, changes, lists and pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest


def names(response) -> list[str]:
    return [row["username"] for row in response.results.values()] if response.results else []


@pytest.fixture
def five(atmail):
    for number in range(1, 6):
        atmail.new_account(f"account{number}@yourdomain.com")


def test_address_is_case_insensitive(atmail):
    response = atmail.post("accounts/create", username=" Account1@YourDomain.COM ", password="x")

    assert response.message == "account1@yourdomain.com added"
    assert atmail.post("accounts/view", username="ACCOUNT1@yourdomain.com").results["accountId"] == "10"
    assert atmail.post("accounts/create", username="account1@yourdomain.com").outcome == (
        200,
        "failed",
        "account1@yourdomain.com is already existing.",
    )


@pytest.mark.parametrize(
    ("username", "home"),
    [
        ("ab@yourdomain.com", "/var/atmail/users/a/b/ab@yourdomain.com/"),
        ("a@yourdomain.com", "/var/atmail/users/a/a@yourdomain.com/"),
        ("abc@yourdomain.com", "/var/atmail/users/a/b/c/abc@yourdomain.com/"),
        ("élan@yourdomain.com", "/var/atmail/users/é/l/a/élan@yourdomain.com/"),
    ],
)
def test_home_directory_begins_with_three_characters_of_the_local_part(atmail, username, home):
    response = atmail.post("accounts/create", username=username)

    assert response.results["accounts"]["homeDir"] == home


@pytest.mark.parametrize(
    ("username", "message"),
    [
        ("account1", "Local domain does not exist"),
        ("", "Local domain does not exist"),
        ("yourdomain.com", "The username is not a valid address"),
        ("account1@elsewhere.com", "Local domain does not exist"),
        ("account1@yourdomain.com.", "Local domain does not exist"),
        ("@yourdomain.com", "The username is not a valid address"),
        ("../../etc@yourdomain.com", "The username is not a valid address"),
        ("two words@yourdomain.com", "The username is not a valid address"),
        ("a@b@yourdomain.com", "The username is not a valid address"),
        ("nul\x00@yourdomain.com", "The username is not a valid address"),
        ("x" * 65 + "@yourdomain.com", "The username is not a valid address"),
        ("x" * 1_000_000 + "@yourdomain.com", "username is too long"),
    ],
)
def test_account_outside_a_hosted_domain_is_refused(atmail, username, message):
    assert atmail.post("accounts/create", username=username, password="x").outcome == (200, "failed", message)
    assert atmail.get("accounts/list").results == ""


@pytest.mark.parametrize("parameters", [{}, {"password": ""}])
def test_missing_password_is_generated(mockmail, atmail, parameters):
    atmail.post("accounts/create", username="account1@yourdomain.com", **parameters)
    atmail.post("accounts/create", username="account2@yourdomain.com", **parameters)

    first, second = [row["password"] for row in mockmail.atmail.state()["accounts"]]
    assert len(first) == len(second) == 12
    assert first != second


def test_password_is_stored_unchanged(mockmail, atmail):
    atmail.new_account()

    atmail.post("accounts/update", accountId=10, password="ne&w <pass>")

    assert mockmail.atmail.state()["accounts"][0]["password"] == "ne&w <pass>"


def test_account_update_changes_only_the_given_fields(mockmail, atmail):
    mockmail.clock.freeze(datetime(2017, 1, 1, tzinfo=UTC))
    atmail.new_account(firstName="Anna", lastName="Berg", quota=10)
    mockmail.clock.advance(60)

    response = atmail.post("accounts/update", accountId=10, firstName="", quota=20, userStatus=1)

    assert response.results == {"accountId": "10", "username": "account1@yourdomain.com"}
    row = atmail.post("accounts/view", accountId=10).results
    assert row == {
        "accountId": "10",
        "createdByUserId": "1",
        "username": "account1@yourdomain.com",
        "password": "CHANGEME",
        "domainId": "1",
        "dateModified": "2017-01-01 00:01:00",
        "dateCreate": "2017-01-01 00:00:00",
        "userStatus": "1",
        "homeDir": "/var/atmail/users/a/c/c/account1@yourdomain.com/",
        "forward": "",
        "autoReply": "",
        "quota": "20",
        "lastLogin": "",
        "mboxServer": "1",
        "mboxType": "Maildir",
        "groupId": "1",
        "firstName": "",
        "lastName": "Berg",
        "UsedQuota": "0",
        "TotalMessages": "0",
    }


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"userStatus": 2}, "userStatus is neither 0 nor 1"),
        ({"userStatus": "on"}, "userStatus is not an integer"),
        ({"quota": -1}, "quota is out of range"),
        ({"quota": "1.0"}, "quota is not an integer"),
        ({"quota": "9" * 30}, "quota is not an integer"),
        ({"firstName": "x" * 256}, "firstName is too long"),
    ],
)
def test_invalid_account_update_changes_nothing(mockmail, atmail, parameters, message):
    atmail.new_account()
    before = mockmail.atmail.state()["accounts"]

    response = atmail.post("accounts/update", accountId=10, lastName="changed", **parameters)

    assert response.outcome == (200, "failed", message)
    assert mockmail.atmail.state()["accounts"] == before


@pytest.mark.parametrize("choice", [{}, {"accountId": ""}, {"accountId": 99}, {"accountId": -10}, {"username": "x"}])
def test_unknown_account_fails_in_the_words_of_each_action(atmail, choice):
    atmail.new_account()

    assert atmail.post("accounts/view", **choice).outcome == (200, "failed", "Account does not exist")
    assert atmail.post("accounts/delete", **choice).outcome == (
        200,
        "failed",
        "Single match for User id was not found.",
    )
    assert atmail.post("accounts/update", **choice).body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<api generator="zend" version="1.0"><accountUpdate><response>'
        b"<message>User does not exist</message></response><status>failed</status></accountUpdate></api>\n"
    )
    assert names(atmail.get("accounts/list")) == ["account1@yourdomain.com"]


def test_account_id_counts_before_username(atmail):
    first = atmail.new_account("account1@yourdomain.com")
    atmail.new_account("account2@yourdomain.com")

    response = atmail.post("accounts/view", accountId=first, username="account2@yourdomain.com")

    assert response.results["username"] == "account1@yourdomain.com"


def test_deleted_address_can_be_created_again_with_a_new_id(atmail):
    atmail.new_account()
    atmail.post("accounts/delete", accountId=10)

    assert atmail.new_account() == "11"


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"volume": 2}, [1, 2]),
        ({"start": 1, "volume": 2}, [1, 2]),
        ({"start": 2, "volume": 2}, [3, 4]),
        ({"start": 3, "volume": 2}, [5]),
        ({"start": 4, "volume": 2}, []),
        ({"start": 0, "volume": 2}, [1, 2]),
        ({"start": 1}, [1, 2, 3, 4, 5]),
        ({"domainId": 1, "start": 2, "volume": 3}, [4, 5]),
        ({"domainId": 7}, []),
        ({"domainId": -1}, []),
        ({"start": "", "volume": "", "domainId": ""}, [1, 2, 3, 4, 5]),
    ],
)
def test_account_list_is_paged(atmail, parameters, found):
    response = atmail.post("accounts/list", **parameters)

    assert response.status == "success"
    assert names(response) == [f"account{number}@yourdomain.com" for number in found]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"start": -1}, "start is out of range"),
        ({"volume": -5}, "volume is out of range"),
        ({"start": 2**40}, "start is out of range"),
        ({"volume": "many"}, "volume is not an integer"),
    ],
)
def test_invalid_page_is_refused(atmail, parameters, message):
    assert atmail.post("accounts/list", **parameters).outcome == (200, "failed", message)


def test_account_list_of_a_domain_shows_only_its_accounts(atmail):
    atmail.new_domain("other.com")
    atmail.new_account("a@yourdomain.com")
    atmail.new_account("b@other.com")

    assert names(atmail.post("accounts/list", domainId=2)) == ["b@other.com"]


def test_account_over_the_creators_number_is_refused(atmail):
    anna, _ = atmail.new_admin("anna", numUsers=2, domainIds=1, permissionIds=[2, 4])
    anna.new_account("a@yourdomain.com")
    anna.new_account("b@yourdomain.com")

    refused = anna.post("accounts/create", username="c@yourdomain.com")
    anna.post("accounts/delete", username="a@yourdomain.com")

    assert refused.outcome == (200, "failed", "The maximum number of accounts is reached")
    assert anna.post("accounts/create", username="c@yourdomain.com").status == "success"
    assert atmail.post("accounts/create", username="d@yourdomain.com").status == "success"


def test_accounts_of_an_admin_share_its_quota(atmail):
    anna, _ = atmail.new_admin("anna", quota=100, domainIds=1, permissionIds=[2, 3, 4])
    anna.new_account("a@yourdomain.com", quota=60)
    exceeded = (200, "failed", "The disk quota is exceeded")

    assert anna.post("accounts/create", username="b@yourdomain.com", quota=41).outcome == exceeded
    assert anna.post("accounts/create", username="b@yourdomain.com").outcome == exceeded  # 1024 by default
    assert anna.post("accounts/create", username="b@yourdomain.com", quota=0).outcome == exceeded  # unlimited
    anna.new_account("b@yourdomain.com", quota=40)
    assert anna.post("accounts/update", username="b@yourdomain.com", quota=41).outcome == exceeded
    assert anna.post("accounts/update", username="a@yourdomain.com", quota=50).status == "success"
    assert anna.post("accounts/update", username="b@yourdomain.com", quota=50).status == "success"
    anna.post("accounts/delete", username="a@yourdomain.com")
    assert anna.post("accounts/create", username="c@yourdomain.com", quota=50).status == "success"


def test_seeded_accounts_count_against_limits(mockmail, atmail):
    anna, number = atmail.new_admin("anna", quota=100, numUsers=2, domainIds=1, permissionIds=2)
    row = {
        "accountId": 500,
        "createdByUserId": number,
        "username": "seeded@yourdomain.com",
        "password": "x",
        "domainId": 1,
        "dateModified": "",
        "dateCreate": "",
        "homeDir": "",
        "quota": 90,
    }
    mockmail.atmail.seed(accounts=[row])

    assert anna.post("accounts/create", username="a@yourdomain.com", quota=11).message == "The disk quota is exceeded"
    assert anna.post("accounts/create", username="a@yourdomain.com", quota=10).status == "success"
    assert anna.post("accounts/create", username="b@yourdomain.com", quota=0).message == (
        "The maximum number of accounts is reached"
    )


@pytest.mark.parametrize("limits", [{"numUsers": 16777215, "quota": 0}, {}])
def test_unlimited_admin_creates_accounts_of_any_quota(atmail, limits):
    anna, _ = atmail.new_admin("anna", domainIds=1, permissionIds=2, **limits)

    assert anna.post("accounts/create", username="a@yourdomain.com", quota=2**31 - 1).status == "success"
    assert anna.post("accounts/create", username="b@yourdomain.com", quota=0).status == "success"


def test_admin_with_a_number_of_zero_creates_no_account(atmail):
    anna, _ = atmail.new_admin("anna", numUsers=0, domainIds=1, permissionIds=2)

    assert anna.post("accounts/create", username="a@yourdomain.com").status == "failed"


def test_refused_account_uses_no_id(atmail):
    atmail.post("accounts/create", username="a@elsewhere.com")
    atmail.post("accounts/create", username="a@yourdomain.com", quota=-1)

    assert atmail.new_account() == "10"


def test_characters_outside_xml_are_replaced(atmail):
    response = atmail.post("accounts/create", username="a@yourdomain.com", firstName="A\x00B\x0bC\ufffeD<&>\"'")

    assert response.results["accounts"]["firstName"] == "A\ufffdB\ufffdC\ufffdD<&>\"'"


def test_concurrent_creations_make_one_account(atmail):
    def create(number: int):
        return atmail.post("accounts/create", username="anna@yourdomain.com", firstName=f"Anna {number}")

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(create, range(16)))

    outcomes = [response.outcome for response in responses]
    made = outcomes.index((200, "success", "anna@yourdomain.com added"))
    assert outcomes.count((200, "failed", "anna@yourdomain.com is already existing.")) == 15
    assert [row["firstName"] for row in atmail.get("accounts/list").results.values()] == [f"Anna {made}"]
    assert atmail.new_account("ben@yourdomain.com") == "11"
