"""`/_mockmail/clock` and `/_mockmail/limits`: what `MockMail.clock` and `MockMail.faults.limit` do, from outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.mockmail(strict=False)

AT = "2026-01-31T12:00:00+00:00"
LIMIT = {"vendor": "spacedog", "calls": 1, "window": 600, "operation": "*", "methods": ["get"]}


@pytest.fixture
def ask(ask_whole):
    def one(method, path, document=None):
        """The status and the JSON of an answer."""
        status, _, content = ask_whole(method, path, document)
        return status, content

    return one


class TestClock:
    """Freeze, set, advance, resume."""

    def test_time_stands_still_and_is_moved(self, mockmail, ask):
        assert ask("POST", "/_mockmail/clock/freeze", {"at": "2026-01-31T12:00:00Z"}) == (
            200,
            {"now": AT, "frozen": True},
        )
        assert mockmail.clock.now() == datetime(2026, 1, 31, 12, tzinfo=UTC)
        assert (
            ask("POST", "/_mockmail/clock/advance", {"seconds": -60.5})[1]["now"] == "2026-01-31T11:58:59.500000+00:00"
        )
        assert ask("POST", "/_mockmail/clock/set", {"at": "2026-01-31T13:00:00+01:00"})[1]["now"] == AT
        assert ask("GET", "/_mockmail/clock") == (200, {"now": AT, "frozen": True})
        _, running = ask("POST", "/_mockmail/clock/resume")
        assert running["frozen"] is False
        assert running["now"].startswith("2026-01-31T12:0")

    def test_it_stops_where_it_is(self, mockmail, ask):
        _, frozen = ask("POST", "/_mockmail/clock/freeze")
        assert (frozen["frozen"], frozen["now"]) == (True, mockmail.clock.now().isoformat())

    def test_a_sandbox_has_a_time_of_its_own(self, mockmail, ask):
        ask("POST", "/~one/_mockmail/clock/freeze", {"at": AT})
        assert mockmail.clock.frozen is False
        assert mockmail.sandbox("one").clock.frozen is True

    @pytest.mark.parametrize(
        ("verb", "body", "complaint"),
        [
            ("set", {}, "at is missing: a moment with its time zone, such as 2026-01-31T12:00:00Z"),
            ("set", {"at": "now"}, "at must be a moment with its time zone, such as 2026-01-31T12:00:00Z, not 'now'"),
            ("freeze", {"at": "2026-01-31T12:00:00"}, "at must be a moment with its time zone, such as "),
            ("freeze", {"at": 5}, "at must be of type string, not 5"),
            ("freeze", {"until": AT}, "'until' is unknown; this call takes at"),
            ("set", {"at": "9999-12-31T00:00:00Z"}, "a clock is at a moment between the years 1900 and 9000"),
            ("set", {"at": "0001-01-01T00:00:00+14:00"}, "a clock is at a moment between the years 1900 and 9000"),
            ("advance", {}, "seconds is missing: how far to move forward or, negative, back"),
            ("advance", {"seconds": 1e12}, "a clock is at a moment between the years 1900 and 9000"),
            ("advance", {"seconds": 1e300}, "a clock is at a moment between the years 1900 and 9000"),
            ("advance", {"seconds": float("nan")}, "the body is not JSON: NaN is no number of JSON"),
            ("resume", {"at": AT}, "'at' is unknown; this call takes nothing"),
        ],
    )
    def test_what_cannot_be(self, mockmail, ask, verb, body, complaint):
        before = mockmail.clock.to_document()
        status, answer = ask("POST", f"/_mockmail/clock/{verb}", body)
        assert status == 400
        assert answer["error"].startswith(complaint)
        assert mockmail.clock.to_document() == before


class TestLimits:
    """So many calls and no more."""

    def test_the_next_call_gets_the_vendors_own_answer(self, mockmail, ask):
        described = LIMIT | {"methods": ["GET"], "window": 600.0}
        assert ask("POST", "/_mockmail/limits", LIMIT) == (201, described)
        assert ask("GET", "/_mockmail/limits") == (200, {"limits": [described]})
        ask("POST", "/_mockmail/clock/freeze")
        assert [ask("GET", "/1/backend")[0], ask("GET", "/1/backend")[0]] == [403, 429]
        assert ask("DELETE", "/_mockmail/limits") == (200, {"removed": 1})
        assert ask("GET", "/1/backend")[0] == 403

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"vendor": None}, "vendor is missing; there are adaxes, "),
            ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are adaxes, "),
            ({"operation": "nothing"}, "spacedog has no operation "),
            ({"calls": None}, "calls must be 0 or more, not None"),
            ({"calls": -1}, "calls must be 0 or more, not -1"),
            ({"window": 0}, "window must be more than 0 seconds, not 0"),
            ({"window": float("inf")}, "the body is not JSON: Infinity is no number of JSON"),
            ({"methods": [1]}, "methods must be an array of strings"),
            ({"x": 1}, "'x' is unknown; this call takes vendor, calls, window, operation, methods"),
        ],
    )
    def test_what_does_not_fit(self, ask, change, complaint):
        status, answer = ask("POST", "/_mockmail/limits", LIMIT | change)
        assert status == 400
        assert answer["error"].startswith(complaint)
        assert ask("GET", "/_mockmail/limits") == (200, {"limits": []})
