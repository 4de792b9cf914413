"""Perform the sends that handlers return."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from mockmail.core.errors import LimitReached, Problem
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.outgoing import Continue, Later, Outcome, Send
from mockmail.core.vendor import CommittedRefusal
from mockmail.core.world import World
from mockmail.http.steps import RequestContext
from mockmail.server.turns import Turns

log = logging.getLogger("mockmail.http")

Perform = Callable[[Send, World, SentBy], Awaitable[Outcome]]


class Sending:
    """Performs sends, before the response (`Send`) or after it (`Later`).

    turns: shares the event loop between the sends of all requests.
    """

    def __init__(self, perform: Perform, turns: Turns) -> None:
        self._perform = perform
        self._turns = turns
        self._jobs: set[asyncio.Task[None]] = set()

    async def settle(self, context: RequestContext) -> None:
        """Perform a result that is a send, and replace it by the result of its `then`. Raise the errors of `then`."""
        context.result = await self._perform_all(context.result, context)
        if isinstance(context.result, Later):
            job = asyncio.ensure_future(self._job(context.result.send, context))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
            context.result = context.result.result
        if isinstance(context.result, CommittedRefusal):
            raise context.result.error

    def stop(self) -> None:
        """Cancel the sends in progress."""
        for job in self._jobs:
            job.cancel()

    async def _job(self, send: Send, context: RequestContext) -> None:
        try:
            await self._perform_all(send, context)
        except (Problem, LimitReached) as problem:
            log.info("%s %s: %s", context.exchange.vendor, context.exchange.operation, problem)
        except Exception:
            log.exception("%s %s failed after its response", context.exchange.vendor, context.exchange.operation)

    async def _perform_all(self, result: object, context: RequestContext) -> object:
        if isinstance(result, Send):
            result = await self._send(result, context)
        while isinstance(result, Send | Continue):
            generation = context.world.generation
            await self._turns.next()
            _check_generation(context, generation)
            if isinstance(result, Send):
                result = await self._send(result, context)
            else:
                with context.world.store.transaction():
                    result = result.then()
        return result

    async def _send(self, send: Send, context: RequestContext) -> object:
        exchange = context.exchange
        sent_by = SentBy(
            client="api",
            vendor=exchange.vendor,
            operation=exchange.operation,
            exchange=exchange.id,
            relay=send.relay.where if send.relay is not None else None,
        )
        if send.relay is None:
            return _deliver(send, context, sent_by)
        generation = context.world.generation
        outcome = await self._perform(send, context.world, sent_by)
        _check_generation(context, generation)
        if outcome.message is not None:
            exchange.messages.append(outcome.message)
        with context.world.store.transaction():
            return send.then(outcome)


def _deliver(send: Send, context: RequestContext, sent_by: SentBy) -> object:
    """Put a message that needs no SMTP session into the inbox, with the records about it: both are kept, or neither."""
    message, world = send.message, context.world
    envelope = Envelope(sender=message.sender, recipients=message.recipients)
    with world.transaction():
        message_id = world.receive(message.raw, envelope, sent_by).id
        result = send.then(Outcome(message=message_id))
    context.exchange.messages.append(message_id)
    return result


def _check_generation(context: RequestContext, generation: int) -> None:
    if context.world.generation != generation:  # the same ids may now belong to other records
        raise Problem(503, "the sandbox was reset while its mail was on the way")
