"""The queue of webhook requests: its bound, and what a rollback does."""

from __future__ import annotations

import pytest

from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.senders.webhook_queue import LONGEST_URL, MOST_BYTES, MOST_WAITING, is_webhook_url


def requests(*numbers):
    return [WebhookRequest(url=f"http://127.0.0.1:9/{number}", body=b"{}") for number in numbers]


def put(acting, *numbers):
    with acting.world.transaction():
        acting.world.webhook_queue.put("acme", requests(*numbers))


def test_as_many_requests_wait_as_the_bound_allows(acting):
    put(acting, *range(MOST_WAITING))

    queue = acting.world.webhook_queue
    assert (len(queue), queue.dropped) == (MOST_WAITING, 0)
    assert queue.take() == ("acme", *requests(0))


def test_oldest_request_is_dropped_beyond_the_bound(acting):
    put(acting, *range(MOST_WAITING))
    put(acting, MOST_WAITING)

    queue = acting.world.webhook_queue
    assert (len(queue), queue.dropped) == (MOST_WAITING, 1)
    assert queue.take() == ("acme", *requests(1))


def test_bodies_have_a_bound_too(acting):
    half = WebhookRequest(url="http://127.0.0.1:9/", body=b"x" * (MOST_BYTES // 2))
    queue = acting.world.webhook_queue

    with acting.world.transaction():
        queue.put("acme", [half, half])
        assert (len(queue), queue.dropped) == (2, 0)
        queue.put("acme", requests(1))
        assert (len(queue), queue.dropped) == (2, 1)

    assert [queue.take(), queue.take()] == [("acme", half), ("acme", *requests(1))]
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
