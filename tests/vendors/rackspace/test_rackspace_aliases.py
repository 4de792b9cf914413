"""Aliases, distribution lists and catch-all addresses, and the mail that goes through them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client, SignedResponse
from tests.vendors.rackspace.test_rackspace_mail import send

SIX, NINETY = "apiexmailbox6@example.com", "apiexmailbox55@example.com"
ALIAS = f"{COMPANY}/rs/aliases/team"
LISTS = f"{COMPANY}/ex/distributionlists"
MUST = "An alias must point to a valid email address."


def members(api: Client) -> list[str]:
    return api.get(ALIAS).json["emailAddressList"]["emailAddress"]


def test_alias_is_added_changed_and_deleted(api: Client):
    api.ok("POST", ALIAS, {"aliasEmails": f"{SIX}, joe@outside.com,"})
    assert members(api) == [SIX, "joe@outside.com"]
    api.ok("POST", f"{ALIAS}/{NINETY}")
    api.ok("POST", f"{ALIAS}/{NINETY.upper()}")
    api.ok("DELETE", f"{ALIAS}/JOE@outside.com")
    assert [member.lower() for member in members(api)] == [SIX, NINETY]
    api.ok("PUT", ALIAS, {"aliasEmails": SIX})
    assert api.get(f"{COMPANY}/rs/aliases?startswith=te").json["aliases"] == [
        {"name": "team", "numberOfMembers": 1, "singleMemberName": SIX}
    ]
    api.ok("DELETE", ALIAS)
    assert api.get(ALIAS).fault == (404, "itemNotFoundFault", "Alias Not Found")


def test_alias_in_xml_has_an_element_for_each_member(api: Client):
    api.ok("POST", ALIAS, {"aliasEmails": f"{SIX},{NINETY}"})

    root = api.get(ALIAS, Accept="text/xml").xml

    assert [element.text for element in root.iter("{urn:xml:aliasInfo}emailAddress")] == [SIX, NINETY]


@pytest.mark.parametrize(
    ("emails", "message"),
    [
        ("", MUST),
        ("not an address", MUST),
        (
            "a@example.com,b@EXAMPLE.com",
            f"{MUST} The following email addresses do not exist: a@example.com, b@EXAMPLE.com",
        ),
        ("a@x.com,b@x.com,c@x.com,d@x.com,e@x.com", "Max number of non-local email recipients reached."),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_wrong_members_of_an_alias_are_refused(api: Client, method: str, emails: str, message: str):
    if method == "PUT":
        api.ok("POST", ALIAS, {"aliasEmails": SIX})

    assert api.call(method, ALIAS, {"aliasEmails": emails}, {}).fault == (400, "validationFault", message)


def test_alias_takes_fifty_members_of_its_domain_and_four_others(api: Client, mockmail: Any):
    boxes = [{"domain": "example.com", "name": f"box{number}"} for number in range(51)]
    mockmail.rackspace.seed(rs_mailboxes=boxes)
    inside = [f"{box['name']}@example.com" for box in boxes]
    outside = [f"{letter}@outside.com" for letter in "abcd"]

    api.ok("POST", ALIAS, {"aliasEmails": ",".join(inside[:50] + outside)})

    assert len(members(api)) == 54
    message = "Max number of local email recipients reached."
    assert api.post(f"{ALIAS}/{inside[50]}").fault == (400, "validationFault", message)


def test_member_that_an_alias_does_not_have_is_not_deleted_nor_the_last_one(api: Client):
    api.ok("POST", ALIAS, {"aliasEmails": SIX})

    message = f"Email address {NINETY} does not exist in alias team."
    assert api.delete(f"{ALIAS}/{NINETY}").fault == (400, "validationFault", message)
    assert api.delete(f"{ALIAS}/{SIX}").fault == (400, "validationFault", MUST)
    assert members(api) == [SIX]


def test_address_of_a_mailbox_alias_or_list_cannot_be_used_by_another(api: Client):
    api.ok("POST", ALIAS, {"aliasEmails": SIX})
    assert send_json(api, "POST", LISTS, {"CommonName": "all", "DisplayName": "All"}).status == 204
    mailbox = {"displayName": "X", "password": "Secret123", "size": "1"}

    def taken(name: str) -> tuple[int, str, str]:
        return 400, "badRequestFault", f"The email address {name}@example.com is already in use"

    for name in ("team", "all"):
        assert api.post(f"{COMPANY}/ex/mailboxes/{name}", mailbox).fault == taken(name)
        assert api.post(f"{COMPANY}/rs/mailboxes/{name}", mailbox).fault == taken(name)
        assert api.post(f"{COMPANY}/rs/aliases/{name}", {"aliasEmails": SIX}).fault == taken(name)
        assert send_json(api, "POST", LISTS, {"CommonName": name, "DisplayName": "X"}).fault == taken(name)
    assert api.post(f"{COMPANY}/rs/aliases/apiexmailbox6", {"aliasEmails": SIX}).fault == taken("apiexmailbox6")


def test_mail_to_an_alias_goes_to_its_members(api: Client, mockmail: Any):
    api.ok("POST", ALIAS, {"aliasEmails": f"{SIX},joe@outside.com"})

    assert send(mockmail, "TEAM@example.com") == [("example.com/apiexmailbox6", SIX), (None, "joe@outside.com")]


def send_json(api: Client, method: str, path: str, value: object) -> SignedResponse:
    return api.send(method, path, json.dumps(value).encode(), {"Content-Type": "application/json"})


def recipients(action: str, *values: str) -> dict[str, object]:
    return {"Recipients": [{"Action": action, "Value": value} for value in values]}


def test_distribution_list_is_added_changed_and_deleted(api: Client, mockmail: Any):
    body = {"CommonName": "all", "DisplayName": "All", "Members": recipients("Add", "apiexmailbox6", "joe@outside.com")}
    assert send_json(api, "POST", LISTS, body).status == 204
    assert api.get(f"{LISTS}/ALL/members").json == {"Recipients": [SIX, "joe@outside.com"]}
    assert send(mockmail, "all@example.com") == [("example.com/apiexmailbox6", SIX), (None, "joe@outside.com")]

    change = {
        "displayname": "Everyone",
        "Members": recipients("remove", SIX),
        "AcceptMessagesOnlyFrom": recipients("Add", NINETY),
    }
    assert send_json(api, "PUT", f"{LISTS}/all", change).status == 204

    assert api.get(f"{LISTS}/all/members").json == {"Recipients": ["joe@outside.com"]}
    assert api.get(f"{LISTS}/all/senders").json == {"Recipients": [NINETY]}
    shown = api.get(f"{LISTS}/all").json
    assert (shown["DisplayName"], shown["MemberCount"], shown["PrimarySmtpAddress"]) == (
        "Everyone",
        1,
        "all@example.com",
    )
    assert api.delete(f"{LISTS}/all").status == 204
    assert api.get(f"{LISTS}/all").fault == (404, "itemNotFoundFault", "Distribution List not found")


def test_distribution_lists_have_pages_by_marker(api: Client, mockmail: Any):
    mockmail.rackspace.seed(
        distribution_lists=[
            {"domain": "example.com", "CommonName": name, "DisplayName": f"List {9 - number}"}
            for number, name in enumerate("abcde")
        ]
    )

    def names(query: str) -> list[str]:
        return [row["CommonName"] for row in api.get(f"{LISTS}?{query}").json["DistributionLists"]]

    assert names("limit=2") == ["a", "b"]
    assert names("limit=2&marker=B") == ["c", "d"]
    assert names("limit=2&marker=d&previouspage=True") == ["b", "c"]
    assert names("limit=2&previouspage=True") == ["d", "e"]
    assert names("search=LIST%207") == ["c"] == names("search=c")
    assert names("sort=DisplayName") == ["e", "d", "c", "b", "a"] == names("order=desc")
    for limit, status in ((100, 200), (101, 400)):
        assert api.get(f"{LISTS}?limit={limit}").status == status


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ({}, "badRequestFault", "Missing required field: CommonName"),
        ({"CommonName": "x"}, "badRequestFault", "Missing required field: DisplayName"),
        ({"CommonName": "x y", "DisplayName": "X"}, "validationFault", "Invalid common name"),
        ({"CommonName": 5, "DisplayName": "X"}, "badRequestFault", "Invalid value for field: CommonName"),
        ({"CommonName": "x", "DisplayName": "X", "Members": []}, "badRequestFault", "Invalid value for field: Members"),
        ([], "badRequestFault", "Invalid JSON: expected an object"),
        (
            {"CommonName": "x", "DisplayName": "X", "Members": recipients("Add", "nobody")},
            "validationFault",
            "Recipient not found: nobody@example.com",
        ),
        (
            {"CommonName": "x", "DisplayName": "X", "Members": recipients("Take", "nobody")},
            "validationFault",
            "Invalid value for field: Action",
        ),
    ],
)
def test_wrong_distribution_list_is_refused(api: Client, body: object, name: str, message: str):
    assert send_json(api, "POST", LISTS, body).fault == (400, name, message)
    assert api.get(LISTS).json == {"DistributionLists": []}


def test_distribution_list_is_not_read_from_a_form(api: Client):
    message = "The request body must be submitted in Content-Type: application/json"

    assert api.post(LISTS, {"CommonName": "x", "DisplayName": "X"}).fault == (400, "badRequestFault", message)


def test_distribution_list_takes_a_thousand_members(api: Client, mockmail: Any):
    many = [f"m{number}@outside.com" for number in range(1000)]
    mockmail.rackspace.seed(
        distribution_lists=[{"domain": "example.com", "CommonName": "all", "DisplayName": "All", "Members": many[1:]}]
    )

    assert send_json(api, "PUT", f"{LISTS}/all", {"Members": recipients("Add", many[0])}).status == 204
    reply = send_json(api, "PUT", f"{LISTS}/all", {"Members": recipients("Add", "more@outside.com")})

    assert reply.fault == (400, "validationFault", "A distribution list has at most 1000 recipients")


def test_catch_all_address_receives_mail_for_unknown_addresses(api: Client, mockmail: Any):
    path = f"{COMPANY}/catchalladdress"
    assert api.get(path).json == {"address": ""}
    api.ok("PUT", path, {"address": SIX})

    assert send(mockmail, "nobody@example.com") == [("example.com/apiexmailbox6", SIX)]
    assert send(mockmail, NINETY) == [("example.com/apiexmailbox55", NINETY)]

    api.ok("PUT", path, {"address": ""})
    mockmail.inbox.clear()
    assert send(mockmail, "nobody@example.com") == []


@pytest.mark.mockmail(reject_unknown_recipients=True)
def test_domain_with_a_catch_all_address_knows_each_recipient(api: Client, mockmail: Any):
    api.ok("PUT", f"{COMPANY}/catchalladdress", {"address": "joe@outside.com"})

    assert send(mockmail, "nobody@example.com") == [(None, "joe@outside.com")]


@pytest.mark.parametrize(
    ("form", "message"),
    [({}, "Missing required field: address"), ({"address": "joe"}, "Invalid value for field: address")],
)
def test_wrong_catch_all_address_is_refused(api: Client, form: dict[str, str], message: str):
    assert api.put(f"{COMPANY}/catchalladdress", form).fault == (400, "badRequestFault", message)
