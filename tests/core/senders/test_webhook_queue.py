"""The queue of webhook requests: its bound, and what a rollback does."""

from __future__ import annotations

import pytest

from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.senders.webhook_queue import LONGEST_URL, MOST_BYTES, MOST_WAITING, is_webhook_url

URL = "http://127.0.0.1:9/"
OTHER_URL = "http://127.0.0.1:9/other"


def requests(*numbers, url=URL):
    return [WebhookRequest(url=url, body=f"{number:2}".encode()) for number in numbers]


def put(acting, *numbers):
    with acting.world.transaction():
        acting.world.webhook_queue.put("acme", requests(*numbers))


def test_as_many_requests_wait_as_the_bound_allows(acting):
    put(acting, *range(MOST_WAITING))

    queue = acting.world.webhook_queue
    assert (len(queue), queue.dropped) == (MOST_WAITING, 0)
    assert queue.take(URL) == ("acme", *requests(0))


def test_oldest_request_is_dropped_beyond_the_bound(acting):
    put(acting, *range(MOST_WAITING))
    put(acting, MOST_WAITING)

    queue = acting.world.webhook_queue
    assert (len(queue), queue.dropped) == (MOST_WAITING, 1)
    assert queue.take(URL) == ("acme", *requests(1))


def test_bodies_have_a_bound_too(acting):
    half = WebhookRequest(url=URL, body=b"x" * (MOST_BYTES // 2))
    queue = acting.world.webhook_queue

    with acting.world.transaction():
        queue.put("acme", [half, half])
        assert (len(queue), queue.dropped) == (2, 0)
        queue.put("acme", requests(1))
        assert (len(queue), queue.dropped) == (2, 1)

    assert [queue.take(URL), queue.take(URL)] == [("acme", half), ("acme", *requests(1))]
    put(acting, 2)
    assert len(queue) == 1


@pytest.mark.parametrize("waiting", [0, 2, MOST_WAITING - 1])
def test_rollback_takes_back_only_its_own_requests(acting, waiting):
    put(acting, *range(waiting))
    told = []
    acting.world.webhook_queue.observe(lambda: told.append(1))

    with pytest.raises(ZeroDivisionError), acting.world.transaction():
        acting.world.webhook_queue.put("acme", requests(-1))
        raise ZeroDivisionError

    assert (len(acting.world.webhook_queue), told) == (waiting, [])


def test_each_url_has_a_queue_of_its_own(acting):
    queue = acting.world.webhook_queue
    first, second, third = requests(1), requests(2, url=OTHER_URL), requests(3)
    with acting.world.transaction():
        queue.put("acme", [*first, *second, *third])

    assert list(queue.urls) == [URL, OTHER_URL]
    assert queue.take(OTHER_URL) == ("acme", *second)
    assert [queue.take(URL), queue.take(URL), queue.take(URL)] == [("acme", *first), ("acme", *third), None]
    assert (len(queue), list(queue.urls)) == (0, [])


def test_url_whose_request_was_taken_is_the_last_one(acting):
    queue = acting.world.webhook_queue
    with acting.world.transaction():
        queue.put("acme", [*requests(1, 2), *requests(3, url=OTHER_URL)])

    queue.take(URL)

    assert list(queue.urls) == [OTHER_URL, URL]


def test_request_to_the_slowest_url_is_dropped_beyond_the_bound(acting):
    queue = acting.world.webhook_queue
    with acting.world.transaction():
        queue.put("acme", requests(1, url=OTHER_URL))
    put(acting, *range(MOST_WAITING))

    assert (len(queue), queue.dropped, list(queue.urls)) == (MOST_WAITING, 1, [URL])


def test_rollback_restores_the_queues_of_all_urls(acting):
    queue = acting.world.webhook_queue
    put(acting, 1)

    with pytest.raises(ZeroDivisionError), acting.world.transaction():
        queue.put("acme", [*requests(2), *requests(3, url=OTHER_URL), *requests(4)])
        raise ZeroDivisionError

    assert (len(queue), list(queue.urls)) == (1, [URL])
    assert queue.take(URL) == ("acme", *requests(1))


def test_observer_is_called_after_the_commit(acting):
    told = []
    acting.world.webhook_queue.observe(lambda: told.append(acting.world.database.in_transaction))

    put(acting, 1)

    assert told == [False]


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        ("http://127.0.0.1:9/hook", True),
        ("https://example.com", True),
        ("ftp://example.com", False),
        ("http://", False),
        ("http://[::1", False),
        ("http://example.com/\n", False),
        ("http://user:word@[::1]:65535/hook", True),
        ("http://127.0.0.1:65536/hook", False),
        ("http://127.0.0.1:port/hook", False),
        ("http://127.0.0.1:0/hook", False),
        ("http://my host/hook", False),
        ("hook", False),
    ],
)
def test_webhook_url_is_an_address_of_http(text, is_url):
    assert is_webhook_url(text) is is_url


def test_webhook_url_longer_than_the_bound_is_refused():
    url = "http://example.com/".ljust(LONGEST_URL, "x")

    assert is_webhook_url(url)
    assert not is_webhook_url(url + "x")
    assert is_webhook_url(url + "x", longest=None)
