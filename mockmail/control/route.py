"""A control call as data: the API serves it and the OpenAPI document describes it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

from mockmail.core.errors import Problem, WaitEnded, WaitTimeout
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.state.documents import strict_json
from mockmail.core.validation import convert
from mockmail.wire.json_text import MAX_VALUES, check_values

if TYPE_CHECKING:
    from mockmail.control.metrics import Metrics
    from mockmail.core.world import World
    from mockmail.server.events import Events
    from mockmail.server.turns import Turns
    from mockmail.server.webhooks import Webhooks


JSON = "application/json"

EML, MBOX, ZIP = "message/rfc822", "application/mbox", "application/zip"
"""The media types of files of messages."""

MOST_SECONDS = 600
NO_CONTENT = 204

Timeout = Annotated[float, Meta(ge=0, le=MOST_SECONDS, description="the seconds to wait")]
TimeoutStatus = Annotated[
    Literal[204, 408],
    Meta(description="408, or 204 for clients that retry 408 by themselves, such as `curl --retry`"),
]

MAX_STATE_VALUES = 3_000_000
"""The most JSON values of a body that may hold the state of a sandbox."""


class Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what a control call takes, as a JSON body or as a query, and of its response.

    Each field has a description that completes "NAME must be ...". In a response, a field that may be missing has a
    type with `UnsetType` and the default `UNSET`.
    """

    @classmethod
    def of(cls, source: object, **changes: Any) -> Self:
        """Return an instance with the attributes of `source` that have the names of the fields, and the changes."""
        return cls(**{name: getattr(source, name) for name in cls.__struct_fields__} | changes)


class NoFields(Fields, frozen=True):
    """A body or a query without fields."""


class Removed(Fields, frozen=True, kw_only=True):
    """The response to a call that removes things: how many were removed."""

    removed: int


class Refusal(Fields, frozen=True, kw_only=True):
    """The response to a call that failed."""

    error: Annotated[str, Meta(description="one sentence that names the problem and the expected value")]


@dataclass(slots=True)
class ControlRequest:
    """A control call, taken apart.

    path: the values of the names in the route's path.
    query, body: instances of the route's types; `body` is a dict if the route's `is_document` is true.
    headers: of the request. base_url: of the server, as the client reaches it, with the sandbox.
    key: returns the key that permits a GET of a path without the control token, empty if there is none.
    server: facts about the server, empty before it is ready.
    waits: functions that end the waits in progress. turns: of the server.
    metrics, events, webhooks: return those of the server.
    ca_pem: returns the certificate of the server's authority.
    """

    sandboxes: Sandboxes
    sandbox: str
    vendors: Registry
    path: Mapping[str, str]
    query: Any
    body: Any
    headers: Mapping[str, str]
    base_url: str
    key: Callable[[str], str]
    server: Mapping[str, Any]
    waits: set[Callable[[], None]]
    turns: Turns
    metrics: Callable[[], Metrics]
    events: Callable[[], Events]
    webhooks: Callable[[], Webhooks]
    ca_pem: Callable[[], bytes]

    @property
    def world(self) -> World:
        """Return the World of the request's sandbox, making it on first use."""
        return self.sandboxes.get(self.sandbox)


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The response to a control call: JSON, or bytes of another content type.

    content: an instance of the route's `returns`, its bytes, or None for an empty body.
    stream: pieces of the body, sent as they come, in place of `content`.
    """

    content: msgspec.Struct | bytes | None = None
    status: int = 200
    content_type: str = f"{JSON}; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncGenerator[bytes, None] | None = None

    @property
    def body(self) -> bytes:
        """Return the bytes to send."""
        if self.content is None or isinstance(self.content, bytes):
            return self.content or b""
        return json_body(self.content)


def json_body(document: Any) -> bytes:
    """Return a document as the JSON of a response."""
    builtins = msgspec.to_builtins(document, builtin_types=(datetime,))
    text = json.dumps(builtins, indent=1, ensure_ascii=False, default=datetime.isoformat)
    return f"{text}\n".encode("utf-8", "replace")


Handler = Callable[[ControlRequest], Awaitable[ControlResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A control call.

    path: below `/_mockmail/`; `{name}` is one segment, or its first part.
    query, body: the types of what it takes; None for a body that is not read, bytes for one of `body_types`.
    example: a body that it accepts; the value `{vendor}` stands for the name of a vendor.
    is_document: whether the handler gets the body as a dict, which may be large, and checks it.
    responses: a description for each status; the first is the one of success.
    returns: the type of the body of success; None for no body. media_type: its media type.
    fails_with: the types of the bodies of other statuses, where it is not Refusal.
    """

    method: str
    path: str
    handler: Handler
    query: type[Fields]
    body: type[msgspec.Struct | bytes] | None
    responses: Mapping[int, str]
    returns: Any
    example: Mapping[str, Any] = field(default_factory=dict)
    is_document: bool = False
    media_type: str = JSON
    fails_with: Mapping[int, type[msgspec.Struct]] = field(default_factory=dict)
    body_types: tuple[str, ...] = (JSON,)

    @property
    def summary(self) -> str:
        """Return the first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    def read_query(self, query: Mapping[str, str]) -> Fields:
        """Return a query as an instance of the route's type. Raise Problem (400), InvalidValue."""
        known = self.query.__struct_encode_fields__
        for name in query:
            if name not in known:
                in_body = self.body is not None and name in getattr(self.body, "__struct_encode_fields__", ())
                advice = f": send {name} in a JSON body" if in_body else ""
                raise Problem(
                    400, f"{name[:80]!r} is unknown; this call takes {', '.join(known) or 'no query'}{advice}"
                )
        return convert(query, self.query, is_text=True)

    def read_body(self, content: bytes) -> Any:
        """Return a JSON body as an instance of the route's type. Raise Problem (400, 413), InvalidValue."""
        if self.body is None:
            return None
        if self.body is bytes:
            return content
        document = _read_object(content, MAX_STATE_VALUES if self.is_document else MAX_VALUES)
        return document if self.is_document else convert(document, self.body)


def route(
    method: str,
    path: str,
    *,
    query: type[Fields] = NoFields,
    body: type[msgspec.Struct | bytes] | None = None,
    responses: Mapping[int, str] | None = None,
    returns: Any = None,
    **more: Any,
) -> Callable[[Handler], Route]:
    """Return a decorator that makes a handler a Route. more: the fields of Route that have a default."""
    described = responses or {200: "Done."}
    return lambda handler: Route(method, path, handler, query, body, described, returns, **more)


def answer_timeouts(handler: Handler) -> Handler:
    """Return a handler of a wait with responses for a wait that ends without success.

    Its body has a `timeout_status`: 204 or 408 after the timeout. 410 if the sandbox was deleted or the server stopped.
    """

    @wraps(handler)
    async def wait(request: ControlRequest) -> ControlResponse:
        try:
            return await handler(request)
        except WaitTimeout as error:
            if request.body.timeout_status == NO_CONTENT:
                return ControlResponse(status=NO_CONTENT)
            raise Problem(408, str(error)) from error
        except WaitEnded as error:
            raise Problem(410, str(error)) from error

    return wait


def _read_object(content: bytes, most_values: int) -> dict[str, Any]:
    if not content:
        return {}
    try:
        text = content.decode(json.detect_encoding(content), "surrogatepass")
        check_values(text, most_values)
        document = strict_json(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Problem(400, f"the body must be a JSON object, not {type(document).__name__}")
    return document
