"""`/_mockmail/faults`: faults added over HTTP."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.mockmail(strict=False)

FAULT = {"vendor": "spacedog", "operation": "session.*", "status": 429}


def test_fault_fails_as_many_calls_as_asked(call_control):
    fault = FAULT | {"headers": {"Retry-After": "7"}, "times": 1, "after": 1}
    status, _, described = call_control("POST", "/_mockmail/faults", fault)
    assert (status, described["used"], described["operation"]) == (201, 0, "session.*")
    answers = [call_control("GET", "/1/login") for _ in range(3)]
    assert [status for status, _, _ in answers] == [403, 429, 403]
    assert answers[1][1]["Retry-After"] == "7"
    assert answers[1][2]["success"] is False
    assert call_control("GET", "/_mockmail/faults")[2] == {"faults": [described | {"used": 1}]}
    assert call_control("DELETE", "/_mockmail/faults")[2] == {"removed": 1}


def test_null_is_accepted_where_the_schema_allows_it(call_control):
    fault = {"vendor": "spacedog", "status": 503, "times": None}
    fault |= dict.fromkeys(("error", "caller", "transport", "throttle", "when"))
    status, _, described = call_control("POST", "/_mockmail/faults", fault)
    assert status == 201
    assert described == {
        "vendor": "spacedog",
        "operation": "*",
        "status": 503,
        "error": None,
        "message": "",
        "headers": {},
        "where": {},
        "caller": None,
        "times": None,
        "after": 0,
        "probability": 1.0,
        "delay": 0.0,
        "transport": None,
        "throttle": None,
        "when": "before",
        "id": 1,
        "used": 0,
    }
    assert [call_control("GET", "/1/login")[0] for _ in range(2)] == [503, 503]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"vendor": None}, "vendor must be a string, not null"),
        ({"operation": None}, "operation must be a string, not null"),
        ({"after": None}, "after must be an integer, not null"),
        ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are "),
        ({"operation": "sesion.*"}, "spacedog has no operation 'sesion.*'; did you mean "),
        ({"status": None}, "a fault needs a status, an error, a transport or a delay"),
        ({"status": 100}, "spacedog never responds with status 100 to a failed call; choose one from 400 to 599"),
        ({"status": 600}, "status must be an integer <= 599, not 600"),
        ({"status": "403"}, "status must be an integer or null, not '403'"),
        ({"times": 0}, "times must be an integer >= 1, not 0"),
        ({"delay": -1}, "delay must be a number >= 0.0, not -1"),
        ({"delay": 600.5}, "delay must be a number <= 600.0, not 600.5"),
        ({"delay": float("nan")}, "the body is not JSON: NaN is not a JSON number"),
        ({"headers": {"X": 5}}, "every value of headers must be a string, not {'X': 5}"),
        ({"headers": {"X Y": "a"}}, "headers: 'X Y' with the value 'a' is not a valid header"),
        ({"headers": {"X": "a\r\nY: b"}}, "headers: 'X' with the value 'a\\r\\nY: b' is not a valid header"),
        (
            {"headers": {"content-length": "3"}},
            "headers: the server sets content-length itself",
        ),
        ({"headers": {"Connection": "close"}}, "headers: the server sets Connection itself"),
        ({"transport": "slow"}, "transport must be one of reset, empty, garbage, malformed_chunk, truncated, "),
        ({"satus": 403}, "'satus' is unknown; expected vendor, operation, status, "),
    ],
)
def test_invalid_fault_is_refused(mockmail, call_control, change, expected):
    status, _, body = call_control("POST", "/_mockmail/faults", FAULT | change)
    assert status == 400
    assert body["error"].startswith(expected)
    assert list(mockmail.faults) == []


@pytest.mark.parametrize("delay", [float("nan"), float("inf"), 600.5])
def test_delay_of_more_than_ten_minutes_is_refused_in_python(mockmail, delay):
    with pytest.raises(ValueError, match=f"delay must be a number .*, not {delay}"):
        mockmail.faults.add("spacedog", delay=delay)


def test_delay_of_ten_minutes_is_accepted(mockmail):
    mockmail.faults.add("spacedog", operation="mail.send", delay=600)
    assert [fault.delay for fault in mockmail.faults] == [600]
    mockmail.faults.clear()
