"""New messages as they arrive, over a WebSocket or as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from mockmail.compat.call import Call, encode
from mockmail.core.errors import Problem, WaitEnded, WaitTimeout
from mockmail.core.mail.message import Message
from mockmail.core.sandboxes import check_name
from mockmail.core.world import World
from mockmail.http.protocol import cancel_on_disconnect
from mockmail.server.events import Subscription

HEARTBEAT = 30.0
"""The seconds of silence after which something is sent, so that nobody on the way closes the connection."""

LONGEST_FRAME = 4096
"""The most bytes of a frame from the client, which has nothing to say."""

CLOSE_SECONDS = 0.5
"""The seconds for which the end of a WebSocket waits for the client's consent."""

Frames = Callable[[Message, World], Sequence[Any]]
"""Returns the documents to send for a new message."""


async def send_messages(call: Call, frames: Frames) -> web.StreamResponse:
    """Serve a WebSocket: send the documents of each new message of the sandbox, until the client disconnects."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST_FRAME, timeout=CLOSE_SECONDS)
    if not socket.can_prepare(call.request).ok:
        raise Problem(426, "this path is for a WebSocket", {"Upgrade": "websocket", "Connection": "Upgrade"})
    subscription = _subscribe(call)
    try:
        await socket.prepare(call.request)
        sender = asyncio.create_task(_send(call, socket, subscription, frames))
        try:
            async for _ in socket:
                continue
        finally:
            sender.cancel()
    finally:
        subscription.close()
    return socket


async def stream_messages(call: Call, frames: Frames) -> web.StreamResponse:
    """Send the documents of each new message of the sandbox as server-sent events, until the client disconnects."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Server": "mockmail"}
    stream = web.StreamResponse(headers=headers)
    subscription = _subscribe(call)
    try:
        with suppress(ConnectionError), cancel_on_disconnect(call.request):
            await stream.prepare(call.request)
            async for found in _messages(call, subscription):
                for document in frames(*found) if found else ():
                    await stream.write(b"data: " + encode(document) + b"\n\n")
                if found is None:
                    await stream.write(b":\n\n")
    finally:
        subscription.close()
    return stream


async def _send(call: Call, socket: web.WebSocketResponse, subscription: Subscription, frames: Frames) -> None:
    with suppress(ConnectionError):
        async for found in _messages(call, subscription):
            for document in frames(*found) if found else ():
                await socket.send_str(encode(document).decode())
        await socket.close()


def _subscribe(call: Call) -> Subscription:
    check_name(call.sandbox)
    return call.events().subscribe(["message"], call.sandbox)


async def _messages(call: Call, subscription: Subscription) -> AsyncIterator[tuple[Message, World] | None]:
    """Return the messages that arrive, with their World; None after HEARTBEAT seconds without one."""
    while True:
        try:
            event = await subscription.next(HEARTBEAT)
        except WaitTimeout:
            yield None
            continue
        except WaitEnded:
            return
        world = call.sandboxes.find(call.sandbox)
        message = world.mail.get(event.data["id"]) if world is not None and event.kind == "message" else None
        if world is not None and message is not None:
            yield message, world
