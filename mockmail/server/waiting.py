"""Wait for messages on an event loop, without polling. The control API and `MockMail` share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mockmail.core.errors import WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore

SHOWN = 5
"""The number of messages that the error of a timeout lists."""


async def wait_for(
    mail: MailStore,
    criteria: Criteria,
    *,
    count: int = 1,
    timeout: float = 5.0,  # noqa: ASYNC109  # the error of a timeout lists the messages that arrived
    waits: set[Callable[[], None]] | None = None,
) -> list[Message]:
    """Return the first `count` messages that match, including those that arrived before.

    waits: gets a function that ends this wait, for as long as it lasts.
    Raise WaitTimeout after `timeout` seconds, WaitEnded when the wait is ended or the sandbox is deleted.
    """
    found = mail.find(criteria, limit=count)
    if len(found) >= count:
        return found
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def collect(message: Message) -> None:
        if mail.fits(message, criteria):
            found.append(message)
            if len(found) >= count and not done.done():
                done.set_result(None)

    def end() -> None:
        if not done.done():
            done.set_exception(WaitEnded("the sandbox was deleted, or the server stopped, during the wait for mail"))

    waits = set() if waits is None else waits
    waits.add(end)
    stop_observing = mail.observe(collect, end)
    try:
        async with asyncio.timeout(timeout):
            await done
    except TimeoutError:
        raise WaitTimeout(_describe_timeout(mail, criteria, count, len(found), timeout)) from None
    finally:
        stop_observing()
        waits.discard(end)
    return found[:count]


def _describe_timeout(mail: MailStore, criteria: Criteria, count: int, found: int, timeout: float) -> str:
    wanted = "no message matched" if count == 1 else f"{found} of {count} messages matched"
    since = Criteria(after=criteria.after)
    last = mail.find(since, limit=SHOWN, newest_first=True)
    lines = [
        f"  from {message.from_ or message.envelope.sender!r} to {', '.join(message.envelope.recipients)}:"
        f" {message.subject!r}"
        for message in last
    ]
    arrived = f"The last {len(last)} of {mail.count(since)} messages:\n" + "\n".join(lines)
    return f"{wanted} {criteria} within {timeout:g} s. {arrived if last else 'No message arrived at all.'}"
