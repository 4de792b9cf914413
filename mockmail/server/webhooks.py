"""Webhooks: events sent by POST to a URL on this machine, or to a server that a setting allows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession

from mockmail.core.errors import InvalidValue, LimitReached, WaitEnded
from mockmail.core.sandboxes import DEFAULT
from mockmail.server.events import Event, Events, Subscription
from mockmail.server.webhook_client import RETRY_SECONDS, check_url, new_session

if TYPE_CHECKING:
    from mockmail.core.bounds import EventLimits
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World


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
        check_url(url, self._limits.allow, self._own_ports)
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


async def _deliver_all(hook: Webhook, subscription: Subscription) -> None:
    try:
        async with new_session() as session:
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
