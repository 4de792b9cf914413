"""The base of dialects that speak JSON: read a body within its bounds, write an answer, name a status."""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import Dialect
from mockmail.wire.headers import charset_of
from mockmail.wire.json_text import read_json, write_json


class UnsupportedMediaType(ValueError):
    """Raised for a body that does not say that it is JSON, or that names a charset that is refused."""


class NotAnObject(ValueError):
    """Raised for a body that is JSON and not an object. value: what the body is."""

    def __init__(self, value: Any) -> None:
        super().__init__("expected a JSON object")
        self.value = value


class JsonDialect(Dialect, ABC):
    """Set the class attributes, and use `read_object`, `answer` and `code` in the four methods of a dialect.

    content_type: of every answer. media_types: what a request may call JSON, in lower case. charsets: the charset
    for each name that a Content-Type may give. other_charsets: the charset for any other name; None refuses them.
    max_depth: how deep a body may nest. read: the reader of bodies. codes: the vendor's error code for each HTTP
    status; 400 and 500 stand for the statuses that are not in it.
    """

    content_type: ClassVar[str] = "application/json"
    media_types: ClassVar[re.Pattern[str]] = re.compile(r"application/json")
    charsets: ClassVar[Mapping[str, str]] = {"utf-8": "utf-8"}
    other_charsets: ClassVar[str | None] = "utf-8"
    max_depth: ClassVar[int] = 100
    read: ClassVar[Callable[..., Any]] = staticmethod(read_json)
    codes: ClassVar[Mapping[int, Any]] = {}

    def charset(self, request: WireRequest) -> str:
        """Return the charset of a JSON body. Raises UnsupportedMediaType."""
        if not self.media_types.fullmatch(request.content_type):
            raise UnsupportedMediaType(request.content_type)
        named = charset_of(request.headers.get("Content-Type", ""))
        charset = "utf-8" if named is None else self.charsets.get(named, self.other_charsets)
        if charset is None:
            raise UnsupportedMediaType(named)
        return charset

    def read_object(self, request: WireRequest) -> dict[str, Any]:
        """Return the JSON object of a body. Raises UnsupportedMediaType, BrokenJson, NotAnObject."""
        value = self.read(request.body, charset=self.charset(request), max_depth=self.max_depth)
        if not isinstance(value, dict):
            raise NotAnObject(value)
        return value

    def answer(self, status: int, document: Any) -> WireResponse:
        """Return a document as an answer."""
        return WireResponse(status, write_json(document), (("Content-Type", self.content_type),))

    def code(self, status: int) -> Any:
        """Return the vendor's error code for an HTTP status."""
        return self.codes.get(status, self.codes.get(400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500))
