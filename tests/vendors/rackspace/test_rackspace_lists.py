"""Lists: pages, searches and fields (docs/wire/rackspace.md 1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client, SignedResponse

LIST = f"{COMPANY}/ex/mailboxes"


def names(reply: SignedResponse) -> list[str]:
    assert reply.status == 200, reply
    return [row["name"] for row in reply.json["mailboxes"]]


def fill(mockmail: Any, count: int) -> None:
    rows = [{"domain": "big.example", "name": f"user{n:04}", "displayName": f"User {n}"} for n in range(count)]
    mockmail.rackspace.seed(domains=[{"name": "big.example", "accountNumber": "12345678"}], mailboxes=rows)


@pytest.fixture
def people(mockmail: Any) -> str:
    rows = [
        {"name": "7up", "displayName": "Zed", "customID": "x1"},
        {"name": "Bob", "displayName": "Robert Roe", "enabled": False},
        {"name": "anne", "displayName": "Bobbin", "customID": "zz9"},
        {"name": "carl", "displayName": "9 Lives"},
    ]
    mockmail.rackspace.seed(
        domains=[{"name": "people.example", "accountNumber": "12345678"}],
        mailboxes=[{"domain": "people.example", **row} for row in rows],
    )
    return "/domains/people.example/ex/mailboxes"


def test_list_is_sorted_by_name_case_insensitively(api: Client, people: str):
    assert names(api.get(people)) == ["7up", "anne", "Bob", "carl"]


def test_page_has_fifty_rows_by_default(api: Client, mockmail: Any):
    fill(mockmail, 120)
    first = api.get("/domains/big.example/ex/mailboxes")
    assert (first.json["offset"], first.json["size"], first.json["total"]) == (0, 50, 120)
    assert names(first) == [f"user{n:04}" for n in range(50)]


def test_last_page_has_the_requested_size_and_the_whole_total(api: Client, mockmail: Any):
    fill(mockmail, 120)
    last = api.get("/domains/big.example/ex/mailboxes?size=50&offset=100")
    assert (last.json["offset"], last.json["size"], last.json["total"]) == (100, 50, 120)
    assert names(last) == [f"user{n:04}" for n in range(100, 120)]
    assert names(api.get("/domains/big.example/ex/mailboxes?offset=2147483647")) == []


def test_page_has_at_most_250_rows(api: Client, mockmail: Any):
    fill(mockmail, 260)
    page = api.get("/domains/big.example/ex/mailboxes?size=1000")
    assert (page.json["size"], len(names(page))) == (250, 250)


@pytest.mark.mockmail(options={"rackspace": {"oversize_page_is_refused": True}})
def test_larger_page_is_refused_with_the_option(api: Client):
    assert api.get(f"{LIST}?size=251").fault == (400, "badRequestFault", "Invalid value for field: size")
    assert api.get(f"{LIST}?size=250").status == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=-1", "size"),
        ("size=0", "size"),
        ("size=ten", "size"),
        ("size=99999999999999999999999", "size"),
        ("offset=-1", "offset"),
        ("offset=2147483648", "offset"),
        ("offset=1.5", "offset"),
        ("enabled=maybe", "enabled"),
        ("enabled=1", "enabled"),
    ],
)
def test_wrong_query_value_is_refused(api: Client, query: str, field: str):
    assert api.get(f"{LIST}?{query}").fault == (400, "badRequestFault", f"Invalid value for field: {field}")


def test_search_covers_name_display_name_and_custom_id(api: Client, people: str):
    assert names(api.get(f"{people}?startswith=BOB")) == ["anne", "Bob"]
    assert names(api.get(f"{people}?startswith=zz")) == ["anne"]
    assert names(api.get(f"{people}?contains=ob")) == ["anne", "Bob"]
    assert names(api.get(f"{people}?contains=Z")) == ["7up", "anne"]
    assert names(api.get(f"{people}?contains=nothing")) == []


def test_startswith_0_9_finds_names_that_begin_with_a_digit(api: Client, people: str):
    assert names(api.get(f"{people}?startswith=0-9")) == ["7up"]


def test_startswith_and_contains_together_are_refused(api: Client):
    status, name, _ = api.get(f"{LIST}?startswith=a&contains=b").fault
    assert (status, name) == (400, "badRequestFault")


def test_search_is_paged_and_its_total_counts_matches(api: Client, mockmail: Any):
    fill(mockmail, 120)
    page = api.get("/domains/big.example/ex/mailboxes?startswith=user001&size=4&offset=8")
    assert names(page) == ["user0018", "user0019"]
    assert page.json["total"] == 10


@pytest.mark.parametrize(
    ("query", "expected"),
    [("enabled=true", ["7up", "anne", "carl"]), ("enabled=False", ["Bob"]), ("enabled=TRUE&contains=li", ["carl"])],
)
def test_enabled_filters_the_list(api: Client, people: str, query: str, expected: list[str]):
    assert names(api.get(f"{people}?{query}")) == expected


def test_unknown_query_names_are_ignored(api: Client):
    assert names(api.get(f"{LIST}?limit=1&colour=red&size=2")) == ["apiexmailbox55", "apiexmailbox6"]


def test_query_names_are_case_insensitive(api: Client):
    assert names(api.get(f"{LIST}?Size=1&OFFSET=1")) == ["apiexmailbox6"]


def test_requested_fields_are_added_to_a_row(api: Client):
    row = api.get(f"{LIST}?fields=hasActiveSyncMobileService,size,nonsense,HASBLACKBERRYMOBILESERVICE").json[
        "mailboxes"
    ][0]
    assert row == {
        "name": "apiexmailbox55",
        "displayName": "API Test",
        "size": 2048,
        "hasBlackBerryMobileService": False,
        "hasActiveSyncMobileService": False,
    }


def test_broken_escape_in_a_query_is_refused(api: Client):
    status, name, _ = api.get(f"{LIST}?startswith=%zz").fault
    assert (status, name) == (400, "badRequestFault")
