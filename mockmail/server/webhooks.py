"""Webhooks: events sent by POST to a URL on this machine, or to a server that a setting allows."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import AddrInfoType, ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from mockmail._version import __version__
from mockmail.core.errors import InvalidValue, LimitReached, WaitEnded
from mockmail.core.sandboxes import DEFAULT
from mockmail.server.events import Event, Events, Subscription
from mockmail.server.settings import host_and_port

if TYPE_CHECKING:
    from mockmail.core.bounds import EventLimits
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World

RETRY_SECONDS = (0.2, 1.0)
"""The seconds before each further attempt to send an event; after the last attempt it is given up."""

ATTEMPT_SECONDS = 5.0
"""The seconds that an attempt may take."""

RECEIVED_AT_ONCE = 8 << 10
"""The bytes of a response that wait to be read. More than a head needs would hold the event loop: aiohttp reads all."""

LONGEST_URL = 2000

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True, kw_only=True)
class Webhook:
    """A URL that gets the events of a sandbox.

    id: its number on the server. url: where events are sent. sandbox: whose events.
    kinds: the kinds of events; empty for all. delivered, failed: the number of events that were sent, and given up.
    error: why the last attempt failed; None if it did not.
    """

    id: int
    url: str
    kinds: tuple[str, ...]
    sandbox: str
    delivered: int = 0
    failed: int = 0
    error: str | None = None


class Webhooks:
    """The webhooks of a server. One task each reads the events at its own pace; see `Events` for what it misses.

    own_ports: the ports of this server, where each delivery would be an event again.
    The webhooks of a sandbox are removed with it.
    """

    def __init__(self, events: Events, sandboxes: Sandboxes, limits: EventLimits, own_ports: Sequence[int]) -> None:
        self._stop_observing = sandboxes.observe(self._sandbox)
        self._events = events
        self._limits = limits
        self._own_ports = own_ports
        self._hooks: dict[int, tuple[Webhook, asyncio.Task[None]]] = {}
        self._last_id = 0

    def of(self, sandbox: str) -> list[Webhook]:
        """Return the webhooks of a sandbox."""
        return [hook for hook, _ in self._hooks.values() if hook.sandbox == sandbox]

    def add(self, url: str, kinds: Sequence[str], sandbox: str) -> Webhook:
        """Add a webhook. Raise InvalidValue for a URL that is not allowed or an unknown kind, LimitReached."""
        _check_url(url, self._limits.allow, self._own_ports)
        if len(self._hooks) >= self._limits.webhooks:
            raise LimitReached(f"there are {len(self._hooks)} webhooks, the most that max_webhooks allows")
        subscription = self._events.subscribe(kinds, sandbox)
        self._last_id += 1
        hook = Webhook(id=self._last_id, url=url, kinds=tuple(kinds), sandbox=sandbox)
        self._hooks[hook.id] = hook, asyncio.ensure_future(_deliver_all(hook, subscription))
        return hook

    def add_from_settings(self, urls: Sequence[str]) -> None:
        """Add the webhooks of the setting `webhook`, to the default sandbox. Raise InvalidValue, LimitReached."""
        for url in urls:
            try:
                self.add(url, (), DEFAULT)
            except InvalidValue as error:
                raise InvalidValue(f"webhook: {error}") from error

    def remove(self, hook_id: int, sandbox: str) -> bool:
        """Remove a webhook of a sandbox; return False when there is none with this id."""
        hook, task = self._hooks.get(hook_id, (None, None))
        if hook is None or task is None or hook.sandbox != sandbox:
            return False
        task.cancel()
        del self._hooks[hook_id]
        return True

    async def close(self) -> None:
        """Remove all webhooks."""
        self._stop_observing()
        tasks = [task for _, task in self._hooks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._hooks.clear()

    def _sandbox(self, world: World, is_new: bool) -> None:
        if not is_new:
            for hook in self.of(world.name):
                self.remove(hook.id, world.name)


class _Resolver(AbstractResolver):
    """Resolves `localhost` to this machine, whatever the system says, and the names that a setting allows."""

    def __init__(self) -> None:
        self._others = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not _is_localhost(host):
            return await self._others.resolve(host, port, family)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
        ]

    async def close(self) -> None:
        await self._others.close()


def _small_socket(address: AddrInfoType) -> socket.socket:
    made = socket.socket(*address[:3])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AT_ONCE)
    return made


async def _deliver_all(hook: Webhook, subscription: Subscription) -> None:
    timeout = ClientTimeout(total=ATTEMPT_SECONDS)
    headers = {"Content-Type": "application/json", "User-Agent": f"mockmail/{__version__}"}
    connector = TCPConnector(resolver=_Resolver(), limit=1, socket_factory=_small_socket)
    try:
        async with ClientSession(connector=connector, timeout=timeout, headers=headers) as session:
            while True:
                await _deliver(session, hook, await subscription.next())
    except WaitEnded:
        return
    finally:
        subscription.close()


async def _deliver(session: ClientSession, hook: Webhook, event: Event) -> None:
    for pause in (*RETRY_SECONDS, None):
        hook.error = await _attempt(session, hook.url, event)
        if hook.error is None:
            hook.delivered += 1
            return
        if pause is not None:
            await asyncio.sleep(pause)
    hook.failed += 1


async def _attempt(session: ClientSession, url: str, event: Event) -> str | None:
    """Send an event; return why it failed, or None. The body of the response is not read."""
    try:
        async with session.post(url, data=event.to_json(), allow_redirects=False) as response:
            if response.ok and response.status < 300:  # noqa: PLR2004  # a redirect is not followed
                return None
            return f"the status was {response.status}"
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:300]


def _check_url(url: str, allowed: frozenset[str], own_ports: Sequence[int]) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    if not host or not port or parts.scheme not in _DEFAULT_PORTS or len(url) > LONGEST_URL or not url.isprintable():
        raise InvalidValue(f"url must be an http or https URL, not {url[:80]!r}")
    if parts.username is not None:
        raise InvalidValue("url must have no user name and no password: put a token into the path")
    if _is_localhost(host) or _is_loopback(host):
        if port in own_ports:
            raise InvalidValue(
                f"url must not be of mockmail itself, which listens on port {port}: the events never end"
            )
    elif host_and_port(host, port) not in allowed:
        raise InvalidValue(
            f"url must be on this machine (127.0.0.1, [::1], localhost), not {host[:80]!r}: the setting webhook_allow"
            f" permits {host_and_port(host, port)[:90]}"
        )


def _is_localhost(host: str) -> bool:
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
