"""What a control call is: data, which the API serves and the OpenAPI document describes."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.state.documents import strict_json
from mockmail.core.world import World


@dataclass(slots=True)
class ControlRequest:
    """A control call, taken apart.

    query: the first value of each name. server: what there is to tell of the server, nothing before it is ready.
    waits: what ends the waits that are under way.
    """

    sandboxes: Sandboxes
    sandbox: str
    vendors: Registry
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    server: Mapping[str, Any]
    waits: set[Callable[[], None]]

    @property
    def world(self) -> World:
        """The sandbox that was asked for, made if it is the first time."""
        return self.sandboxes.get(self.sandbox)

    def json(self) -> dict[str, Any]:
        """The body, a JSON object; an empty one where there is none. Raises Problem (400)."""
        if not self.body.strip():
            return {}
        try:
            document = strict_json(self.body)
        except (ValueError, RecursionError) as error:
            raise Problem(400, f"the body is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise Problem(400, f"the body must be a JSON object, not {type(document).__name__}")
        return document

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query. Raises Problem (400) where it is none, or out of bounds."""
        text = self.query.get(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise Problem(400, f"{name} must be a whole number from {low} to {high}, not {text[:40]!r}")
        return int(text)


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """A control call's answer: JSON, or bytes of a kind.

    exact: whether octets that are no UTF-8 are told too, as escapes that not every reader of JSON takes; they are
        shown as replaced otherwise.
    """

    content: Any = None
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False

    @property
    def body(self) -> bytes:
        """What is sent."""
        if self.content is None:
            return b""
        if isinstance(self.content, bytes):
            return self.content
        text = json.dumps(self.content, indent=1, ensure_ascii=False)
        try:
            return f"{text}\n".encode()
        except UnicodeEncodeError:
            text = json.dumps(self.content, indent=1) if self.exact else text
            return f"{text}\n".encode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the query, or (where `Route.body`) of the JSON body. kind: a JSON Schema type."""

    name: str
    help: str
    kind: str = "string"
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A control call. path: below `/_mockmail/`, `{name}` is one segment."""

    method: str
    path: str
    handler: Callable[[ControlRequest], Awaitable[ControlResponse]]
    summary: str
    query: tuple[Parameter, ...] = ()
    body: tuple[Parameter, ...] = ()
    open_body: bool = False
    answers: Mapping[int, str] = field(default_factory=lambda: {200: "Done."})


def checked_body(document: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """A JSON body whose names and types fit. Raises Problem (400) that says what does not."""
    kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "object": dict, "array": list}
    known = {parameter.name: parameter for parameter in parameters}
    for name, value in document.items():
        if name not in known:
            raise Problem(400, f"{name[:80]!r} is unknown; this call takes {', '.join(known) or 'nothing'}")
        kind = known[name].kind
        fits = isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
        if value is not None and not fits:
            raise Problem(400, f"{name} must be of type {kind}, not {value!r:.80}")
    return {name: document.get(name, known[name].default) for name in known}
