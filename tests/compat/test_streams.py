"""New messages over WebSockets and server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack

import aiohttp
import pytest

from mockmail.compat import mailhog


async def test_mailpits_websocket_sends_each_new_message_and_the_numbers(mockmail, deliver):
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{mockmail.url}/api/events") as socket:
        message_id = await asyncio.to_thread(deliver, "Welcome")

        new, stats = [await socket.receive_json(timeout=20) for _ in range(2)]

    assert (new["Type"], new["Data"]["ID"], new["Data"]["Subject"]) == ("new", message_id, "Welcome")
    assert (stats["Type"], stats["Data"]["Total"], stats["Data"]["Unread"]) == ("stats", 1, 1)


async def test_mailhogs_websocket_and_stream_send_each_new_message_of_their_sandbox(mockmail, deliver):
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{mockmail.url}/api/v2/websocket") as socket:
        async with session.get(f"{mockmail.url}/api/v1/events") as stream:
            await asyncio.to_thread(deliver, "Other", user="~other")
            message_id = await asyncio.to_thread(deliver, "Welcome")

            line = (await stream.content.readline()).decode()
            assert json.loads(line.removeprefix("data: "))["ID"] == message_id
        assert (await socket.receive_json(timeout=20))["ID"] == message_id


@pytest.mark.parametrize("path", ["/api/events", "/api/v2/websocket"])
def test_ordinary_request_for_a_websocket_is_refused(ask, path):
    assert ask("GET", path).status == 426


async def test_long_frame_of_a_client_closes_the_websocket(mockmail):
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{mockmail.url}/api/events") as socket:
        await socket.send_str("x" * 5000)

        assert (await socket.receive(timeout=20)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


async def test_stopping_the_server_ends_the_websocket():
    from mockmail import MockMail

    async with aiohttp.ClientSession() as session:
        async with MockMail() as mm:
            socket = await session.ws_connect(f"{mm.url}/api/events")
            reading = asyncio.ensure_future(socket.receive(timeout=20))
        assert (await reading).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)
        await socket.close()


async def test_clients_of_a_stream_share_the_sent_documents(mockmail, deliver, monkeypatch):
    made = []
    monkeypatch.setattr(mailhog, "document", lambda message: made.append(message.id) or {"ID": message.id})
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        sockets = [
            await stack.enter_async_context(session.ws_connect(f"{mockmail.url}/api/v2/websocket")) for _ in range(10)
        ]
        stream = await stack.enter_async_context(session.get(f"{mockmail.url}/api/v1/events"))

        ids = [await asyncio.to_thread(deliver) for _ in range(2)]

        for message_id in ids:
            assert [(await socket.receive_json(timeout=20))["ID"] for socket in sockets] == [message_id] * 10
            assert json.loads((await stream.content.readline()).decode().removeprefix("data: "))["ID"] == message_id
            assert await stream.content.readline() == b"\n"
    assert made == ids


async def test_frames_that_no_stream_sends_are_not_kept(mockmail, deliver):
    shared = mockmail.server._compatible._shared_frames
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{mockmail.url}/api/v2/websocket") as socket:
        await asyncio.to_thread(deliver)
        await socket.receive_json(timeout=20)

        await asyncio.to_thread(until, lambda: len(shared._used) == 0)

    assert len(shared._used) == 0


def until(holds):
    """Wait for at most 20 seconds until something holds."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
