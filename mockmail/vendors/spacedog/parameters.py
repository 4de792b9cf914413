"""The parameters of requests: forms, queries and JSON bodies, read as SpaceDog's server does.

The server ignores every Content-Type but those of forms, and reads a body without a charset as ISO-8859-1
(docs/wire/spacedog.md 4). Handlers check a JSON body when they need it, in the words of the vendor's class Json8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from mockmail.core.charsets import in_charset
from mockmail.core.exchange import WireRequest
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, SpaceDogError
from mockmail.vendors.spacedog.jackson import MAPPING_EXCEPTION, PARSE_EXCEPTION, error_message, map_misfit
from mockmail.wire.forms import BrokenForm, Field, multipart, urlencoded
from mockmail.wire.headers import charset_of
from mockmail.wire.json_text import BrokenJson, read_json, write_json

Scalar = TypeVar("Scalar", str, bool)

DEFAULT_CHARSET = "iso-8859-1"
MAX_RESULTS = 1000
INT_LIMIT = 1 << 31
LONG_LIMIT = 1 << 63

_MAYBE_INFINITE = re.compile(r"[eE]\+?[0-9]{3}|[0-9]{300}")  # a number that may be beyond the bounds of a double
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Form(dict[str, str]):
    """The parameters of query and form, one value each."""

    @classmethod
    def read(cls, request: WireRequest) -> Self:
        """Return the first value of each name; the query comes before the body.

        Multipart fields are not read, and a form that cannot be read is empty.
        """
        fields = _query(request)
        if request.content_type == "application/x-www-form-urlencoded":
            # Plain bytes are in the body's charset, percent-encoded ones are UTF-8.
            fields += _urlencoded(_body_text(request).encode("utf-8", "replace"))
        return cls(_first_values(fields))


class MailForm(Form):
    """The fields of a mail: of query and form, or of a multipart body."""

    @classmethod
    def read(cls, request: WireRequest) -> Self:
        """Return the last part of each name of any multipart body, else the values of query and form."""
        if request.content_type.startswith("multipart/"):
            try:
                parts = multipart(request.body, request.headers.get("Content-Type", ""))
            except (BrokenForm, LookupError, ValueError):
                parts = []
            if parts:
                return cls({part.name: replace_surrogates(part.value) for part in parts})
        return super().read(request)


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A body read as JSON. broken: the parser's message, None if it is JSON."""

    text: str
    value: Any = None
    broken: str | None = None

    @classmethod
    def read(cls, request: WireRequest) -> Self:
        """Return the body as JSON, with any Content-Type."""
        text = _body_text(request).removeprefix("\ufeff")
        if not text:
            return cls(text)
        try:
            value = _first_json_value(text)
        except BrokenJson as error:
            return cls(text, broken=error_message(text, error))
        if _MAYBE_INFINITE.search(text) and not _is_finite(value):
            return cls(text, broken="a number beyond the bounds of a double")
        return cls(text, read_json(write_json(value)) if _SURROGATE.search(text) else value)

    def checked_value(self) -> Any:
        """Return the JSON value. Raise IllegalArgument for a body that is empty or not JSON."""
        if not self.text:
            raise IllegalArgument("[JSON] is null or empty")
        if self.broken is not None:
            raise self._undecodable(self.broken)
        return self.value

    def checked_scalar(self, kind: type[Scalar], name: str) -> Scalar:
        """Return the JSON value, which must have a type. name: of the type, for the error. Raise IllegalArgument."""
        value = self.checked_value()
        if value is None:
            raise IllegalArgument("json node is null")
        if not isinstance(value, kind):
            raise IllegalArgument(f"json node [{self.text}] not a {name}")
        return value

    def checked_object(self) -> dict[str, Any]:
        """Return the JSON object. Raise IllegalArgument."""
        value = self.checked_value()
        if not isinstance(value, dict):
            raise IllegalArgument(f"not a json object but [{_node_type(value)}]")
        return value

    def checked_map(self) -> dict[str, Any]:
        """Return the JSON object, an empty one for `null`. Raise IllegalArgument."""
        value = self.checked_value()
        if value is not None and not isinstance(value, dict):
            raise self._undecodable(map_misfit(value), MAPPING_EXCEPTION)
        return value or {}

    def _undecodable(self, reason: str, java_type: str = PARSE_EXCEPTION) -> IllegalArgument:
        return IllegalArgument(f"error deserializing JSON string [{self.text}]", cause=Cause(reason, java_type))


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object to create. id: the parameter of query or form, unless the schema says where the object has its id."""

    body: JsonBody
    id: str | None

    @classmethod
    def read(cls, request: WireRequest) -> Self:
        """Return the body as JSON, and the parameter."""
        return cls(JsonBody.read(request), Form.read(request).get("id"))


class JsonOrForm:
    """A body that is JSON only if its Content-Type says so (SpaceContext.java)."""

    @staticmethod
    def read(request: WireRequest) -> JsonBody | Form:
        """Return the JSON body, or the parameters of query and form for an empty body or another Content-Type."""
        is_json = request.headers.get("Content-Type", "").lower().startswith("application/json")
        return JsonBody.read(request) if is_json and request.body else Form.read(request)


def replace_surrogates(text: str) -> str:
    """Return a text in which a question mark replaces each half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")


def page_of(form: Form, *, too_far: str = f"from + size is greater than {MAX_RESULTS}") -> slice:
    """Return the rows that `from` and `size` ask for. too_far: the message. Raise SpaceDogError."""
    start, size = whole_number(form.get("from"), 0), whole_number(form.get("size"), 10)
    if start + size > MAX_RESULTS:
        raise SpaceDogError(too_far, code="400")
    if start < 0 or size < 0:
        raise IllegalArgument(f"[{'from' if start < 0 else 'size'}] parameter cannot be negative")
    return slice(start, start + size)


def whole_number(text: str | None, default: int, *, limit: int = INT_LIMIT) -> int:
    """Return the number of a parameter, at least -limit and less than limit. Raise IllegalArgument."""
    if text is None:
        return default
    if not _WHOLE_NUMBER.fullmatch(text) or not -limit <= int(text) < limit:
        raise IllegalArgument(f'For input string: "{text}"')
    return int(text)


def required_text(document: Mapping[str, Any], name: str) -> str:
    """Return a field that must be a text and not empty. Raise IllegalArgument."""
    value = document.get(name)
    if value is None or value == "":
        raise IllegalArgument(f"property [{name}] is missing")
    if not isinstance(value, str):
        kind = _node_type(value).capitalize()
        raise IllegalArgument(f"property [{name}] must be of type [String] instead of [{kind}]")
    return value


def as_text(value: Any) -> str:
    """Return a scalar as text, and an empty text for any other value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _query(request: WireRequest) -> list[Field]:
    return _urlencoded(request.query.encode("utf-8", "surrogateescape")) if request.query else []


def _urlencoded(raw: bytes) -> list[Field]:
    try:
        return urlencoded(raw)
    except BrokenForm:
        return []


def _first_values(fields: list[Field]) -> dict[str, str]:
    return {field.name: field.value for field in reversed(fields)}


def _body_text(request: WireRequest) -> str:
    try:
        return in_charset(request.body, charset_of(request.headers.get("Content-Type", "")) or DEFAULT_CHARSET)
    except (LookupError, ValueError):
        return request.body.decode(DEFAULT_CHARSET)


def _first_json_value(text: str) -> Any:
    # Jackson ignores text after the first value.
    try:
        return read_json(text.encode("utf-8", "replace"))
    except BrokenJson as error:
        if not error.reason.startswith("Extra data"):
            raise
        return read_json(text[: error.position].encode("utf-8", "replace"))


def _is_finite(value: Any) -> bool:
    # JSON has no infinite number, so that a response could not show it.
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _node_type(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    kinds = {str: "STRING", int: "NUMBER", float: "NUMBER", list: "ARRAY", dict: "OBJECT"}
    return kinds.get(type(value), "NULL")
