"""Customers, their domains, and the keys that reach them (docs/wire/rackspace.md 1.1, 3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

NOT_THERE = (404, "itemNotFoundFault", "Customer Not Found")


@pytest.fixture
def stranger(mockmail: Any) -> Client:
    """Return a client with the key of a customer that is not on the page."""
    mockmail.rackspace.seed(
        customers=[{"accountNumber": "555", "name": "Stranger"}],
        domains=[{"name": "strange.example", "accountNumber": "555"}],
        mailboxes=[{"domain": "strange.example", "name": "me", "displayName": "Me"}],
        api_keys=[{"userKey": "stranger", "secretKey": "secret", "accountNumber": "555"}],
    )
    return Client(mockmail.rackspace.url, "stranger", "secret")


def test_reseller_lists_itself_and_its_customers(api: Client):
    listed = api.get("/customers").json
    assert listed["total"] == 2
    assert [row["accountNumber"] for row in listed["customers"]] == ["100012", "12345678"]
    found = api.get("/customers?startswith=enter&size=1").json
    assert (found["total"], found["customers"][0]["name"]) == (1, "Enterprise All Services")


def test_business_user_cannot_list_customers(stranger: Client):
    status, name, _ = stranger.get("/customers").fault
    assert (status, name) == (403, "unauthorizedFault")


def test_business_user_of_a_reseller_sees_its_own_account_only(mockmail: Any):
    mockmail.rackspace.seed(api_keys=[{"userKey": "clerk", "secretKey": "s", "accountNumber": "12345678"}])
    clerk = Client(mockmail.rackspace.url, "clerk", "s")
    assert clerk.get("/customers/12345678").status == 200
    assert clerk.get("/customers/100012").fault == NOT_THERE
    assert clerk.get("/customers/all/domains").json["total"] == 2


def test_me_is_the_callers_own_account(api: Client, stranger: Client):
    assert api.get("/customers/ME").json["accountNumber"] == "12345678"
    assert stranger.get("/customers/me").json == {"accountNumber": "555", "name": "Stranger", "referenceNumber": ""}


def test_domains_are_listed_by_customer_and_for_all_customers(api: Client, stranger: Client):
    def listed(client: Client, path: str) -> list[str]:
        return [row["name"] for row in client.get(path).json["domains"]]

    assert listed(api, "/domains") == ["apidomain92.com", "example.com"]
    assert listed(api, "/customers/100012/domains/") == ["enterpriseallservices.net"]
    everywhere = ["apidomain92.com", "enterpriseallservices.net", "example.com"]
    assert listed(api, "/customers/all/domains") == everywhere
    assert listed(api, "/domains?contains=AMPLE") == ["example.com"]
    assert listed(api, "/customers/all/domains?startswith=e&size=1&offset=1") == ["example.com"]
    assert listed(stranger, "/customers/all/domains") == ["strange.example"]


def test_domain_shows_its_services_and_storage(api: Client):
    shown = api.get("/domains/example.com").json
    assert shown["accountNumber"] == "12345678"
    assert shown["serviceType"] == "both"
    assert (shown["exchangeBaseMailboxSize"], shown["exchangeUsedStorage"]) == (2048, 3)
    assert shown["aliases"] == []


def test_used_storage_of_a_domain_is_its_number_of_mailboxes(api: Client):
    api.ok("POST", "/domains/example.com/rs/mailboxes/joe", {"password": "Secret123!@#"})
    shown = api.get("/domains/example.com").json
    assert (shown["exchangeUsedStorage"], shown["rsEmailUsedStorage"]) == (3, 1)
    api.ok("DELETE", "/domains/example.com/ex/mailboxes/apiexmailbox6")
    rows = {row["name"]: row for row in api.get("/domains").json["domains"]}
    assert rows["apidomain92.com"]["exchangeUsedStorage"] == 0
    assert rows["example.com"] == {
        "name": "example.com",
        "accountNumber": "12345678",
        "serviceType": "both",
        "exchangeMaxNumMailboxes": 1_000_000,
        "exchangeUsedStorage": 2,
        "rsEmailMaxNumberMailboxes": 1_000_000,
        "rsEmailUsedStorage": 1,
    }


def test_domain_names_select_domains(api: Client):
    def listed(path: str) -> list[str]:
        return [row["name"] for row in api.get(path).json["domains"]]

    names = "domainNames=example.com,%20APIDOMAIN92.com,enterpriseallservices.net,nowhere.com,"
    assert listed(f"/domains?{names}") == ["apidomain92.com", "example.com"]
    everywhere = ["apidomain92.com", "enterpriseallservices.net", "example.com"]
    assert listed(f"/customers/all/domains?{names}") == everywhere
    assert listed(f"/customers/all/domains?{names}&startswith=e&size=1&offset=1") == ["example.com"]
    assert listed("/domains?domainNames=nowhere.com") == []
    assert listed("/domains?domainNames=") == ["apidomain92.com", "example.com"]


def test_more_than_a_hundred_domain_names_are_refused(api: Client):
    most = ",".join(["example.com"] * 100)
    assert api.get(f"/domains?domainNames={most}").json["total"] == 1
    more = api.get(f"/customers/all/domains?domainNames={most},example.com")
    assert more.fault == (400, "badRequestFault", "Invalid value for field: domainNames")


@pytest.mark.parametrize(
    "path",
    [
        "/customers/12345678",
        "/customers/12345678/domains",
        "/customers/12345678/domains/example.com/ex/mailboxes",
        "/customers/12345678/domains/strange.example/ex/mailboxes",
        "/customers/999",
        "/customers/all",
    ],
)
def test_another_customer_is_404(stranger: Client, path: str):
    assert stranger.get(path).fault == NOT_THERE


def test_customer_of_another_reseller_is_404(api: Client, stranger: Client):
    assert stranger.get("/domains/strange.example/ex/mailboxes/me").status == 200
    assert api.get("/customers/555").fault == NOT_THERE
    assert api.get("/domains/strange.example/ex/mailboxes/me").fault == (404, "itemNotFoundFault", "Domain Not Found")


def test_writes_to_another_customer_change_nothing(stranger: Client, api: Client):
    path = "/customers/12345678/domains/example.com/ex/mailboxes/apiexmailbox6"
    form = {"displayName": "Mine", "password": "Secret123!@#", "size": "1"}
    replies = [stranger.put(path, form), stranger.delete(path), stranger.post(f"{path}x", form)]
    replies += [stranger.delete(path.replace("/customers/12345678", ""))]
    assert [reply.status for reply in replies] == [404, 404, 404, 404]
    assert api.get(path).json["displayName"] == "API Test"


def test_domain_below_the_wrong_customer_is_404(api: Client):
    path = "/customers/12345678/domains/enterpriseallservices.net"
    assert api.get(path).fault == (404, "itemNotFoundFault", "Domain Not Found")


def test_seeded_domain_name_is_case_insensitive(api: Client, mockmail: Any):
    mockmail.rackspace.seed(
        domains=[{"name": "My.Example", "accountNumber": "12345678", "exchangeMaxNumMailboxes": 2}],
        mailboxes=[{"domain": "MY.example", "name": "Jane", "displayName": "Jane"}],
    )
    mailboxes = "/domains/my.example/ex/mailboxes"
    form = {"displayName": "Joe", "password": "Secret123!@#", "size": "1"}
    api.ok("POST", f"{mailboxes}/joe", form)
    api.ok("POST", f"{mailboxes}/jane/emailaddresses/j@my.example")
    assert api.post(f"{mailboxes}/third", form).status == 400
    assert [row["name"] for row in api.get(mailboxes).json["mailboxes"]] == ["Jane", "joe"]
    assert api.get("/domains/my.example").json["name"] == "My.Example"
    assert api.get("/domains/my.example").json["exchangeUsedStorage"] == 2


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize(
    ("method", "path", "reason"),
    [
        ("PUT", "/customers/12345678", "customers come from a seed"),
        ("POST", COMPANY, "domains come from a seed"),
        ("GET", f"{COMPANY}/mobilesync", "devices and their licences are not modelled"),
        ("GET", f"{COMPANY}/ex/contacts/john", "contacts of the address list receive no mail"),
        ("GET", "/customers/12345678/sharepoint/settings", "SharePoint has nothing to do with mail"),
    ],
)
def test_request_for_a_resource_that_is_not_served_has_the_reason_in_the_journal(
    api: Client, mockmail: Any, method: str, path: str, reason: str
):
    reply = api.call(method, path, None, {})

    assert reply.status in (404, 405)
    assert any(f"is not emulated: {reason}" in suggestion for suggestion in mockmail.requests[-1].nearest)
