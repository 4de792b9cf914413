"""New messages as they arrive, over a WebSocket or as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web

from mockmail.compat.call import Call, encode
from mockmail.core.errors import Problem, WaitEnded, WaitTimeout
from mockmail.core.mail.message import Message
from mockmail.core.sandboxes import check_name
from mockmail.core.world import World
from mockmail.http.protocol import cancel_on_disconnect
from mockmail.server.events import Subscription

HEARTBEAT = 30.0
"""The seconds of silence after which a heartbeat is sent, so that no proxy closes the connection."""

LONGEST_FRAME = 4096
"""The most bytes of a frame from the client, whose frames are ignored."""

CLOSE_SECONDS = 0.5
"""The seconds that a WebSocket waits for the client's closing frame."""

Frames = Callable[[Call, Message, World], Sequence[Any]]
"""Returns the documents to send for a new message."""


class SharedFrames:
    """The encoded documents of new messages, which streams share for as long as one of them sends them.

    Without it, a hundred clients that read nothing would each hold a copy of a large message.
    """

    def __init__(self) -> None:
        self._used: WeakValueDictionary[tuple[Frames, str], EncodedFrames] = WeakValueDictionary()

    def of(self, frames: Frames, event_id: str) -> EncodedFrames:
        """Return the documents of an event's message, which are encoded when they are first read."""
        found = self._used.get((frames, event_id))
        if found is None:
            found = self._used[frames, event_id] = EncodedFrames()
        return found


class EncodedFrames:
    """The documents that one function makes of a new message."""

    def __init__(self) -> None:
        self._documents: list[bytes] | None = None

    def read(self, call: Call, message_id: str, frames: Frames) -> list[bytes]:
        """Return the documents as JSON; none if the message was removed."""
        if self._documents is None:
            world = call.sandboxes.find(call.sandbox)
            message = world.mail.get(message_id) if world is not None else None
            found = frames(call, message, world) if world is not None and message is not None else ()
            self._documents = [encode(document) for document in found]
        return self._documents


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
            async for documents in _documents(call, subscription, frames):
                for document in documents:
                    # In three pieces, because joining them would copy the document for each stream.
                    await stream.write(b"data: ")
                    await stream.write(document)
                    await stream.write(b"\n\n")
                if not documents:
                    await stream.write(b":\n\n")
    finally:
        subscription.close()
    return stream


async def _send(call: Call, socket: web.WebSocketResponse, subscription: Subscription, frames: Frames) -> None:
    with suppress(ConnectionError):
        async for documents in _documents(call, subscription, frames):
            for document in documents:
                await socket.send_frame(document, web.WSMsgType.TEXT)
        await socket.close()


def _subscribe(call: Call) -> Subscription:
    check_name(call.sandbox)
    return call.events().subscribe(["message"], call.sandbox)


async def _documents(call: Call, subscription: Subscription, frames: Frames) -> AsyncIterator[list[bytes]]:
    """Return the documents of each message that arrives; none after HEARTBEAT seconds without one."""
    while True:
        try:
            event = await subscription.next(HEARTBEAT)
        except WaitTimeout:
            yield []
            continue
        except WaitEnded:
            return
        if event.kind == "message":
            encoded = call.shared_frames.of(frames, event.id)
            # Each stream has a turn of its own, after all of them have got the same frames.
            await call.turns.next()
            if documents := encoded.read(call, event.data["id"], frames):
                yield documents
            del encoded, documents  # a stream that waits keeps no document alive
