"""The base of JSON dialects: bodies are read within bounds, documents are written, statuses have error codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.wire.forms import BrokenForm, urlencoded
from mockmail.wire.headers import charset_of, seconds_to_wait
from mockmail.wire.json_text import BrokenJson, read_json, write_json
from mockmail.wire.parameters import JSON_CONVERTERS, TEXT_CONVERTERS, BindError, BindingRules, bind

Headers = Sequence[tuple[str, str]]

MOST_QUERY_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class JsonResponse:
    """A result with a status or headers of its own. document: None for an empty body."""

    document: Any = None
    status: int = 200
    headers: Headers = ()


class UnsupportedMediaType(ValueError):
    """Raised for a body that does not say that it is JSON, or that names a charset that is refused."""


class NotAnObject(ValueError):
    """Raised for a body that is JSON and not an object. value: what the body is."""

    def __init__(self, value: Any) -> None:
        super().__init__("expected a JSON object")
        self.value = value


class NotAnArray(ValueError):
    """Raised for a body that is JSON and not an array, where the operation takes one."""

    def __init__(self) -> None:
        super().__init__("expected a JSON array")


class JsonDialect(Dialect[Any, Any]):
    """A dialect to derive: set the class attributes, and override `refusal` and the vendor's other differences.

    content_type, headers: of every response.
    media_types: the names for JSON in a request, in lower case.
    charsets: the charset for each name that a Content-Type may give. other_charsets: the charset for any other name;
        None refuses it.
    max_depth: the deepest nesting of a body. read: the reader of bodies. rules: how parameters are bound.
    query_methods: the methods whose parameters are in the query; their bodies are not read. query_rules: how those are
        bound.
    rate_limit: the names of the headers with the requests that are left and the seconds until there are some again; 429
        changes them.
    codes: the vendor's error code for each HTTP status; those for 400 and 500 are the defaults for other statuses.
    """

    content_type: ClassVar[str] = "application/json"
    headers: ClassVar[Headers] = ()
    media_types: ClassVar[re.Pattern[str]] = re.compile(r"application/json")
    charsets: ClassVar[Mapping[str, str]] = {"utf-8": "utf-8"}
    other_charsets: ClassVar[str | None] = "utf-8"
    max_depth: ClassVar[int] = 100
    rules: ClassVar[BindingRules] = BindingRules(converters=JSON_CONVERTERS)
    query_methods: ClassVar[Collection[str]] = ()
    query_rules: ClassVar[BindingRules] = BindingRules(converters=TEXT_CONVERTERS, repeated_values=True)
    read: ClassVar[Callable[..., Any]] = staticmethod(read_json)
    rate_limit: ClassVar[tuple[str, str] | None] = None
    codes: ClassVar[Mapping[int, Any]] = {}

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the operation's parameters from a JSON body or a query; None for an operation without any.

        Raise `refusal`.
        """
        if call.operation.params is None:
            return None
        if call.request.method in self.query_methods:
            return self._decode_query(call)
        try:
            value = self.read_value(call.request)
        except (UnsupportedMediaType, BrokenJson) as error:
            raise self.refusal(error) from error
        return self.bind(call.operation.params, value)

    def bind(self, model: type[Any], value: Any) -> Any:
        """Return the model that a JSON object makes; `list` takes an array unchanged. Raise `refusal`."""
        if model is list:
            if isinstance(value, list):
                return value
            raise self.refusal(NotAnArray())
        if not isinstance(value, dict):
            raise self.refusal(NotAnObject(value))
        try:
            return bind(model, value, self.rules)
        except BindError as error:
            raise self.refusal(error) from error

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return the vendor's error for one of the errors of this module, BrokenJson, BrokenForm or BindError."""
        return Problem(415 if isinstance(error, UnsupportedMediaType) else 400, str(error))

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return a 200 response with the result, or the response that a JsonResponse describes."""
        if not isinstance(result, JsonResponse):
            return self.response(200, result)
        if result.document is None:
            return WireResponse(result.status, b"", (*self.headers, *result.headers))
        return self.response(result.status, result.document, result.headers)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return the error's document with its status and headers."""
        return self.response(error.status, error.document, error.headers)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return the problem's document with its status and headers."""
        document = self.problem_document(request, operation, problem)
        response = self.response(problem.status, document)
        if problem.status == HTTPStatus.TOO_MANY_REQUESTS and self.rate_limit is not None:
            remaining, reset = self.rate_limit
            wait = seconds_to_wait(problem.headers)
            usual = dict(response.headers).get(reset, "1")
            response = response.with_headers({remaining: "0", reset: usual if wait is None else str(wait)})
        return response.with_headers(problem.headers)

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return the body for a request that any HTTP service refuses; override it with the vendor's own."""
        return {"message": problem.detail}

    def query(self, request: WireRequest) -> dict[str, list[str]]:
        """Return the values of each name in the query, in the order they were sent. Raise BrokenForm."""
        values: dict[str, list[str]] = {}
        for field in urlencoded(request.query.encode("utf-8", "replace"), limit=MOST_QUERY_FIELDS):
            values.setdefault(field.name, []).append(field.value)
        return values

    def _decode_query(self, call: Call[Any, Any]) -> Any:
        try:
            return bind(call.operation.params, self.query(call.request), self.query_rules)
        except (BrokenForm, BindError) as error:
            raise self.refusal(error) from error

    def read_value(self, request: WireRequest) -> Any:
        """Return the JSON value of a body. Raise UnsupportedMediaType, BrokenJson."""
        return self.read(request.body, charset=self.charset(request), max_depth=self.max_depth)

    def read_object(self, request: WireRequest) -> dict[str, Any]:
        """Return the JSON object of a body. Raise UnsupportedMediaType, BrokenJson, NotAnObject."""
        value = self.read_value(request)
        if not isinstance(value, dict):
            raise NotAnObject(value)
        return value

    def charset(self, request: WireRequest) -> str:
        """Return the charset of a JSON body. Raise UnsupportedMediaType."""
        if not self.media_types.fullmatch(request.content_type):
            raise UnsupportedMediaType(request.content_type)
        named = charset_of(request.headers.get("Content-Type", ""))
        charset = "utf-8" if named is None else self.charsets.get(named, self.other_charsets)
        if charset is None:
            raise UnsupportedMediaType(named)
        return charset

    def response(self, status: int, document: Any, headers: Headers = ()) -> WireResponse:
        """Return a response with a JSON body. headers: further headers."""
        return WireResponse(
            status, write_json(document), (("Content-Type", self.content_type), *self.headers, *headers)
        )

    def code(self, status: int) -> Any:
        """Return the vendor's error code for an HTTP status."""
        return self.codes.get(status, self.codes.get(400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500))
