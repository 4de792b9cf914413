"""Admin users: the nested set, grants to other admins, and visible admins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


def edges(admin) -> dict[str, tuple[int, int]]:
    """Return the edges of the admins below one, by name."""
    rows = admin.get("users/list").results
    return {row["username"]: (int(row["leftEdge"]), int(row["rightEdge"])) for row in rows.values()} if rows else {}


def own_edges(admin, user_id: int = 1) -> tuple[int, int]:
    row = admin.post("users/view", userId=user_id).results
    return int(row["leftEdge"]), int(row["rightEdge"])


def test_new_admin_is_last_below_its_creator(atmail):
    anna, _ = atmail.new_admin("anna", permissionIds=[12, 15])
    atmail.new_admin("ben")
    anna.new_admin("carl")

    assert edges(atmail) == {"anna": (1, 4), "carl": (2, 3), "ben": (5, 6)}
    assert own_edges(atmail) == (0, 7)
    assert edges(anna) == {"carl": (2, 3)}


def test_tree_of_104_admins_has_the_pages_right_edge_of_207(atmail):
    for number in range(103):
        atmail.new_admin(f"admin{number}")

    assert own_edges(atmail) == (0, 207)


def test_admins_below_a_deleted_one_move_up(atmail):
    anna, anna_id = atmail.new_admin("anna", permissionIds=[12, 15])
    anna.new_admin("carl")
    atmail.new_admin("ben")

    response = atmail.post("users/delete", userId=anna_id)

    assert response.results == "1"
    assert edges(atmail) == {"carl": (1, 2), "ben": (3, 4)}
    assert own_edges(atmail) == (0, 5)
    assert anna.get("users/authenticate").http == 401


def test_new_admin_has_the_given_fields(mockmail, atmail):
    mockmail.clock.freeze(datetime(2017, 1, 1, tzinfo=UTC))

    atmail.post(
        "users/create",
        username="subadmin",
        password="changeme",
        fullname="fullname",
        company="company",
        emailAddress="email@yourdomain.com",
        numUsers=500,
        quota=1024,
        domainIds=1,
        roleId=2,
    )

    row = atmail.post("users/view", userId=2).results
    assert row == {
        "userId": "2",
        "leftEdge": "1",
        "rightEdge": "2",
        "createdByUserId": "1",
        "username": "subadmin",
        "password": "CHANGEME",
        "numUsers": "500",
        "company": "company",
        "fullname": "fullname",
        "emailAddress": "email@yourdomain.com",
        "dateCreate": "2017-01-01 00:00:00",
        "lastLogin": "",
        "modified": "",
        "ipAddress": "",
        "quota": "1024",
        "language": "en",
        "cssColorTheme": "darkblue",
        "welcomeDisplayed": "0",
        "Domains": {"key_0": "yourdomain.com"},
    }


def test_new_admin_without_given_limits_is_unlimited(atmail):
    atmail.post("users/create", username="user1", password="changeme")

    row = atmail.post("users/view", userId=2).results
    assert (row["numUsers"], row["quota"], row["Domains"]) == ("16777215", "0", "")


def test_admin_update_changes_only_the_given_fields(mockmail, atmail):
    atmail.post("users/create", username="user1", password="old", fullname="Anna", company="Old", domainIds=1)
    mockmail.clock.freeze(datetime(2018, 2, 3, 4, 5, 6, tzinfo=UTC))

    response = atmail.post("users/update", userId=2, password="new", company="", numUsers=7, quota=70)

    row = atmail.post("users/view", userId=2).results
    assert response.results == "2"
    assert (row["fullname"], row["company"], row["numUsers"], row["quota"]) == ("Anna", "", "7", "70")
    assert (row["modified"], row["Domains"]) == ("2018-02-03 04:05:06", {"key_0": "yourdomain.com"})
    assert atmail.as_("user1", "old").get("users/authenticate").http == 401
    assert atmail.as_("user1", "new").get("users/authenticate").http == 200


def test_empty_password_in_an_update_keeps_the_old_one(atmail):
    _, number = atmail.new_admin("user1")

    atmail.post("users/update", userId=number, password="")

    assert atmail.as_("user1", "secret").get("users/authenticate").http == 200


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("users/view", (200, "failed", "No matches found")),
        ("users/userpermissionrole", (200, "failed", "No matches found")),
        ("users/update", (200, "failed", "User does not exist")),
        ("users/delete", (200, "failed", "No users selected.")),
    ],
)
def test_admin_elsewhere_in_the_tree_is_not_found(atmail, action, outcome):
    anna, _ = atmail.new_admin("anna", permissionIds=[12, 13, 14, 15])
    _, ben_id = atmail.new_admin("ben")

    assert anna.post(action, userId=ben_id).outcome == outcome
    assert anna.post(action, userId=1).outcome == outcome
    assert atmail.post("users/view", userId=ben_id).status == "success"


def test_admin_cannot_delete_itself(atmail):
    anna, anna_id = atmail.new_admin("anna", roleId=1)

    assert atmail.post("users/delete", userId=1).message == "No users selected."
    assert anna.post("users/delete", userId=anna_id).message == "No users selected."
    assert anna.post("users/delete", userId=1).message == "No users selected."


def test_admin_can_view_and_change_itself(atmail):
    anna, anna_id = atmail.new_admin("anna", permissionIds=[13, 15])

    assert anna.post("users/view", userId=anna_id).results["username"] == "anna"
    assert anna.post("users/update", userId=anna_id, fullname="Anna").results == str(anna_id)


def test_existing_username_is_refused_in_any_case(atmail):
    atmail.new_admin("Anna")

    assert atmail.post("users/create", username="ANNA", password="x").outcome == (
        200,
        "failed",
        "ANNA is already existing.",
    )
    assert atmail.as_("anna", "secret").get("users/authenticate").http == 200


@pytest.mark.parametrize("name", ["", " ", "with:colon", "line\nbreak", "\x00", "broken\ufffd\x07"])
def test_username_that_basic_cannot_send_is_refused(atmail, name):
    assert atmail.post("users/create", username=name, password="x").outcome == (
        200,
        "failed",
        "The username is not valid",
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"password": ""}, "The password is empty"),
        ({"roleId": 9}, "Role does not exist"),
        ({"permissionIds": [2, 99]}, "Permission does not exist"),
        ({"domainIds": "1,7"}, "Domain does not exist"),
        ({"numUsers": -1}, "numUsers is out of range"),
        ({"quota": 2**31}, "quota is out of range"),
        ({"quota": "1.5"}, "quota is not an integer"),
        ({"fullname": "x" * 256}, "fullname is too long"),
        ({"username": "x" * 1_000_000}, "username is too long"),
    ],
)
def test_invalid_admin_is_refused_and_not_created(atmail, parameters, message):
    response = atmail.post("users/create", **({"username": "user1", "password": "x"} | parameters))

    assert response.outcome == (200, "failed", message)
    assert edges(atmail) == {}
    assert own_edges(atmail) == (0, 1)


@pytest.mark.parametrize("value", ["1,2", [1, 2]])
def test_array_is_a_comma_list_or_has_phps_form(atmail, value):
    atmail.new_domain("other.com")

    atmail.new_admin("anna", domainIds=value)

    assert atmail.post("users/view", userId=2).results["Domains"] == {"key_0": "yourdomain.com", "key_1": "other.com"}


def test_array_with_numbered_elements_keeps_their_order(atmail):
    atmail.new_domain("other.com")

    atmail.post("users/create", username="anna", password="x", **{"domainIds[0]": 2, "domainIds[1]": 1})

    assert atmail.post("users/view", userId=2).results["Domains"] == {"key_0": "other.com", "key_1": "yourdomain.com"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"roleId": 1}, "Permission denied: rights that you do not have"),
        ({"permissionIds": [2]}, "Permission denied: rights that you do not have"),
        ({"domainIds": 2}, "No permission at that domain"),
        ({"numUsers": 11}, "Permission denied: more accounts than you may have"),
        ({"numUsers": 16777215}, "Permission denied: more accounts than you may have"),
        ({"quota": 0}, "Permission denied: more disk quota than you have"),
    ],
)
def test_admin_cannot_give_what_it_does_not_have(atmail, parameters, message):
    atmail.new_domain("other.com")
    anna, anna_id = atmail.new_admin("anna", permissionIds=[12, 13], domainIds=1, numUsers=10, quota=100)

    assert anna.post("users/create", username="ben", password="x", **parameters).outcome == (403, "failed", message)
    assert anna.post("users/update", userId=anna_id, **parameters).outcome == (403, "failed", message)


def test_new_admin_of_a_limited_one_has_its_limits(atmail):
    anna, _ = atmail.new_admin("anna", permissionIds=[12, 15], numUsers=10, quota=100)

    _, ben_id = anna.new_admin("ben")

    row = anna.post("users/view", userId=ben_id).results
    assert (row["numUsers"], row["quota"]) == ("10", "100")


def test_new_id_skips_deleted_and_seeded_ones(mockmail, atmail):
    mockmail.atmail.seed(users=[{"userId": 3, "username": "seeded", "password": "x", "createdByUserId": 1}])
    _, first = atmail.new_admin("anna")
    atmail.post("users/delete", userId=first)

    _, second = atmail.new_admin("ben")

    assert (first, second) == (2, 4)
