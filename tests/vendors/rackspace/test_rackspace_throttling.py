"""Request limits, and the two refusals that differ only in their text (docs/wire/rackspace.md 1.6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client, SignedResponse

EXCEEDED = (403, "unauthorizedFault", "Exceeded request limits")
LIST = f"{COMPANY}/ex/mailboxes"


def other(mockmail: Any) -> Client:
    mockmail.rackspace.seed(api_keys=[{"userKey": "other", "secretKey": "s", "accountNumber": "100012"}])
    return Client(mockmail.rackspace.url, "other", "s")


def at_noon(mockmail: Any) -> None:
    mockmail.clock.freeze(dt.datetime(2026, 3, 1, 12, 0, 30, tzinfo=dt.UTC))


def test_calls_are_not_throttled_by_default(api: Client):
    assert {api.get("/customers/me").status for _ in range(70)} == {200}


def test_limit_counts_each_user_and_ends_with_the_minute(api: Client, mockmail: Any):
    at_noon(mockmail)
    mockmail.faults.limit("rackspace", 2, methods=("GET",))
    assert [api.get(LIST).status for _ in range(3)] == [200, 200, 403]
    assert api.get(LIST).fault == EXCEEDED
    assert other(mockmail).get("/customers/me").status == 200
    mockmail.clock.advance(60)
    assert api.get(LIST).status == 200


def test_reads_and_writes_have_separate_limits(api: Client, mockmail: Any):
    at_noon(mockmail)
    mockmail.faults.limit("rackspace", 1, methods=("GET",))
    mockmail.faults.limit("rackspace", 1, methods=("POST", "PUT", "DELETE"))
    six = f"{LIST}/apiexmailbox6"
    assert api.get(six).status == 200
    assert api.put(six, {"city": "Blacksburg"}).status == 200
    assert api.get(six).fault == EXCEEDED
    assert api.delete(six).fault == EXCEEDED


@pytest.mark.mockmail(options={"rackspace": {"reads_per_minute": 3, "writes_per_minute": 1}})
def test_limit_options_throttle_calls_per_key(api: Client, mockmail: Any):
    at_noon(mockmail)
    six = f"{LIST}/apiexmailbox6"
    assert api.get(f"{LIST}/nobody").status == 404
    assert api.get(six, X_Api_Signature="eGbq9/2hcZsRlr1JV1Pi:20010317143725:wrong").status == 403
    assert api.get(six).status == 200
    assert api.get(six).fault == EXCEEDED
    assert api.put(six, {"city": "Blacksburg"}).status == 200
    assert api.put(six, {"city": "Roanoke"}).fault == EXCEEDED
    assert other(mockmail).get("/customers/me").status == 200
    mockmail.clock.advance(60)
    assert api.get(six).json["contactInfo"]["city"] == "Blacksburg"


def test_throttled_call_gets_an_xml_fault(api: Client, mockmail: Any):
    mockmail.faults.limit("rackspace", 0)
    reply = api.get(LIST, Accept="text/xml")
    namespace = "{urn:xml:unauthorizedFault}"
    assert (reply.status, reply.headers["x-error-message"]) == (403, "Exceeded request limits")
    assert "retry-after" not in reply.headers
    assert reply.xml.tag == f"{namespace}unauthorizedFault"
    assert reply.xml.findtext(f"{namespace}message") == "Exceeded request limits"


def retried(api: Client, path: str, mockmail: Any) -> tuple[SignedResponse, list[int]]:
    """Send a GET like the vendor's own .NET client, which retries a throttled call after 1, 2, 4 ... seconds."""
    waits: list[int] = []
    while True:
        reply = api.get(path)
        throttled = reply.status == 403 and reply.json["unauthorizedFault"]["message"] == "Exceeded request limits"
        if not throttled:
            return reply, waits
        waits.append(2 ** len(waits))
        mockmail.clock.advance(waits[-1])


def test_client_that_retries_later_succeeds(api: Client, mockmail: Any):
    at_noon(mockmail)
    mockmail.faults.limit("rackspace", 1, methods=("GET",))
    assert api.get(LIST).status == 200
    reply, waits = retried(api, LIST, mockmail)
    assert (reply.status, waits) == (200, [1, 2, 4, 8, 16])


def test_client_with_a_wrong_secret_does_not_retry(api: Client, mockmail: Any):
    api.secret_key = "wrong"
    reply, waits = retried(api, LIST, mockmail)
    assert (reply.status, waits) == (403, [])


def test_client_stops_paging_at_the_total(api: Client, mockmail: Any):
    rows = [{"domain": "example.com", "name": f"user{n:03}", "displayName": "User"} for n in range(117)]
    mockmail.rackspace.seed(mailboxes=rows)
    found: list[str] = []
    total = 1
    while len(found) < total:
        page = api.get(f"{LIST}?size=50&offset={len(found)}").json
        found += [row["name"] for row in page["mailboxes"]]
        total = page["total"]
    assert len(set(found)) == 120
    assert [request.query for request in mockmail.requests.find(operation="mailbox.index")] == [
        "size=50&offset=0",
        "size=50&offset=50",
        "size=50&offset=100",
    ]
