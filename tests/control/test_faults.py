"""`/_mockmail/faults`: failures that are arranged from outside."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.mockmail(strict=False)

FAULT = {"vendor": "spacedog", "operation": "session.*", "status": 429}


@pytest.fixture
def ask(ask_whole):
    """The status, the headers and the JSON of an answer."""
    return ask_whole


def test_a_failure_is_met_as_often_as_was_arranged(ask):
    fault = FAULT | {"headers": {"Retry-After": "7"}, "times": 1, "after": 1}
    status, _, described = ask("POST", "/_mockmail/faults", fault)
    assert (status, described["used"], described["operation"]) == (201, 0, "session.*")
    answers = [ask("GET", "/1/login") for _ in range(3)]
    assert [status for status, _, _ in answers] == [403, 429, 403]
    assert answers[1][1]["Retry-After"] == "7"
    assert answers[1][2]["success"] is False
    assert ask("GET", "/_mockmail/faults")[2] == {"faults": [described | {"used": 1}]}
    assert ask("DELETE", "/_mockmail/faults")[2] == {"removed": 1}


def test_what_is_null_is_as_if_it_were_left_out_but_times_means_always(ask):
    nothing = dict.fromkeys(("operation", "message", "headers", "times", "after", "delay", "transport"))
    status, _, described = ask("POST", "/_mockmail/faults", nothing | {"vendor": "spacedog", "status": 503})
    assert status == 201
    assert described == {
        "vendor": "spacedog",
        "operation": "*",
        "status": 503,
        "message": "",
        "headers": {},
        "times": None,
        "after": 0,
        "delay": 0.0,
        "transport": None,
        "used": 0,
    }
    assert [ask("GET", "/1/login")[0] for _ in range(2)] == [503, 503]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"vendor": None}, "vendor is missing; there are adaxes, "),
        ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are adaxes, "),
        ({"operation": "sesion.*"}, "spacedog has no operation 'sesion.*'"),
        ({"status": None}, "a fault needs a status, a transport or a delay"),
        ({"status": 100}, "spacedog never responds with status 100 to a failed call; choose one from 400 to 599"),
        ({"status": 600}, "spacedog never responds with status 600 to a failed call; choose one from 400 to 599"),
        ({"status": "403"}, "status must be of type integer, not '403'"),
        ({"times": 0}, "times must be 1 or more, after and delay 0 or more; not 0, 0 and 0.0"),
        ({"delay": -1}, "times must be 1 or more, after and delay 0 or more; not 1, 0 and -1"),
        ({"delay": float("nan")}, "the body is not JSON: NaN is no number of JSON"),
        ({"headers": {"X": 5}}, "headers: no answer can have a header 'X' with the value 5"),
        ({"headers": {"X Y": "a"}}, "headers: no answer can have a header 'X Y' with the value 'a'"),
        ({"headers": {"X": "a\r\nY: b"}}, "headers: no answer can have a header 'X' with the value 'a\\r\\nY: b'"),
        (
            {"headers": {"content-length": "3"}},
            "headers: content-length says how an answer is sent, and is the server's",
        ),
        ({"headers": {"Connection": "close"}}, "headers: Connection says how an answer is sent, and is the server's"),
        ({"transport": "slow"}, "transport must be one of reset, empty, garbage, truncated, not 'slow'"),
        ({"satus": 403}, "'satus' is unknown; this call takes vendor, operation, status, "),
    ],
)
def test_one_that_could_never_be_met_is_refused(mockmail, ask, change, complaint):
    status, _, answer = ask("POST", "/_mockmail/faults", FAULT | change)
    assert status == 400
    assert answer["error"].startswith(complaint)
    assert list(mockmail.faults) == []


@pytest.mark.parametrize("delay", [float("nan"), float("inf")])
def test_a_delay_without_end_is_refused_in_python_too(mockmail, delay):
    with pytest.raises(ValueError, match=f"after and delay 0 or more; not 1, 0 and {delay}"):
        mockmail.faults.add("spacedog", delay=delay)
