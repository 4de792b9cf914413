"""X-Api-Signature (docs/wire/rackspace.md 1.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from http_client import send_request

from tests.vendors.rackspace.signed_client import SECRET_KEY, USER_AGENT, USER_KEY, Client, signature

FAILED = (403, "unauthorizedFault", "Authentication failed.")
FIRST = "eGbq9/2hcZsRlr1JV1Pi:20010308143725:46VIwd66mOFGG8IkbgnLlXnfnkU="
SECOND = "eGbq9/2hcZsRlr1JV1Pi:20010317143725:HKUn0aajpSDx7qqGK3vqzn3FglI="
MIXED = "eGbq9/2hcZsRlr1JV1Pi:20010317143725:46VIwd66mOFGG8IkbgnLlXnfnkU="


@pytest.mark.parametrize("vector", [FIRST, SECOND])
def test_published_signatures_are_accepted(api: Client, vector: str):
    assert api.get("/customers/me", X_Api_Signature=vector).status == 200


@pytest.mark.parametrize(
    "header",
    [
        MIXED,
        "",
        "eGbq9/2hcZsRlr1JV1Pi",
        "eGbq9/2hcZsRlr1JV1Pi:20010308143725",
        "eGbq9/2hcZsRlr1JV1Pi:20010308143725:",
        "::",
        "nobody:20010308143725:46VIwd66mOFGG8IkbgnLlXnfnkU=",
        "eGbq9/2hcZsRlr1JV1Pi:20010308143725:e3a548c1deba98e1461bc2246e09cb9579df9e45",
        "eGbq9/2hcZsRlr1JV1Pi:20010308143725:\xe9\xe9",
    ],
)
def test_wrong_or_missing_signature_is_403(api: Client, header: str):
    assert api.get("/customers/me", X_Api_Signature=header).fault == FAILED


def test_missing_user_agent_is_403(api: Client):
    assert api.get("/customers/me", User_Agent="").fault == FAILED


def test_signature_for_another_user_agent_is_403(api: Client):
    assert api.get("/customers/me", X_Api_Signature=FIRST, User_Agent="curl/8").fault == FAILED


def test_signature_without_user_agent_is_accepted(mockmail: Any):
    signed = signature(USER_KEY, SECRET_KEY, "", "20010308143725")
    assert (
        send_request(mockmail.rackspace.url, "GET", "/customers/me", headers={"X-Api-Signature": signed}).status == 200
    )


@pytest.mark.parametrize("names", [("User-Agent", "X-Api-Signature"), ("x-api-signature", "user-agent")])
def test_header_names_and_their_order_do_not_matter(mockmail: Any, names: tuple[str, str]):
    values = {"user-agent": USER_AGENT, "x-api-signature": FIRST}
    headers = {name: values[name.lower()] for name in names}
    assert send_request(mockmail.rackspace.url, "GET", "/customers/me", headers=headers).status == 200


def test_signature_is_reused_for_any_method_path_and_body(api: Client, alex: str):
    api.ok("PUT", alex, {"city": "Blacksburg"})
    assert api.get(alex).json["contactInfo"]["city"] == "Blacksburg"


def test_keys_with_slashes_and_plus_signs_are_accepted(mockmail: Any):
    key = {"userKey": "a/b+c/d+e", "secretKey": "s+/e=c", "accountNumber": "100012"}
    mockmail.rackspace.seed(api_keys=[key])
    client = Client(mockmail.rackspace.url, key["userKey"], key["secretKey"])
    assert client.get("/customers/me").json["accountNumber"] == "100012"


def test_old_timestamp_is_accepted_by_default(mockmail: Any):
    client = Client(mockmail.rackspace.url, timestamp="19010101000000")
    assert client.get("/customers/me").status == 200


@pytest.mark.mockmail(options={"rackspace": {"signature_window": 900}})
def test_timestamp_outside_the_window_is_403(mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC))
    client = Client(mockmail.rackspace.url, timestamp="20260301114500")
    assert client.get("/customers/me").status == 200
    mockmail.clock.advance(1)
    assert client.get("/customers/me").fault == FAILED
    client.timestamp = "20261399999999"
    assert client.get("/customers/me").fault == FAILED


@pytest.mark.mockmail(options={"rackspace": {"signature_window": 60, "signature_utc_offset": -5}})
def test_window_uses_the_utc_offset(mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC))
    assert Client(mockmail.rackspace.url, timestamp="20260301070000").get("/customers/me").status == 200
    assert Client(mockmail.rackspace.url, timestamp="20260301120000").get("/customers/me").fault == FAILED


def test_journal_shows_the_user_key_and_never_the_secret(api: Client, mockmail: Any):
    api.get("/customers/me")

    [exchange] = mockmail.requests
    assert exchange.caller == USER_KEY
    assert SECRET_KEY not in repr(exchange)


def test_credentials_are_the_published_ones(mockmail: Any):
    assert mockmail.rackspace.credentials == {
        "user_key": "eGbq9/2hcZsRlr1JV1Pi",
        "secret_key": "QHOvchm/40czXhJ1OxfxK7jDHr3t",
        "customer": "12345678",
    }
    assert mockmail.rackspace.environment["RACKSPACE_URL"] == f"{mockmail.url}/rackspace/v1"
