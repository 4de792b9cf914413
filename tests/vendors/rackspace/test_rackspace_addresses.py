"""Further addresses of a mailbox (Rackspace API documentation, "Add Email Address", "Delete Email Address")."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client


def addresses(api: Client, path: str) -> list[tuple[str, bool]]:
    return [(row["address"], row["replyTo"]) for row in api.get(path).json["emailAddressList"]]


def test_added_address_is_listed_after_the_primary_one_until_deleted(api: Client, alex: str):
    api.ok("POST", f"{alex}/emailaddresses/alex@example.com")
    api.ok("POST", f"{alex}/emailaddresses/A.Smith@apidomain92.com")
    assert addresses(api, alex) == [
        ("alex.smith@example.com", True),
        ("alex@example.com", False),
        ("A.Smith@apidomain92.com", False),
    ]
    api.ok("DELETE", f"{alex}/emailaddresses/ALEX@example.com")
    assert addresses(api, alex) == [("alex.smith@example.com", True), ("A.Smith@apidomain92.com", False)]


@pytest.mark.parametrize(
    "taken", ["apiexmailbox6@example.com", "ALEX.smith@example.com", "apiexmailbox90@apidomain92.com"]
)
def test_address_in_use_cannot_be_added(api: Client, alex: str, taken: str):
    fault = api.post(f"{alex}/emailaddresses/{taken}").fault
    assert fault == (400, "badRequestFault", f"The email address {taken} is already in use")


@pytest.mark.parametrize(
    "address", ["alex", "@example.com", "a%20b@example.com", "alex@", "a@b@example.com", "a..b@example.com"]
)
def test_malformed_address_is_refused(api: Client, alex: str, address: str):
    assert api.post(f"{alex}/emailaddresses/{address}").fault == (400, "badRequestFault", "Invalid email address")


@pytest.mark.parametrize("domain", ["elsewhere.com", "enterpriseallservices.net"])
def test_address_in_another_customers_domain_is_refused(api: Client, alex: str, domain: str):
    assert api.post(f"{alex}/emailaddresses/alex@{domain}").fault == (404, "itemNotFoundFault", "Domain Not Found")


def test_deleting_an_address_that_the_mailbox_does_not_have_is_404(api: Client, alex: str):
    fault = (404, "itemNotFoundFault", "Email Address Not Found")
    assert api.delete(f"{alex}/emailaddresses/nobody@example.com").fault == fault
    api.ok("POST", f"{COMPANY}/ex/mailboxes/apiexmailbox6/emailaddresses/six@example.com")
    assert api.delete(f"{alex}/emailaddresses/six@example.com").fault == fault


def test_primary_address_cannot_be_deleted(api: Client, alex: str):
    status, name, _ = api.delete(f"{alex}/emailaddresses/alex.smith@example.com").fault
    assert (status, name) == (400, "badRequestFault")
    assert addresses(api, alex) == [("alex.smith@example.com", True)]


def test_address_of_a_missing_mailbox_is_404(api: Client, mockmail: Any):
    nobody = f"{COMPANY}/ex/mailboxes/nobody/emailaddresses/n@example.com"
    assert api.post(nobody).fault == (404, "itemNotFoundFault", "Mailbox Not Found")
    assert api.delete(nobody).fault == (404, "itemNotFoundFault", "Mailbox Not Found")
    assert "email_addresses" not in mockmail.rackspace.state()
