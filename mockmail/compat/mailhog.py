"""MailHog's API: `/api/v2/` for lists and searches, and the calls of `/api/v1/` that differ from Mailpit's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from mockmail.compat.call import Call, Reply, Route, encode, json_reply, message_of, raw_file, refused
from mockmail.compat.mailhog_documents import document
from mockmail.compat.mailhog_jim import JIM_ROUTES
from mockmail.compat.streams import send_messages, stream_messages
from mockmail.core.errors import Problem
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.world import World
from mockmail.server.slices import count_in_slices, in_slices, search_in_slices

DEFAULT_LIMIT = 50
MOST_LISTED = 250
MOST_BYTES = 8 << 20
"""The most bytes of the messages of a list, which has each message twice; `start` leads to the other messages."""

KINDS = ("from", "to", "containing")
JSON = "text/json; charset=utf-8"


async def list_messages(call: Call) -> Reply:
    """List messages, newest first, with their content."""
    return await _listed(call, Criteria(), JSON)


async def search_messages(call: Call) -> Reply:
    """List the messages from or to an address, or that contain words."""
    kind, query = call.query.get("kind", ""), call.query.get("query", "")
    if kind not in KINDS:
        raise Problem(400, f"kind must be {', '.join(KINDS)}, not {kind[:80]!r}")
    if not query.strip():
        raise Problem(400, "query is missing: an address, or words")
    if kind == "containing" and not any(character.isalnum() for character in query):
        raise Problem(400, f"query must have a letter or a digit, not {query[:80]!r}")
    found = {
        "from": Criteria(sender=query),
        "to": Criteria(to=query),
        "containing": Criteria(text=query),
    }[kind]
    return await _listed(call, found, "application/json")


async def show_message(call: Call) -> Reply:
    """Show a message; null for an id that no message has."""
    message = call.world.mail.get(call.path["id"])
    return json_reply(None if message is None else document(message), content_type=JSON)


async def download_message(call: Call) -> Reply:
    """Return a message's bytes exactly as received, as a file."""
    return raw_file(message_of(call), "message/rfc822")


async def delete_message(call: Call) -> Reply:
    """Delete a message."""
    if not call.world.mail.remove(call.path["id"]):
        message_of(call)
    return Reply()


async def stream_events(call: Call) -> Reply | web.StreamResponse:
    """Send each new message as a server-sent event."""
    return await stream_messages(call, _frames)


async def serve_websocket(call: Call) -> Reply | web.StreamResponse:
    """Send each new message over a WebSocket."""
    return await send_messages(call, _frames)


def _frames(_: Call, message: Message, __: World) -> Sequence[Any]:
    return [document(message)]


async def _listed(call: Call, criteria: Criteria, content_type: str) -> Reply:
    mail = call.world.mail
    start, limit = call.number("start", 0), min(call.number("limit", DEFAULT_LIMIT) or DEFAULT_LIMIT, MOST_LISTED)
    cursors = await search_in_slices(mail, criteria, call.turns, limit=start + limit, newest_first=True)
    total = len(cursors) if len(cursors) < start + limit else await count_in_slices(mail, criteria, call.turns)
    items: list[bytes] = []
    size = 0
    async for cursor in in_slices(cursors[start:], call.turns):
        message = mail.at(cursor)
        if message is not None:
            size += message.size
            if items and size > MOST_BYTES:
                break
            items.append(encode(document(message)))
    head = f'{{"total": {total}, "count": {len(items)}, "start": {start}, "items": ['.encode()
    return Reply(head + b", ".join(items) + b"]}", content_type=content_type)


ROUTES = (
    Route("GET", "api/v2/messages", list_messages),
    Route("GET", "api/v2/search", search_messages),
    Route("GET", "api/v2/websocket", serve_websocket, is_stream=True),
    Route("GET", "api/v2/outgoing-smtp", refused("outgoing SMTP servers are not emulated: no mail leaves mockmail")),
    *JIM_ROUTES,
    Route("GET", "api/v1/events", stream_events, is_stream=True),
    Route("GET", "api/v1/messages/{id}", show_message),
    Route("DELETE", "api/v1/messages/{id}", delete_message),
    Route("GET", "api/v1/messages/{id}/download", download_message),
    Route("POST", "api/v1/messages/{id}/release", refused("release is not emulated: no mail leaves mockmail")),
)
