"""Bounds of faults, stubs, limits and the rules of the SMTP server: no rule makes each later request expensive."""

from __future__ import annotations

import pytest
from http_client import send_request

from mockmail.core.errors import InvalidFault, InvalidValue, LimitReached
from mockmail.core.rules import (
    FASTEST,
    LONGEST_HEADER,
    LONGEST_MESSAGE,
    LONGEST_PATTERN,
    MOST_CALLS,
    MOST_HEADERS,
    MOST_PATTERNS,
)
from mockmail.core.stubs import LONGEST_PATH

pytestmark = pytest.mark.mockmail(strict=False)

LONG = "*a" * (LONGEST_PATTERN // 2)
FAULT = {"vendor": "atmail", "status": 503}
STUB = {"path": "/v9"}


@pytest.mark.parametrize(
    ("path", "allowed", "refused"),
    [
        ("faults", {**FAULT, "where": {"a": LONG}}, {**FAULT, "where": {"a": f"{LONG}a"}}),
        ("faults", {**FAULT, "caller": LONG}, {**FAULT, "caller": f"{LONG}a"}),
        ("faults", {**FAULT, "operation": "*"}, {**FAULT, "operation": "*" * (LONGEST_PATTERN + 1)}),
        ("faults", {**FAULT, "message": "x" * LONGEST_MESSAGE}, {**FAULT, "message": "x" * (LONGEST_MESSAGE + 1)}),
        ("stubs", {**STUB, "where": {"a": LONG}}, {**STUB, "where": {"a": f"{LONG}a"}}),
        ("stubs", {"path": "/" + "a" * (LONGEST_PATH - 1)}, {"path": "/" + "a" * LONGEST_PATH}),
        (
            "stubs",
            {**STUB, "headers": {f"X-{n}": "a" for n in range(MOST_HEADERS)}},
            {**STUB, "headers": {f"X-{n}": "a" for n in range(MOST_HEADERS + 1)}},
        ),
        (
            "stubs",
            {**STUB, "headers": {"X": "a" * (LONGEST_HEADER - 1)}},
            {**STUB, "headers": {"X": "a" * LONGEST_HEADER}},
        ),
        (
            "limits",
            {"vendor": "atmail", "calls": 1, "operation": "*"},
            {"vendor": "atmail", "calls": 1, "operation": "*" * (LONGEST_PATTERN + 1)},
        ),
        (
            "smtp/faults",
            {"stage": "rcpt", "code": 451, "recipient": LONG},
            {"stage": "rcpt", "code": 451, "recipient": f"{LONG}a"},
        ),
        ("faults", {**FAULT, "times": MOST_CALLS}, {**FAULT, "times": MOST_CALLS + 1}),
        ("faults", {**FAULT, "after": MOST_CALLS}, {**FAULT, "after": MOST_CALLS + 1}),
        ("stubs", {**STUB, "times": MOST_CALLS}, {**STUB, "times": 10**4000}),
        ("limits", {"vendor": "atmail", "calls": MOST_CALLS}, {"vendor": "atmail", "calls": MOST_CALLS + 1}),
        (
            "faults",
            {"vendor": "atmail", "transport": "dribble", "throttle": FASTEST},
            {"vendor": "atmail", "transport": "dribble", "throttle": 10**4000},
        ),
        ("smtp/faults", {"stage": "mail", "throttle": FASTEST}, {"stage": "mail", "throttle": 10**4000}),
    ],
)
def test_rule_at_its_bound_is_accepted_and_beyond_it_refused(mockmail, path, allowed, refused):
    answers = [send_request(mockmail.url, "POST", f"/_mockmail/{path}", json=given) for given in (allowed, refused)]

    assert [answer.status for answer in answers] == [201, 400]
    assert "must " in answers[1].json["error"]


@pytest.mark.parametrize("name", ["refused_senders", "refused_recipients", "unreachable"])
def test_patterns_of_the_smtp_server_are_bounded(mockmail, name):
    for patterns, status in (
        (["a"] * MOST_PATTERNS, 200),
        (["a"] * (MOST_PATTERNS + 1), 400),
        ([LONG], 200),
        ([f"{LONG}a"], 400),
    ):
        answer = send_request(mockmail.url, "PUT", "/_mockmail/smtp", json={name: patterns})
        assert answer.status == status, answer.body[:300]


def test_accounts_of_the_smtp_server_are_bounded(mockmail):
    accounts = {f"user{number}": "password" for number in range(10_000)}
    assert send_request(mockmail.url, "PUT", "/_mockmail/smtp", json={"accounts": accounts}).status == 200

    answer = send_request(mockmail.url, "PUT", "/_mockmail/smtp", json={"accounts": {**accounts, "more": "x"}})

    assert answer.status == 400
    assert answer.json["error"] == "accounts must be at most 10000, not 10001"


def test_python_has_the_same_bounds(mockmail):
    with pytest.raises(InvalidFault, match="caller must have at most 1000 characters, not 1001"):
        mockmail.faults.add("atmail", status=503, caller=f"{LONG}a")
    with pytest.raises(InvalidValue, match="path must have at most 2000 characters"):
        mockmail.stubs.add(path="/a" * 2000)


def test_headers_of_stubs_count_for_max_stub_bytes(mockmail):
    headers = {f"X-{number}": "x" * 8000 for number in range(100)}
    responses = [{"headers": headers}] * 19  # 15 MB
    mockmail.stubs.add(path="/v9", responses=responses)

    with pytest.raises(LimitReached, match="max_stub_bytes"):
        mockmail.stubs.add(path="/v9", responses=responses)
