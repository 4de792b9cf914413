"""Waiting for mail: until a match comes, on the loop, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mockmail.core.errors import WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore

SHOWN = 5
"""How many messages that did not match a time-out tells of."""


async def wait_for(
    mail: MailStore,
    criteria: Criteria,
    *,
    count: int = 1,
    timeout: float = 5.0,  # noqa: ASYNC109  # the time-out's error says what came instead
    waits: set[Callable[[], None]] | None = None,
) -> list[Message]:
    """The first `count` messages that fit, those that are there already included.

    waits: where what ends this wait is found while it lasts.
    Raises WaitTimeout after `timeout` seconds, WaitEnded when it is ended, or the sandbox deleted, meanwhile.
    """
    found = mail.find(criteria, limit=count)
    if len(found) >= count:
        return found
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(message: Message) -> None:
        if mail.fits(message, criteria):
            found.append(message)
            if len(found) >= count and not done.done():
                done.set_result(None)

    def end() -> None:
        if not done.done():
            done.set_exception(
                WaitEnded("the sandbox was deleted, or its server stopped, while its mail was waited for")
            )

    waits = set() if waits is None else waits
    waits.add(end)
    forget = mail.observe(look, end)
    try:
        async with asyncio.timeout(timeout):
            await done
    except TimeoutError:
        raise WaitTimeout(describe(mail, criteria, count, len(found), timeout)) from None
    finally:
        forget()
        waits.discard(end)
    return found[:count]


def describe(mail: MailStore, criteria: Criteria, count: int, found: int, timeout: float) -> str:
    """What was waited for and what came instead, in words."""
    wanted = "a message" if count == 1 else f"{count} messages (there are {found})"
    others = mail.find(Criteria(after=criteria.after), limit=SHOWN, newest_first=True)
    words = [
        f"  from {one.from_ or one.envelope.sender!r} to {', '.join(one.envelope.recipients)}: {one.subject!r}"
        for one in others
    ]
    total = mail.count(Criteria(after=criteria.after))
    came = f"The last {len(words)} of {total} that came:\n" + "\n".join(words) if words else "No message came at all."
    return f"waited {timeout:g} s in vain for {wanted} with {criteria}. {came}"
