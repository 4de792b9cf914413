"""`/_mockmail/clock` and `/_mockmail/limits`: like `MockMail.clock` and `MockMail.faults.limit`, over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from mockmail.core.errors import InvalidValue

pytestmark = pytest.mark.mockmail(strict=False)

AT = "2026-01-31T12:00:00+00:00"
LIMIT = {"vendor": "spacedog", "calls": 1, "window": 600, "operation": "*", "methods": ["get"]}


@pytest.fixture
def call(call_control):
    def send(method, path, document=None):
        status, _, content = call_control(method, path, document)
        return status, content

    return send


class TestClock:
    """Freeze, set, advance, resume."""

    def test_frozen_clock_is_moved_and_resumed(self, mockmail, call):
        assert call("POST", "/_mockmail/clock/freeze", {"at": "2026-01-31T12:00:00Z"}) == (
            200,
            {"now": AT, "frozen": True},
        )
        assert mockmail.clock.now() == datetime(2026, 1, 31, 12, tzinfo=UTC)
        assert (
            call("POST", "/_mockmail/clock/advance", {"seconds": -60.5})[1]["now"] == "2026-01-31T11:58:59.500000+00:00"
        )
        assert call("POST", "/_mockmail/clock/set", {"at": "2026-01-31T13:00:00+01:00"})[1]["now"] == AT
        assert call("GET", "/_mockmail/clock") == (200, {"now": AT, "frozen": True})
        _, running = call("POST", "/_mockmail/clock/resume")
        assert running["frozen"] is False
        assert running["now"].startswith("2026-01-31T12:0")

    def test_freeze_without_a_time_freezes_now(self, mockmail, call):
        _, frozen = call("POST", "/_mockmail/clock/freeze")
        assert (frozen["frozen"], frozen["now"]) == (True, mockmail.clock.now().isoformat())

    def test_sandbox_has_its_own_clock(self, mockmail, call):
        call("POST", "/~one/_mockmail/clock/freeze", {"at": AT})
        assert mockmail.clock.frozen is False
        assert mockmail.sandbox("one").clock.frozen is True

    @pytest.mark.parametrize(
        ("verb", "change", "expected"),
        [
            ("set", {}, "at is missing: a timestamp with a time zone, such as 2026-01-31T12:00:00Z"),
            ("set", {"at": "now"}, "at must be a timestamp with a time zone, such as 2026-01-31T12:00:00Z, not 'now'"),
            ("freeze", {"at": "2026-01-31T12:00:00"}, "at must be a timestamp with a time zone, such as "),
            ("freeze", {"at": 5}, "at must be a timestamp with a time zone, such as 2026-01-31T12:00:00Z, not 5"),
            ("freeze", {"until": AT}, "'until' is unknown; expected at"),
            ("set", {"at": "9999-12-31T00:00:00Z"}, "the clock must stay between the years 1900 and 9000"),
            ("set", {"at": "0001-01-01T00:00:00+14:00"}, "the clock must stay between the years 1900 and 9000"),
            ("advance", {}, "seconds is missing: the seconds to move forward or, if negative, back"),
            ("advance", {"seconds": 1e12}, "the clock must stay between the years 1900 and 9000"),
            ("advance", {"seconds": 1e300}, "the clock must stay between the years 1900 and 9000"),
            ("advance", {"seconds": float("nan")}, "the body is not JSON: NaN is not a JSON number"),
            ("resume", {"at": AT}, "'at' is unknown; expected no field"),
        ],
    )
    def test_invalid_change_is_refused_and_the_clock_stays(self, mockmail, call, verb, change, expected):
        before = mockmail.server.sandboxes.get().clock.to_document()
        status, body = call("POST", f"/_mockmail/clock/{verb}", change)
        assert status == 400
        assert body["error"].startswith(expected)
        assert mockmail.server.sandboxes.get().clock.to_document() == before


class TestLimits:
    """Rate limits for each client."""

    def test_call_over_the_limit_gets_the_vendors_error(self, mockmail, call):
        described = LIMIT | {"methods": ["GET"], "window": 600.0, "id": 1}
        assert call("POST", "/_mockmail/limits", LIMIT) == (201, described)
        assert call("GET", "/_mockmail/limits") == (200, {"limits": [described]})
        call("POST", "/_mockmail/clock/freeze")
        assert [call("GET", "/1/backend")[0], call("GET", "/1/backend")[0]] == [403, 429]
        assert call("DELETE", "/_mockmail/limits") == (200, {"removed": 1})
        assert call("GET", "/1/backend")[0] == 403

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"vendor": None}, "vendor must be a string, not null"),
            ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are "),
            ({"operation": "nothing"}, "spacedog has no operation "),
            ({"calls": None}, "calls must be an integer, not null"),
            ({"calls": -1}, "calls must be an integer >= 0, not -1"),
            ({"window": 0}, "window must be a number >= 0.001, not 0"),
            ({"window": 1e-300}, "window must be a number >= 0.001, not 1e-300"),
            ({"window": 0.0009}, "window must be a number >= 0.001, not 0.0009"),
            ({"window": 1e300}, "window must be a number <= 1000000000.0, not 1e+300"),
            ({"window": float("inf")}, "the body is not JSON: Infinity is not a JSON number"),
            ({"methods": [1]}, "methods[0] must be a string, not 1"),
            ({"x": 1}, "'x' is unknown; expected vendor, "),
        ],
    )
    def test_invalid_limit_is_refused(self, call, change, expected):
        status, body = call("POST", "/_mockmail/limits", LIMIT | change)
        assert status == 400
        assert body["error"].startswith(expected)
        assert call("GET", "/_mockmail/limits") == (200, {"limits": []})

    def test_limit_without_calls_is_refused(self, call):
        expected = {"error": "calls is missing: how many calls each client has in a window"}
        assert call("POST", "/_mockmail/limits", {"vendor": "spacedog"}) == (400, expected)

    @pytest.mark.parametrize("window", [0.001, 1e9])
    def test_shortest_and_longest_window_are_accepted(self, call, window):
        assert call("POST", "/_mockmail/limits", LIMIT | {"window": window})[0] == 201
        assert call("GET", "/1/backend")[0] == 403

    @pytest.mark.parametrize("window", [0, 1e-300, 1e300, float("nan"), float("inf")])
    def test_window_out_of_range_is_refused_in_python(self, mockmail, window):
        with pytest.raises(InvalidValue, match=f"window must be a number .*, not {re.escape(str(window))}"):
            mockmail.faults.limit("spacedog", 1, window=window)

    def test_negative_number_of_calls_is_refused_in_python(self, mockmail):
        with pytest.raises(InvalidValue, match="calls must be an integer >= 0, not -1"):
            mockmail.faults.limit("spacedog", -1)
