"""`numUsers` and `quota` of an admin limit all accounts of the admins below it."""

from __future__ import annotations

import pytest

FULL = (200, "failed", "The maximum number of accounts is reached")
TOO_LARGE = (200, "failed", "The disk quota is exceeded")
RIGHTS = [2, 3, 4, 5, 12, 13, 14, 15]


@pytest.fixture
def anna(atmail):
    """An admin of yourdomain.com that may have two accounts of 100 MB together."""
    return atmail.new_admin("anna", numUsers=2, quota=100, domainIds=1, permissionIds=RIGHTS)[0]


@pytest.fixture
def ben(anna):
    """An admin below anna, with the same limits."""
    return anna.new_admin("ben", numUsers=2, quota=100, domainIds=1, permissionIds=RIGHTS)[0]


def create(admin, name, quota=10):
    return admin.post("accounts/create", username=f"{name}@yourdomain.com", quota=quota)


def test_accounts_of_lower_admins_count_against_the_number(atmail, anna, ben):
    carl = ben.new_admin("carl", numUsers=2, quota=100, domainIds=1, permissionIds=RIGHTS)[0]
    assert create(anna, "one").status == "success"
    assert create(carl, "two").status == "success"

    assert [create(admin, "three").outcome for admin in (anna, ben, carl)] == [FULL, FULL, FULL]
    assert create(atmail, "three").status == "success"

    carl.post("accounts/delete", username="two@yourdomain.com")
    assert create(ben, "four").status == "success"


def test_accounts_of_lower_admins_count_against_the_quota(anna, ben):
    assert create(anna, "one", 60).status == "success"

    assert create(ben, "two", 41).outcome == TOO_LARGE
    assert create(ben, "two", 40).status == "success"
    assert ben.post("accounts/update", username="two@yourdomain.com", quota=41).outcome == TOO_LARGE
    assert anna.post("accounts/update", username="two@yourdomain.com", quota=41).outcome == TOO_LARGE
    assert anna.post("accounts/update", username="one@yourdomain.com", quota=50).status == "success"
    assert ben.post("accounts/update", username="two@yourdomain.com", quota=50).status == "success"


def test_accounts_of_a_deleted_admin_still_count(atmail, anna, ben):
    create(ben, "one", 60)
    carl, carl_id = ben.new_admin("carl", numUsers=2, quota=100, domainIds=1, permissionIds=RIGHTS)
    create(carl, "two", 40)
    ben_id, anna_id = ids(atmail, "ben", "anna")

    anna.post("users/delete", userId=ben_id)

    assert create(anna, "three", 1).outcome == FULL
    assert anna.post("accounts/update", username="one@yourdomain.com", quota=61).outcome == TOO_LARGE
    assert atmail.post("users/view", userId=carl_id).results["createdByUserId"] == anna_id
    creators = [row["createdByUserId"] for row in atmail.get("accounts/list").results.values()]
    assert creators == [anna_id, str(carl_id)]


@pytest.mark.parametrize("quota", [0, 51])
def test_limited_admin_cannot_enlarge_an_account_of_another(atmail, anna, quota):
    atmail.new_account("theirs@yourdomain.com", quota=50)

    response = anna.post("accounts/update", username="theirs@yourdomain.com", quota=quota)

    assert response.outcome == TOO_LARGE
    assert atmail.post("accounts/view", username="theirs@yourdomain.com").results["quota"] == "50"


def test_limited_admin_can_shrink_an_account_of_another(atmail, anna):
    atmail.new_account("theirs@yourdomain.com", quota=0)

    for quota in (0, 50, 50, 49):
        response = anna.post("accounts/update", username="theirs@yourdomain.com", quota=quota)
        assert response.status == "success"

    assert atmail.post("accounts/view", username="theirs@yourdomain.com").results["quota"] == "49"


def test_account_of_a_limited_admin_cannot_become_unlimited(anna, ben):
    create(ben, "one", 10)

    for admin in (anna, ben):
        assert admin.post("accounts/update", username="one@yourdomain.com", quota=0).outcome == TOO_LARGE


def test_unlimited_admin_enlarges_any_account(atmail, ben):
    create(ben, "one", 10)

    assert atmail.post("accounts/update", username="one@yourdomain.com", quota=5000).status == "success"
    assert ben.post("accounts/update", username="one@yourdomain.com", quota=4000).status == "success"
    assert ben.post("accounts/update", username="one@yourdomain.com", quota=4001).outcome == TOO_LARGE


def test_circle_of_creators_is_counted_once(mockmail, atmail):
    row = {"password": "x", "numUsers": 1, "quota": 100, "domainIds": [1], "permissionIds": RIGHTS}
    mockmail.atmail.seed(
        users=[
            {"userId": 50, "username": "x", "createdByUserId": 51, **row},
            {"userId": 51, "username": "y", "createdByUserId": 50, **row},
        ]
    )

    assert create(atmail.as_("x", "x"), "one").status == "success"
    assert create(atmail.as_("y", "x"), "two").outcome == FULL


def ids(atmail, *names):
    """Return the ids of admins by name."""
    found = {row["username"]: row["userId"] for row in atmail.get("users/list").results.values()}
    return [found[name] for name in names]
