"""Permissions (Rackspace API documentation, "Mailbox Permissions")."""

from __future__ import annotations

import pytest

from tests.vendors.rackspace.signed_client import Client

MAILBOXES = "/customers/100012/domains/enterpriseallservices.net/ex/mailboxes"
JANE = f"{MAILBOXES}/jane.doe/permissions"


def held(api: Client) -> dict[str, str]:
    rows = api.get(JANE).json["permissions"]
    return {row["emailAddress"].partition("@")[0]: row["permissionType"] for row in rows}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("SendAs", "sendAs"), ("fullaccess", "fullAccess"), ("BOTH", "both"), ("fullAccess", "fullAccess")],
)
def test_permission_type_is_case_insensitive(api: Client, sent: str, shown: str):
    api.ok("POST", f"{JANE}/john.doe", {"permission": sent})
    assert held(api) == {"joe.schmoe": "fullAccess", "john.doe": shown}


def test_permission_is_edited_and_deleted(api: Client):
    api.ok("PUT", f"{JANE}/joe.schmoe", {"Permission": "both"})
    assert held(api) == {"joe.schmoe": "both"}
    api.ok("DELETE", f"{JANE}/JOE.schmoe")
    assert held(api) == {}


def test_total_counts_all_permissions_on_a_page_of_one(api: Client):
    api.ok("POST", f"{JANE}/john.doe", {"permission": "both"})
    page = api.get(f"{JANE}?size=1&offset=1").json
    assert (page["total"], page["size"], page["offset"]) == (2, 1, 1)
    assert [row["emailAddress"] for row in page["permissions"]] == ["john.doe@enterpriseallservices.net"]


@pytest.mark.mockmail(options={"rackspace": {"permission_total_is_zero": True}})
def test_total_is_zero_with_the_option(api: Client):
    sample = (
        b'{"offset":0,"size":50,"total":0,"permissions":'
        b'[{"emailAddress":"joe.schmoe@enterpriseallservices.net","permissionType":"fullAccess"}]}'
    )
    assert api.get(JANE).body == sample


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_missing_or_unknown_permission_type_is_refused(api: Client, method: str):
    user = "john.doe" if method == "POST" else "joe.schmoe"
    for form, message in (
        ({}, "Missing required field: permission"),
        ({"permission": ""}, "Missing required field: permission"),
        ({"permission": "owner"}, "Invalid permission type"),
    ):
        assert api.call(method, f"{JANE}/{user}", form, {}).fault == (400, "badRequestFault", message)
    assert held(api) == {"joe.schmoe": "fullAccess"}


def test_second_permission_of_a_user_is_refused(api: Client):
    status, name, _ = api.post(f"{JANE}/joe.schmoe", {"permission": "both"}).fault
    assert (status, name) == (400, "badRequestFault")
    assert held(api) == {"joe.schmoe": "fullAccess"}


def test_missing_permission_is_404(api: Client):
    fault = (404, "itemNotFoundFault", "Permission Not Found")
    assert api.put(f"{JANE}/john.doe", {"permission": "both"}).fault == fault
    assert api.delete(f"{JANE}/john.doe").fault == fault


def test_permission_between_missing_mailboxes_is_404(api: Client):
    fault = (404, "itemNotFoundFault", "Mailbox Not Found")
    assert api.post(f"{JANE}/nobody", {"permission": "both"}).fault == fault
    assert api.post(f"{MAILBOXES}/nobody/permissions/jane.doe", {"permission": "both"}).fault == fault
    assert api.get(f"{MAILBOXES}/nobody/permissions").fault == fault


def test_permission_of_a_user_on_its_own_mailbox_is_refused(api: Client):
    message = "User jane.doe@enterpriseallservices.net cannot have a permission on its own mailbox"

    assert api.post(f"{JANE}/JANE.doe", {"permission": "both"}).fault == (400, "badRequestFault", message)
    assert held(api) == {"joe.schmoe": "fullAccess"}
