"""Tell webhooks what happened to the mail that vendors sent: make the requests that wait in the Worlds' queues."""

from __future__ import annotations

import asyncio
import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientResponse, ClientSession
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from mockmail.core.clock import monotonic
from mockmail.core.errors import InvalidValue
from mockmail.core.journal import LONGEST_REFUSAL, Exchange
from mockmail.server.webhook_client import NO_URL, RECEIVED_AT_ONCE, RETRY_SECONDS, check_url, new_session

if TYPE_CHECKING:
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.senders.sender import WebhookRequest
    from mockmail.core.world import World

log = logging.getLogger("mockmail.webhooks")

OPERATION = "webhook"
"""The journal's name for a request to a webhook, which is no operation of any vendor."""

MOST_AT_ONCE = 10
"""The most URLs of a World that get a request at the same time; further URLs wait."""

MOST_IN_ALL = 200
"""The most URLs of all Worlds together, so that sockets are left for requests and mail."""

_Key = tuple[int, str]
"""The generation of the World, and the URL."""

_CREDENTIALS = re.compile(r"//[^/]*@")


class VendorWebhooks:
    """Makes the requests to vendors' webhooks, those to a URL one by one, and keeps them in the World's journal.

    allowed: `host:port` of servers on other machines that may get requests. own_ports: the ports of this server.
    """

    def __init__(self, sandboxes: Sandboxes, allowed: frozenset[str], own_ports: Sequence[int]) -> None:
        self._stop_observing = sandboxes.observe(self._sandbox)
        self._allowed = allowed
        self._own_ports = own_ports
        self._tasks: dict[World, dict[_Key, asyncio.Task[None]]] = {}
        self._count = 0
        self._waiting: dict[World, None] = {}  # for other Worlds, in order

    def deliver(self, world: World) -> None:
        """Begin to make the requests that wait in a World, unless this is in progress."""
        generation, tasks = world.generation, self._tasks.setdefault(world, {})
        for (began, _), task in tasks.items():
            if began != generation and not task.cancelling():  # the sandbox was reset: nobody waits for the requests
                task.cancel()
        room = MOST_AT_ONCE - sum(began == generation for began, _ in tasks)
        for url in world.webhook_queue.urls:
            if room <= 0:
                break
            if (generation, url) not in tasks:
                if self._count >= MOST_IN_ALL:
                    self._waiting[world] = None
                    break
                self._begin(world, url)
                room -= 1
        if not tasks:
            del self._tasks[world]

    async def close(self) -> None:
        """Cancel the requests in progress."""
        self._stop_observing()
        self._waiting.clear()
        tasks = [task for tasks in self._tasks.values() for task in tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, world: World, url: str) -> None:
        key = world.generation, url
        self._count += 1
        task = self._tasks[world][key] = asyncio.ensure_future(self._deliver_to(world, url))
        task.add_done_callback(lambda ended: self._ended(world, key, ended))

    def _ended(self, world: World, key: _Key, task: asyncio.Task[None]) -> None:
        self._count -= 1
        tasks = self._tasks[world]
        del tasks[key]
        if not tasks:
            del self._tasks[world]
        while self._waiting and self._count < MOST_IN_ALL:
            first = next(iter(self._waiting))
            del self._waiting[first]
            self.deliver(first)
        if not task.cancelled() and task.exception() is None and len(world.webhook_queue):
            self.deliver(world)  # requests to other URLs, and requests that were queued while the client closed

    def _sandbox(self, world: World, is_new: bool) -> None:
        if not is_new:
            self._waiting.pop(world, None)
            for task in self._tasks.get(world, {}).values():
                task.cancel()

    async def _deliver_to(self, world: World, url: str) -> None:
        queue = world.webhook_queue
        async with new_session() as session:
            while (entry := queue.take(url)) is not None:
                vendor, request = entry
                try:
                    await self._deliver(session, world, vendor, request)
                except Exception:
                    log.exception("a webhook request of %s could not be made", vendor)
                if len(queue.urls) > MOST_AT_ONCE or self._waiting:
                    return  # the URLs that wait have their turn

    async def _deliver(self, session: ClientSession, world: World, vendor: str, request: WebhookRequest) -> None:
        generation, found = world.generation, world.vendors.get(vendor)
        final = found.sender.final_statuses if found is not None else ()
        for pause in (*RETRY_SECONDS, None):
            try:
                exchange = _attempted(world, vendor, request)
            except ValueError:  # of the URL, which a test may have seeded
                _refuse(world, vendor, request)
                return
            world.outgoing.begin(exchange)
            started = monotonic()
            try:
                check_url(str(_address(request)), self._allowed, self._own_ports)
                await _attempt(session, request, exchange)
            except InvalidValue as error:  # another attempt would be refused too
                exchange.refusal, pause = str(error)[:LONGEST_REFUSAL], None  # noqa: PLW2901
                log.warning("%s: a webhook gets no request: %s", vendor, error)
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                exchange.refusal = f"{type(error).__name__}: {error}"[:LONGEST_REFUSAL]
            finally:
                world.outgoing.abandon(exchange)
            if world.generation != generation:  # the sandbox was reset
                return
            exchange.seconds = monotonic() - started
            world.outgoing.add(exchange)
            if pause is None or 200 <= exchange.status < 300 or exchange.status in final:  # noqa: PLR2004
                return
            await asyncio.sleep(pause)
            if world.generation != generation:
                return


async def _attempt(session: ClientSession, request: WebhookRequest, exchange: Exchange) -> None:
    async with session.request(
        request.method, _address(request), data=request.body, headers=exchange.request_headers, allow_redirects=False
    ) as response:
        exchange.status = response.status
        exchange.response_headers = tuple((str(name), value) for name, value in response.headers.items())
        exchange.response_body = await _first_bytes(response)


async def _first_bytes(response: ClientResponse) -> bytes:
    """Return the first bytes of the body: enough to see why an application refused."""
    return await response.content.read(RECEIVED_AT_ONCE)


def _refuse(world: World, vendor: str, request: WebhookRequest) -> None:
    """Keep a request without an address in the journal. Its URL is shown without a user name and a password."""
    url = _CREDENTIALS.sub("//", request.url)
    exchange = _exchange(world, vendor, request, CIMultiDict(request.headers), path=url[:LONGEST_REFUSAL])
    exchange.refusal = NO_URL.format(url[:80])
    log.warning("%s: a webhook gets no request: %s", vendor, exchange.refusal)
    world.outgoing.add(exchange)


def _address(request: WebhookRequest) -> URL:
    """Return the URL without its user name and password, which are sent in a header."""
    return URL(request.url).with_user(None)


def _attempted(world: World, vendor: str, request: WebhookRequest) -> Exchange:
    """Return the entry of the journal for an attempt. Raise ValueError for an invalid URL."""
    url = URL(request.url)
    if url.host is None:
        raise ValueError("the URL has no host")
    host = url.raw_authority.rpartition("@")[2]
    headers = CIMultiDict(request.headers)
    headers.setdefault("Host", host)
    headers.setdefault("Content-Type", "application/json")
    if url.user is not None:
        credentials = f"{url.user}:{url.password or ''}".encode()
        headers.setdefault("Authorization", f"Basic {b64encode(credentials).decode()}")
    return _exchange(
        world, vendor, request, headers, path=url.raw_path, query=url.raw_query_string, peer=host, scheme=url.scheme
    )


def _exchange(
    world: World, vendor: str, request: WebhookRequest, headers: CIMultiDict[str], **address: Any
) -> Exchange:
    """Return an entry of the journal. headers: those that are sent. address: the fields that the URL gives."""
    return Exchange(
        id=world.outgoing.next_id(),
        at=world.clock.now(),
        method=request.method,
        request_headers=CIMultiDictProxy(headers),
        request_body=request.body[: world.outgoing.body_limit],
        vendor=vendor,
        operation=OPERATION,
        **address,
    )
