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
from mockmail.server.vendor_webhooks import VendorWebhooks
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


def queue(world, *paths):
    with world.transaction():
        world.webhook_queue.put("postmark", [WebhookRequest(url=f"http://x.test/{path}", body=b"") for path in paths])


async def delivered(world, count):
    """Return the paths of the requests that were made, once there are `count`."""
    for _ in range(1000):
        if len(world.outgoing) >= count:
            break
        await asyncio.sleep(0.01)
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


async def test_request_that_cannot_be_made_does_not_end_the_delivery(world, delivery, monkeypatch, caplog):
    with world.transaction():
        world.webhook_queue.put("postmark", [WebhookRequest(url="http://[", body=b"")])
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
