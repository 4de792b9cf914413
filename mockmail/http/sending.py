"""The part of `handle` that takes time: performing what a handler returned instead of doing it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from mockmail.core.errors import LimitReached, Problem
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Later, Outcome, Send
from mockmail.core.world import World
from mockmail.http.steps import RequestContext

log = logging.getLogger("mockmail.http")

Perform = Callable[[Send, World, SentBy], Awaitable[Outcome]]


class Sending:
    """Performs the sends of calls, those that an answer waits for and those that it does not."""

    def __init__(self, perform: Perform) -> None:
        self._perform = perform
        self._jobs: set[asyncio.Task[None]] = set()

    async def settle(self, context: RequestContext) -> None:
        """Turn a result that is a send into what the vendor's rules make of its outcome."""
        while isinstance(context.result, Send):
            context.result = await self._send(context.result, context)
        if isinstance(context.result, Later):
            job = asyncio.ensure_future(self._job(context.result.send, context))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
            context.result = context.result.result

    def stop(self) -> None:
        """Give up the sends that are under way."""
        for job in self._jobs:
            job.cancel()

    async def _job(self, send: Send, context: RequestContext) -> None:
        try:
            result: object = send
            while isinstance(result, Send):
                result = await self._send(result, context)
        except (Problem, LimitReached) as problem:
            log.info("%s %s: %s", context.exchange.vendor, context.exchange.operation, problem)
        except Exception:
            log.exception("%s %s failed after its answer", context.exchange.vendor, context.exchange.operation)

    async def _send(self, send: Send, context: RequestContext) -> object:
        exchange = context.exchange
        sent_by = SentBy(
            client="api",
            vendor=exchange.vendor,
            operation=exchange.operation,
            exchange=exchange.id,
            relay=send.relay.where if send.relay is not None else None,
        )
        generation = context.world.generation
        outcome = await self._perform(send, context.world, sent_by)
        if context.world.generation != generation:  # the same ids may by now be somebody else's
            raise Problem(503, "the sandbox was reset while its mail was on the way")
        if outcome.message is not None:
            exchange.messages.append(outcome.message)
        with context.world.store.transaction():
            return send.then(outcome)
