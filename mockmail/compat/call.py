"""A call of a compatible API as data, and the parts that Mailpit's and MailHog's calls share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from mockmail.compat.jim_state import JimState, JimStates
from mockmail.core.errors import Problem
from mockmail.core.mail.message import Message
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World
from mockmail.wire.json_text import BrokenJson, read_json

if TYPE_CHECKING:
    from mockmail.compat.streams import SharedFrames
    from mockmail.server.events import Events
    from mockmail.server.turns import Turns

MOST_LISTED = 1000
"""The most messages of one list; `start` leads to the others."""

SAFE_CONTENT = {"Content-Security-Policy": "sandbox; default-src 'none'"}
"""The headers for content of messages, so that a browser runs none of it."""


@dataclass(slots=True)
class Call:
    """A call of a compatible API.

    path: the values of the names in the route's path. query: by name, the first value.
    prefix: the part of the path that selects the sandbox, for links.
    jims: MailHog's Jim in each sandbox. turns: shares the event loop between long work.
    shared_frames: the documents that the streams of the server share.
    started: when the server began to answer such calls, in seconds.
    """

    request: web.BaseRequest
    sandboxes: Sandboxes
    sandbox: str
    prefix: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    jims: JimStates
    turns: Turns
    shared_frames: SharedFrames
    events: Callable[[], Events]
    started: float

    @property
    def world(self) -> World:
        """Return the World of the call's sandbox, making it on first use."""
        return self.sandboxes.get(self.sandbox)

    @property
    def jim(self) -> JimState:
        """Return Jim in the call's sandbox."""
        return self.jims.of(self.world)

    def number(self, name: str, default: int) -> int:
        """Return a number of the query that is not negative. Raise Problem (400)."""
        text = self.query.get(name) or str(default)
        if not (text.isascii() and text.isdecimal() and len(text) < len(str(1 << 53))):
            raise Problem(400, f"{name} must be a whole number, 0 or more, not {text[:80]!r}")
        return int(text)

    def document(self, *names: str) -> dict[str, Any]:
        """Return the members of the JSON body by these names, case-insensitive. Raise Problem (400, 413)."""
        if not self.body.strip():
            return {}
        try:
            given = read_json(self.body)
        except BrokenJson as error:
            raise Problem(400, f"the body is not JSON: {error}") from error
        if not isinstance(given, dict):
            raise Problem(400, "the body must be a JSON object")
        known = {name.lower(): name for name in names}
        unknown = next((name for name in given if name.lower() not in known), None)
        if unknown is not None:
            raise Problem(400, f"{unknown[:80]!r} is unknown; the body takes {', '.join(names)}")
        return {known[name.lower()]: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a call."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Reply | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A call: its method, its path with `{name}` for a segment, and the function that answers it.

    is_stream: the handler sends the response itself, and notices when the client disconnects.
    """

    method: str
    path: str
    handler: Handler
    is_stream: bool = False


OK = Reply(b"ok")


def json_reply(document: Any, status: int = 200, content_type: str = "application/json") -> Reply:
    """Return a reply in JSON."""
    return Reply(encode(document), status, content_type)


def encode(document: Any) -> bytes:
    """Return a document as JSON; a lone surrogate becomes a question mark."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def message_of(call: Call) -> Message:
    """Return the message that the path names. Raise Problem (404)."""
    message = call.world.mail.get(call.path["id"])
    if message is None:
        raise Problem(404, f"there is no message {call.path['id'][:80]!r} in the sandbox {call.sandbox!r}")
    return message


def refused(reason: str) -> Handler:
    """Return a handler that refuses a call (501) for a reason."""

    async def refuse(call: Call) -> Reply:
        raise Problem(501, reason)

    return refuse


def raw_file(message: Message, content_type: str, *, is_download: bool = True) -> Reply:
    """Return a message's bytes exactly as received."""
    disposition = {"Content-Disposition": f'attachment; filename="{message.id}.eml"'} if is_download else {}
    return Reply(message.raw, content_type=content_type, headers={**SAFE_CONTENT, **disposition})
