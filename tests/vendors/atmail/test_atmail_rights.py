"""Credentials, roles, permissions and domains decide what an admin may do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

API = "/admin/index.php/api"
RIGHTS = {
    "users/create": "admin.add",
    "users/update": "admin.edit",
    "users/list": "admin.view",
    "users/view": "admin.view",
    "users/userpermissionrole": "admin.view",
    "users/delete": "admin.delete",
    "accounts/create": "account.add",
    "accounts/update": "account.edit",
    "accounts/view": "account.view",
    "accounts/delete": "account.delete",
    "accounts/list": "account.view",
    "aliases/create": "alias.add",
    "aliases/list": "alias.view",
    "aliases/delete": "alias.delete",
    "domain/create": "domain.add",
    "domain/check": "domain.view",
    "domain/delete": "domain.delete",
}
REQUIRED = {
    "username": "account1@yourdomain.com",
    "password": "x",
    "userId": 1,
    "domainName": "yourdomain.com",
    "AliasName": "a@yourdomain.com",
    "AliasTo": "b@yourdomain.com",
    "AliasType": "Local",
}


def permission_ids(admin) -> dict[str, int]:
    rows = admin.get("users/permissionlist").results.values()
    return {row["permissionName"]: int(row["permissionId"]) for row in rows}


@pytest.mark.parametrize("action", RIGHTS)
def test_action_without_its_right_is_forbidden(atmail, action):
    nobody, _ = atmail.new_admin("nobody", domainIds=1)
    entitled, _ = atmail.new_admin("entitled", domainIds=1, permissionIds=permission_ids(atmail)[RIGHTS[action]])

    assert nobody.post(action, **REQUIRED).outcome == (403, "failed", f"Permission denied: {RIGHTS[action]}")
    assert entitled.post(action, **REQUIRED).http != 403


@pytest.mark.parametrize("action", ["users/authenticate", "users/permissionlist", "users/rolelist"])
def test_action_without_a_right_is_open_to_every_admin(atmail, action):
    nobody, _ = atmail.new_admin("nobody")

    assert nobody.get(action).status == "success"


def test_role_gives_its_permissions_unless_disabled(mockmail, atmail):
    mockmail.atmail.seed(
        roles=[
            {"roleId": 3, "roleName": "adder", "permissionIds": [2], "roleHierarchy": "|1|2|"},
            {"roleId": 4, "roleName": "retired", "permissionIds": [2], "roleHierarchy": "|1|", "roleEnabled": 0},
        ]
    )
    adder, _ = atmail.new_admin("adder", roleId=3, domainIds=1)
    retired, _ = atmail.new_admin("retired", roleId=4, domainIds=1)

    assert adder.post("accounts/create", username="a@yourdomain.com").status == "success"
    assert retired.post("accounts/create", username="b@yourdomain.com").http == 403


def test_role_list_nests_roles_and_marks_the_callers(mockmail, atmail):
    mockmail.atmail.seed(roles=[{"roleId": 3, "roleName": "adder", "permissionIds": [2], "roleHierarchy": "|1|2|"}])
    adder, _ = atmail.new_admin("adder", roleId=3)

    roles = adder.get("users/rolelist").results

    assert list(roles) == ["key_1"]
    assert roles["key_1"]["myRole"] == "0"
    assert roles["key_1"]["children"]["key_2"]["children"]["key_3"] == {
        "roleId": "3",
        "roleName": "adder",
        "roleDescription": "",
        "roleHierarchy": "|1|2|",
        "roleEnabled": "1",
        "createdByUserId": "",
        "myRole": "1",
    }


def test_permissions_of_an_admin_include_its_roles(atmail):
    _, number = atmail.new_admin("anna", roleId=2, permissionIds=[2, 12])
    _, plain = atmail.new_admin("ben")

    response = atmail.post("users/userpermissionrole", userId=number)

    names = [
        "account.add",
        "account.edit",
        "account.delete",
        "account.view",
        "alias.add",
        "alias.delete",
        "alias.view",
        "domain.view",
        "admin.add",
    ]
    assert response.results == {
        "permission": {f"key_{place}": name for place, name in enumerate(names)},
        "role": {"key_2": "subadmin"},
    }
    assert atmail.post("users/userpermissionrole", userId=plain).results == {"permission": "", "role": ""}


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("accounts/create", {"username": "new@other.com"}),
        ("accounts/update", {"username": "old@other.com", "firstName": "x"}),
        ("accounts/view", {"username": "old@other.com"}),
        ("accounts/view", {"accountId": 10}),
        ("accounts/delete", {"username": "old@other.com"}),
        ("accounts/list", {"domainId": 2}),
        ("aliases/create", {"AliasName": "x@other.com", "AliasTo": "y@yourdomain.com", "AliasType": "Local"}),
        ("aliases/create", {"AliasName": "other.com", "AliasTo": "yourdomain.com", "AliasType": "Domain"}),
        ("aliases/create", {"AliasName": "nowhere.com", "AliasTo": "yourdomain.com", "AliasType": "Domain"}),
        ("aliases/delete", {"AliasName": "alias@other.com"}),
        ("domain/delete", {"domainName": "other.com"}),
    ],
)
def test_action_outside_the_admins_domains_is_forbidden(atmail, action, parameters):
    atmail.new_domain("other.com")
    atmail.new_account("old@other.com")
    atmail.new_alias("alias@other.com", "old@other.com")
    anna, _ = atmail.new_admin("anna", domainIds=1, permissionIds=list(range(2, 16)))

    assert anna.post(action, **parameters).outcome == (403, "failed", "No permission at that domain")
    assert atmail.post("accounts/view", username="old@other.com").results["firstName"] == ""
    assert atmail.get("aliases/list").results["key_0"]["AliasName"] == "alias@other.com"


def test_lists_show_only_the_admins_domains(atmail):
    atmail.new_domain("other.com")
    atmail.new_account("theirs@other.com")
    atmail.new_account("ours@yourdomain.com")
    atmail.new_alias("theirs@other.com", "x@example.com")
    atmail.new_alias("ours@yourdomain.com", "x@example.com")
    anna, _ = atmail.new_admin("anna", domainIds=1, roleId=2)

    assert [row["username"] for row in anna.get("accounts/list").results.values()] == ["ours@yourdomain.com"]
    assert [row["AliasName"] for row in anna.get("aliases/list").results.values()] == ["ours@yourdomain.com"]


def test_created_domain_is_the_admins_to_edit(atmail):
    anna, anna_id = atmail.new_admin("anna", permissionIds=[2, 9])

    anna.new_domain("annas.com")

    assert anna.post("accounts/create", username="a@annas.com").status == "success"
    assert atmail.post("users/view", userId=anna_id).results["Domains"] == {"key_0": "annas.com"}


def test_admin_with_access_to_everything_has_every_domain(atmail):
    deputy, number = atmail.new_admin("deputy", permissionIds=1, domainIds=1)
    atmail.new_domain("other.com")

    assert deputy.post("accounts/create", username="a@other.com").status == "success"
    row = atmail.post("users/view", userId=number).results
    assert row["Domains"] == {"key_0": "yourdomain.com", "key_1": "other.com"}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic YWRtaW4=",
        "Bearer YWRtaW46Y2hhbmdlbWU=",
        "Basic YWRtaW46d3Jvbmc=",
        "Basic bm9ib2R5OmNoYW5nZW1l",
        "Basic /////////w==",
    ],
)
@pytest.mark.parametrize(
    ("action", "element"),
    [("users/authenticate", "authenticate"), ("accounts/create", "accountcreate"), ("domain/check", "domaincheck")],
)
def test_wrong_credentials_get_a_challenge(atmail, action, element, authorization):
    response = atmail.send("GET", f"{API}/{action}/", headers={"Authorization": authorization})

    assert response.http == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="atmail"'
    assert response.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<api generator="zend" version="1.0">'
        f"<{element}><status>failed</status><response><message>Authentication failed</message>"
        f"<results></results></response></{element}></api>\n"
    )


def test_password_with_colons_and_umlauts_is_accepted(atmail):
    atmail.post("users/create", username="ännä", password="pä:ss:wörd")

    assert atmail.as_("ännä", "pä:ss:wörd").get("users/authenticate").status == "success"


def test_request_is_the_admins_last_login(mockmail, atmail):
    anna, anna_id = atmail.new_admin("anna")
    mockmail.clock.freeze(datetime(2017, 7, 19, 2, 53, 5, tzinfo=UTC))

    anna.get("users/rolelist")

    row = atmail.post("users/view", userId=anna_id).results
    assert (row["lastLogin"], row["ipAddress"]) == ("1500432785", "127.0.0.1")


def test_journal_shows_the_username_and_no_password(mockmail, atmail):
    anna, _ = atmail.new_admin("anna")

    anna.get("users/authenticate")

    assert mockmail.requests[-1].caller == "anna"
    assert "secret" not in str(mockmail.requests[-1])


def test_refused_request_is_no_login(mockmail, atmail):
    _, anna_id = atmail.new_admin("anna")

    atmail.as_("anna", "wrong").get("users/authenticate")

    assert atmail.post("users/view", userId=anna_id).results["lastLogin"] == ""


def test_accounts_of_several_domains_are_listed_by_id(atmail):
    other = atmail.new_domain("other.example")
    for address in ("a@yourdomain.com", "b@other.example", "c@yourdomain.com", "d@other.example"):
        atmail.new_account(address)
    limited, _ = atmail.new_admin("limited", domainIds=f"{other},1", permissionIds=5)
    listed = limited.post("accounts/list", start=1, volume=3).results
    assert [row["username"] for row in listed.values()] == ["a@yourdomain.com", "b@other.example", "c@yourdomain.com"]
