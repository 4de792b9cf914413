"""Apply SMTP faults to a connection. Imported when a sandbox has some."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from mockmail.core.rules import seconds_of
from mockmail.core.smtp_faults import take
from mockmail.smtp.reader import bytes_at_once

if TYPE_CHECKING:
    from mockmail.core.world import World
    from mockmail.smtp.protocol import SinkProtocol


async def fail_stage(
    connection: SinkProtocol,
    world: World,
    stage: str,
    *,
    sender: str | None = None,
    recipient: str | None = None,
    content: bytes = b"",
) -> str | None:
    """Apply the fault that this point of the dialogue meets. Return its reply in place of the server's, or None.

    sender, recipient: the address of this command; by default those of the earlier commands.
    Raise CancelledError, which ends aiosmtpd's dialogue, after the fault has closed the connection.
    """
    envelope: Any = connection.envelope
    recipients = envelope.rcpt_tos if recipient is None else [recipient]
    fault = take(world.smtp_faults, stage, sender or envelope.mail_from, recipients, content)
    if fault is None:
        return None
    if fault.throttle is not None:
        connection.throttle(fault.throttle)
    if fault.delay:
        seconds = seconds_of(fault.delay, world.chance)
        connection.extend_timeout(seconds)
        await asyncio.sleep(seconds)
    if fault.closes:
        if fault.reply is not None:
            connection.reply_of_fault = fault.reply
            await connection.push(connection.reply_of_fault)
        transport: Any = connection.transport
        if transport is not None:
            transport.close()
        raise asyncio.CancelledError
    connection.reply_of_fault = fault.reply
    return connection.reply_of_fault


async def write_slowly(writer: Any, content: bytes, rate: int) -> None:
    """Write bytes at a rate, in bytes a second."""
    size = bytes_at_once(rate)
    for start in range(0, len(content), size):
        writer.write(content[start : start + size])
        await writer.drain()
        await asyncio.sleep(size / rate)
