"""A control call as data: the API serves it and the OpenAPI document describes it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec

from mockmail.core.errors import Problem
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.state.documents import strict_json
from mockmail.core.validation import convert
from mockmail.wire.json_text import MAX_VALUES, check_values

if TYPE_CHECKING:
    from mockmail.control.metrics import Metrics
    from mockmail.core.world import World


MAX_STATE_VALUES = 3_000_000
"""The most JSON values of a body that may hold the state of a sandbox."""


class Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what a control call takes, as a JSON body or as a query, and of simple response bodies.

    Each field has a description that completes "NAME must be ...".
    nullable: the fields for which null has a meaning; null in another field counts as left out.
    """

    nullable: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def of(cls, source: object, **changes: Any) -> Self:
        """Return an instance with the attributes of `source` that have the names of the fields, and the changes."""
        return cls(**{name: getattr(source, name) for name in cls.__struct_fields__} | changes)


class NoFields(Fields, frozen=True):
    """A body or a query without fields."""


class Removed(Fields, frozen=True, kw_only=True):
    """The response to a call that removes things: how many there were."""

    removed: int


@dataclass(slots=True)
class ControlRequest:
    """A control call, taken apart.

    path: the values of the names in the route's path.
    query, body: instances of the route's types; `body` is a dict where the route takes any JSON object.
    server: facts about the server, empty before it is ready. waits: functions that end the waits in progress.
    metrics: returns those of the server, made when they are first asked for.
    """

    sandboxes: Sandboxes
    sandbox: str
    vendors: Registry
    path: Mapping[str, str]
    query: Any
    body: Any
    server: Mapping[str, Any]
    waits: set[Callable[[], None]]
    metrics: Callable[[], Metrics]

    @property
    def world(self) -> World:
        """Return the World of the request's sandbox, making it on first use."""
        return self.sandboxes.get(self.sandbox)


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The response to a control call: JSON, or bytes of another content type.

    content: what JSON can express, an instance of Fields, bytes, or None for an empty body.
    """

    content: Any = None
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """Return the bytes to send."""
        if self.content is None:
            return b""
        if isinstance(self.content, bytes):
            return self.content
        content = msgspec.to_builtins(self.content) if isinstance(self.content, Fields) else self.content
        return f"{json.dumps(content, indent=1, ensure_ascii=False)}\n".encode("utf-8", "replace")


Handler = Callable[[ControlRequest], Awaitable[ControlResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A control call.

    path: below `/_mockmail/`; `{name}` is one segment.
    query, body: the types of what it takes; `dict` for any JSON object, None for a body that is not read.
    responses: a description for each status; the first is the one of success. returns: the type of its JSON body.
    """

    method: str
    path: str
    handler: Handler
    query: type[Fields]
    body: Any
    responses: Mapping[int, str]
    returns: Any

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
        document = _read_object(content, MAX_STATE_VALUES if self.body is dict else MAX_VALUES)
        if self.body is dict:
            return document
        given = {name: value for name, value in document.items() if value is not None or name in self.body.nullable}
        return convert(given, self.body)


def route(
    method: str,
    path: str,
    *,
    query: type[Fields] = NoFields,
    body: Any = None,
    responses: Mapping[int, str] | None = None,
    returns: Any = None,
) -> Callable[[Handler], Route]:
    """Return a decorator that makes a handler a Route."""
    described = responses or {200: "Done."}
    return lambda handler: Route(method, path, handler, query, body, described, returns)


def _read_object(content: bytes, most_values: int) -> dict[str, Any]:
    if not content.strip():
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
