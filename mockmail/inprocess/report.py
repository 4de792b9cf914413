"""Describe a server's requests and messages for the report of a failing test. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mockmail.core.mail.criteria import Criteria
from mockmail.core.sandboxes import DEFAULT
from mockmail.wire.masking import Masking
from mockmail.wire.request_lines import request_lines

if TYPE_CHECKING:
    from mockmail.core.world import World

SHOWN = 20
"""The most requests, and the most messages, of a sandbox that are shown."""

MOST_SANDBOXES = 5
"""The most sandboxes that are shown."""


def report_of(world: World, sandboxes: Iterable[World]) -> str:
    """Return the requests, messages and faults of a World, oldest first.

    The report of the default sandbox has those of the other sandboxes too.
    """
    others = [other for other in sandboxes if other is not world] if world.name == DEFAULT else []
    masking, lines = Masking(world.vendors), []
    for shown in [world, *others][:MOST_SANDBOXES]:
        lines += [f"~{shown.name}: {line}" if shown in others else line for line in _lines(shown, masking)]
    return "\n".join(lines)


def _lines(world: World, masking: Masking) -> Iterator[str]:
    requests = [*world.journal, *world.journal.in_progress.values()]
    yield _heading("request", len(requests))
    for exchange in requests[-SHOWN:]:
        yield from (f"  {line}" for line in request_lines(exchange, masking))
    yield _heading("message", len(world.mail))
    if len(world.mail):
        for cursor in world.mail.cursors(Criteria(), limit=SHOWN, newest_first=True)[::-1]:
            message = world.mail.at(cursor)
            if message is not None:
                recipients = ", ".join(message.envelope.recipients[:SHOWN])
                yield f"  {message.envelope.sender or '<>'} to {recipients}: {message.subject!r} (by {message.sent_by})"
    for fault in world.faults:
        yield f"fault {fault}"


def _heading(noun: str, total: int) -> str:
    if total == 0:
        return f"no {noun}s"
    shown = f", the last {SHOWN}" if total > SHOWN else ""
    return f"{total} {noun if total == 1 else f'{noun}s'}{shown}:"
