"""Searches of Postmark's messages: pages and dates."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from http_client import send_request

MAIL = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"}


@pytest.fixture
def search(mockmail):
    headers = {"X-Postmark-Server-Token": mockmail.postmark.credentials["server_token"]}
    mockmail.clock.freeze("2026-01-31T12:00:00Z")
    for subject in ("First", "Second", "Third"):
        send_request(mockmail.postmark.url, "POST", "/email", json=MAIL | {"Subject": subject}, headers=headers)

    def search(**query):
        path = f"/messages/outbound?{urlencode(query)}"
        return send_request(mockmail.postmark.url, "GET", path, headers=headers)

    return search


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({"count": 2, "offset": 0}, ["Third", "Second"]),
        ({"count": 2, "offset": 2}, ["First"]),
        ({"count": 0, "offset": 0}, []),
        ({"count": 500, "offset": 9500}, []),
    ],
)
def test_page_has_the_messages_from_its_offset_on(search, query, subjects):
    found = search(**query)

    assert (found.status, found.json["TotalCount"]) == (200, 3)
    assert [message["Subject"] for message in found.json["Messages"]] == subjects


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"count": 1}, "You must specify a value for both 'count' and 'offset'."),
        ({"offset": 0}, "You must specify a value for both 'count' and 'offset'."),
        ({"count": 501, "offset": 0}, "The 'count' must be from 0 to 500, and the 'offset' not negative."),
        ({"count": 1, "offset": -1}, "The 'count' must be from 0 to 500, and the 'offset' not negative."),
        ({"count": 500, "offset": 9501}, "The values for 'count' and 'offset' may not exceed 10000 in total."),
    ],
)
def test_page_beyond_the_bounds_is_refused(search, query, message):
    refused = search(**query)

    assert (refused.status, refused.json) == (422, {"ErrorCode": 700, "Message": message})


@pytest.mark.parametrize(
    ("dates", "total"),
    [
        ({"fromdate": "2026-01-31"}, 3),
        ({"fromdate": "2026-02-01"}, 0),
        ({"todate": "2026-01-31"}, 3),
        ({"todate": "2026-01-30"}, 0),
        ({"fromdate": "2026-01-31T12:00:00", "todate": "2026-01-31T12:00:01"}, 3),
    ],
)
def test_dates_include_their_whole_days(search, dates, total):
    assert search(count=10, offset=0, **dates).json["TotalCount"] == total


def test_date_that_cannot_be_read_is_refused(search):
    refused = search(count=10, offset=0, fromdate="yesterday")

    assert refused.status == 422
    assert refused.json["Message"] == "Invalid 'fromdate': 'yesterday' is not a date."
