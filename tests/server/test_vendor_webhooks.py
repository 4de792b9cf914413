"""The delivery of webhook requests: what is queued at an awkward moment."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.world import World
from mockmail.server import vendor_webhooks
from mockmail.server.vendor_webhooks import MOST_AT_ONCE, VendorWebhooks
from mockmail.vendors.postmark import VENDOR


@pytest.fixture
def world():
    with closing(World(Registry({"postmark": VENDOR}))) as made:
        yield made


@pytest.fixture
async def delivery(world):
    """Deliver the requests of the World; those to other machines are refused, so that no network is needed."""
    made = VendorWebhooks(Sandboxes(lambda _: world), frozenset(), ())
    world.webhook_queue.observe(lambda: made.deliver(world))
    yield made
    await made.close()


def queue(world, *paths, host="x.test"):
    with world.transaction():
        world.webhook_queue.put("postmark", [WebhookRequest(url=f"http://{host}/{path}", body=b"") for path in paths])


async def made(attempts, count):
    """Wait for the first `count` attempts."""
    for _ in range(1000):
        if len(attempts) >= count:
            break
        await asyncio.sleep(0.01)


async def delivered(world, count):
    """Return the paths of the requests that were made, once there are `count`."""
    await made(world.outgoing, count)
    return [exchange.path for exchange in world.outgoing]


async def test_request_that_is_queued_while_the_client_is_closed_is_made(world, delivery, monkeypatch):
    class Session:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            await asyncio.sleep(0)
            if len(world.outgoing) == 1:
                queue(world, "second")
                await asyncio.sleep(0)

    monkeypatch.setattr(vendor_webhooks, "new_session", Session)

    queue(world, "first")

    assert await delivered(world, 2) == ["/first", "/second"]


@pytest.mark.parametrize(
    "url", ["http://[", "http://127.0.0.1:65536/hook", "http://127.0.0.1:port/hook", "http://ä..b/hook", "hook"]
)
async def test_request_to_a_seeded_url_that_is_none_is_refused_in_the_journal(world, delivery, url):
    with world.transaction():
        seeded = url.replace("//", "//me:secret@")
        world.webhook_queue.put("postmark", [WebhookRequest(url=seeded, body=b"")])
    queue(world, "next")

    assert sorted(await delivered(world, 2)) == sorted([url, "/next"])
    [refused] = [exchange for exchange in world.outgoing if exchange.path == url]
    assert (refused.status, refused.vendor) == (0, "postmark")
    assert refused.refusal == f"url must be an http or https URL, not {url!r}"


async def test_request_that_fails_does_not_end_the_delivery(world, delivery, monkeypatch, caplog):
    async def attempt(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(vendor_webhooks, "_attempt", attempt)
    queue(world, "first", host="127.0.0.1:9")
    queue(world, "next")

    assert await delivered(world, 1) == ["/next"]
    assert "a webhook request of postmark could not be made" in caplog.text


async def test_requests_of_a_removed_sandbox_are_not_made(world, delivery):
    queue(world, "first")
    delivery._sandbox(world, False)
    await asyncio.sleep(0.01)

    assert (len(world.outgoing), delivery._tasks) == (0, {})


async def test_restored_sandbox_forgets_requests_that_wait(world, delivery, monkeypatch):
    state = world.snapshot()
    world.webhook_queue.put("postmark", [WebhookRequest(url="http://x.test/", body=b"")])

    world.restore(state)

    assert len(world.webhook_queue) == 0


@pytest.fixture
def attempts(monkeypatch):
    """Make no requests: those to `/silent…` get no response, all others get one at once. Return the paths."""
    paths = []

    async def attempt(session, request, exchange):
        paths.append(exchange.path)
        if exchange.path.startswith("/silent"):
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        exchange.status = 200

    monkeypatch.setattr(vendor_webhooks, "_attempt", attempt)
    return paths


async def test_url_that_never_answers_does_not_delay_another_one(world, delivery, attempts):
    queue(world, "silent", "silent", "first", "second", "first", host="127.0.0.1:9")

    assert sorted(await delivered(world, 3)) == ["/first", "/first", "/second"]
    assert attempts.count("/silent") == 1
    assert len(world.webhook_queue) == 1


async def test_requests_to_a_url_are_made_one_after_the_other(world, delivery, monkeypatch):
    in_progress, most = 0, 0

    async def attempt(session, request, exchange):
        nonlocal in_progress, most
        in_progress += 1
        most = max(most, in_progress)
        await asyncio.sleep(0)
        in_progress -= 1
        exchange.status = 200

    monkeypatch.setattr(vendor_webhooks, "_attempt", attempt)

    queue(world, *["same"] * 5, host="127.0.0.1:9")

    assert (len(await delivered(world, 5)), most) == (5, 1)


@pytest.mark.parametrize(("silent", "last"), [(MOST_AT_ONCE - 1, ["/last"]), (MOST_AT_ONCE, [])])
async def test_as_many_urls_get_a_request_at_once_as_the_bound_allows(world, delivery, attempts, silent, last):
    queue(world, *(f"silent{number}" for number in range(silent)), "last", host="127.0.0.1:9")

    await made(attempts, MOST_AT_ONCE)
    await asyncio.sleep(0.01)

    assert [path for path in attempts if path == "/last"] == last
    assert len(attempts) == MOST_AT_ONCE


async def test_url_with_many_requests_leaves_its_turn_to_urls_that_wait(world, delivery, attempts):
    names = [f"url{number}" for number in range(MOST_AT_ONCE + 1)]

    queue(world, *names * 3, host="127.0.0.1:9")

    paths = await delivered(world, 3 * len(names))
    assert len(paths) == 3 * len(names)
    assert set(paths[: 2 * MOST_AT_ONCE]) == {f"/{name}" for name in names}


async def test_silent_urls_of_a_removed_sandbox_hold_nothing(world, delivery, attempts):
    queue(world, "silent1", "silent2", host="127.0.0.1:9")
    await made(attempts, 2)

    delivery._sandbox(world, False)
    await asyncio.sleep(0.01)

    assert delivery._tasks == {}


async def test_requests_of_before_a_reset_do_not_delay_those_after_it(world, delivery, attempts):
    queue(world, *(f"silent{number}" for number in range(MOST_AT_ONCE)), host="127.0.0.1:9")
    await made(attempts, MOST_AT_ONCE)

    world.reset()
    queue(world, "silent0", "after", host="127.0.0.1:9")

    assert await delivered(world, 1) == ["/after"]
    assert attempts[MOST_AT_ONCE:] == ["/silent0", "/after"]
    assert len(delivery._tasks[world]) == 1


@pytest.fixture
def other_world(delivery):
    with closing(World(Registry({"postmark": VENDOR}))) as made:
        made.webhook_queue.observe(lambda: delivery.deliver(made))
        yield made


async def test_urls_of_all_sandboxes_have_a_bound_together(world, other_world, delivery, attempts, monkeypatch):
    monkeypatch.setattr(vendor_webhooks, "MOST_IN_ALL", 2)
    queue(world, "silent1", "silent2", "silent3", host="127.0.0.1:9")
    queue(other_world, "first", "second", host="127.0.0.1:9")
    await asyncio.sleep(0.01)
    assert attempts == ["/silent1", "/silent2"]

    delivery._sandbox(world, False)

    assert sorted(await delivered(other_world, 2)) == ["/first", "/second"]
    assert (attempts[2:], delivery._tasks) == (["/first", "/second"], {})


async def test_sandbox_with_many_requests_leaves_its_turn_to_one_that_waits(
    world, other_world, delivery, attempts, monkeypatch
):
    monkeypatch.setattr(vendor_webhooks, "MOST_IN_ALL", 1)
    queue(world, *["many"] * 3, host="127.0.0.1:9")
    queue(other_world, "first", host="127.0.0.1:9")

    await delivered(world, 3)

    assert attempts == ["/many", "/first", "/many", "/many"]


async def test_sandbox_that_was_reset_while_it_waited_leaves_its_turn(
    world, other_world, delivery, attempts, monkeypatch
):
    monkeypatch.setattr(vendor_webhooks, "MOST_IN_ALL", 1)
    with closing(World(Registry({"postmark": VENDOR}))) as first:
        first.webhook_queue.observe(lambda: delivery.deliver(first))
        queue(first, "silent", host="127.0.0.1:9")
        queue(world, "forgotten", host="127.0.0.1:9")
        queue(other_world, "last", host="127.0.0.1:9")
        await made(attempts, 1)

        world.reset()
        delivery._sandbox(first, False)

        assert await delivered(other_world, 1) == ["/last"]
