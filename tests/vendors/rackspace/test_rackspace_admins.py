"""Administrators, as the vendor's own .NET client sends and reads them (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client

JANE = "/admins/jane.doe"
FORM = {
    "type": "super",
    "password": "Password!1",
    "firstName": "Jane",
    "lastName": "Doe",
    "email": "jane.doe@example.com",
    "securityQuestion": "what is delicious",
    "securityAnswer": "candy",
    "passwordExpiration": "90",
    "allowSimultaneousLogins": "True",
    "restrictedIps": "192.0.2.2,192.0.2.3",
}


def test_admin_is_added_changed_and_deleted(api: Client):
    api.ok("POST", JANE, FORM)
    assert api.get("/customers/me/admins/JANE.doe").json == {
        "adminId": "jane.doe",
        "firstName": "Jane",
        "lastName": "Doe",
        "type": "super",
        "email": "jane.doe@example.com",
        "enabled": True,
        "locked": False,
        "allowSimultaneousLogins": True,
        "passwordExpiration": 90,
        "restrictedIps": ["192.0.2.2", "192.0.2.3"],
    }

    api.ok("PUT", JANE, {"firstName": "New Name", "type": "LIMITED", "enabled": "false", "restrictedIps": ""})

    shown = api.get(JANE).json
    assert [shown[name] for name in ("firstName", "type", "enabled", "restrictedIps")] == [
        "New Name",
        "limited",
        False,
        [],
    ]
    assert api.get("/admins?enabled=true").json["admins"] == []
    api.ok("DELETE", JANE)
    assert api.get(JANE).fault == (404, "itemNotFoundFault", "Admin Not Found")


@pytest.mark.parametrize(
    "field", ["type", "password", "firstName", "lastName", "email", "securityQuestion", "securityAnswer"]
)
def test_admin_without_a_required_field_is_refused(api: Client, field: str):
    fault = api.post(JANE, {name: value for name, value in FORM.items() if name != field}).fault

    assert fault == (400, "badRequestFault", f"Missing required field: {field}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "root"}, "Invalid value for field: type"),
        ({"password": "short"}, "Password must be at least 8 characters long"),
        ({"email": "jane"}, "Invalid value for field: email"),
        ({"passwordExpiration": "-1"}, "Invalid value for field: passwordExpiration"),
        ({"passwordExpiration": "2147483648"}, "Invalid value for field: passwordExpiration"),
    ],
)
def test_wrong_admin_is_refused(api: Client, change: dict[str, str], message: str):
    assert api.post(JANE, {**FORM, **change}).fault == (400, "badRequestFault", message)


def test_admin_is_added_once_and_with_an_id_that_a_mailbox_may_have(api: Client):
    api.ok("POST", JANE, FORM)

    assert api.post("/admins/Jane.Doe", FORM).fault == (
        400,
        "badRequestFault",
        "The admin ID Jane.Doe is already in use",
    )
    assert api.post("/admins/a%20b", FORM).fault == (400, "badRequestFault", "Invalid admin ID")


def test_customer_sees_its_own_admins_only(api: Client, mockmail: Any):
    mockmail.rackspace.seed(
        admins=[{"accountNumber": "100012", "adminId": "theirs"}, {"accountNumber": "12345678", "adminId": "ours"}]
    )

    assert [row["adminId"] for row in api.get("/admins").json["admins"]] == ["ours"]
    assert [row["adminId"] for row in api.get("/customers/100012/admins").json["admins"]] == ["theirs"]
    assert api.get("/admins/theirs").status == 404
