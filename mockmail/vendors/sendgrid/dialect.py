"""SendGrid's wire: JSON, checked against a schema before anything else (docs/wire/sendgrid.md 3)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.sendgrid.authentication import MAIL_SEND
from mockmail.vendors.sendgrid.errors import MOST_ERRORS, TOO_MANY_RECIPIENTS, MailRefusal, SendGridError, item
from mockmail.vendors.sendgrid.parameters import Mail
from mockmail.wire.headers import seconds_to_wait
from mockmail.wire.json_dialect import JsonDialect, NotAnArray, NotAnObject, UnsupportedMediaType
from mockmail.wire.json_text import BrokenJson
from mockmail.wire.parameters import JSON_CONVERTERS, BindError, BindingRules, ErrorKind, ParameterError, bind

LARGEST_UNZIPPED = 30 << 20
CALLS, WINDOW = 600, 60
"""The requests in a window of seconds that the headers announce; `limits` enforces some."""

PROBLEMS = {
    404: "not found",
    405: "method not allowed",
    413: "content too large",
    429: "too many requests",
    500: "internal server error",
}
EXPECTED = {
    ErrorKind.NOT_A_TEXT: "string",
    ErrorKind.NOT_AN_INTEGER: "integer",
    ErrorKind.NOT_A_BOOLEAN: "boolean",
    ErrorKind.NOT_AN_ARRAY: "array",
    ErrorKind.NOT_AN_OBJECT: "object",
}
GIVEN = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
BAD_REQUEST = "Bad Request"


class SendGridDialect(JsonDialect):
    """`errors` with `message` and `field` for every refusal; those of messages have `help`, too."""

    rules = BindingRules(converters=JSON_CONVERTERS)
    query_methods = ("GET", "HEAD")

    def bind(self, model: type[Any], value: Any) -> Any:
        """Return the model that a JSON object makes. Raise MailRefusal with all errors of a message."""
        if model is not Mail or not isinstance(value, dict):
            return super().bind(model, value)
        try:
            return bind(model, value, self.rules)
        except BindError as error:
            raise MailRefusal(*_items(error.errors)) from error

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return 415 for another type than JSON, else 400."""
        if isinstance(error, UnsupportedMediaType):
            return MailRefusal(item("Content-Type should be application/json"), status=415)
        if isinstance(error, NotAnObject | NotAnArray):
            value = error.value if isinstance(error, NotAnObject) else {}
            expected = "object" if isinstance(error, NotAnObject) else "array"
            return MailRefusal(item(f"Invalid type. Expected: {expected}, given: {_type_of(value)}."))
        if not isinstance(error, BindError):
            return MailRefusal(item(BAD_REQUEST)).because(str(error))
        first = error.errors[0]
        return SendGridError(_text_of(first), ".".join(map(str, first.path)))

    def read_value(self, request: WireRequest) -> Any:
        """Return the JSON value of a body, which may be compressed. Raise MailRefusal (413) for a large one."""
        if request.headers.get("Content-Encoding", "").strip().lower() != "gzip":
            return super().read_value(request)
        unzip = zlib.decompressobj(wbits=31)
        try:
            body = unzip.decompress(request.body, LARGEST_UNZIPPED)
        except zlib.error as error:
            raise BrokenJson(f"the body is not gzip: {error}") from error
        if unzip.unconsumed_tail:
            raise MailRefusal(item("content too large"), status=413)
        return self.read(body, charset=self.charset(request), max_depth=self.max_depth)

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return the response, with the headers of the rate limit."""
        return _with_rate_limit(super().encode(call, result), call.request, call.operation)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return the error's document, with the headers of the rate limit."""
        return _with_rate_limit(super().refuse(request, operation, error, options), request, operation)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return the problem's document, with the headers of the rate limit."""
        return _with_rate_limit(super().problem(request, operation, problem, options), request, operation)

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return SendGrid's own text for a status, unless an injected fault has one."""
        message = problem.detail if problem.is_arranged else PROBLEMS.get(problem.status, problem.detail)
        if operation is not None and operation.requires == MAIL_SEND:
            return {"errors": [item(message)]}
        return {"errors": [{"message": message, "field": None}]}


def _with_rate_limit(response: WireResponse, request: WireRequest, operation: Operation | None) -> WireResponse:
    """Return a response with the headers of the rate limit; sending has none."""
    if operation is None or operation.requires == MAIL_SEND:
        return response
    now, remaining = int(request.at.timestamp()), CALLS - 1
    reset = (now // WINDOW + 1) * WINDOW
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = seconds_to_wait(dict(response.headers))
        remaining, reset = 0, reset if wait is None else now + wait
    limits = (("Limit", CALLS), ("Remaining", remaining), ("Reset", reset))
    return response.with_headers({f"X-RateLimit-{name}": str(value) for name, value in limits})


def _items(errors: Sequence[ParameterError]) -> list[dict[str, Any]]:
    """Return the errors of a message; values of `custom_args` and the like that are no texts are one bad request."""
    if any(_is_bad_request(error) for error in errors):
        return [item(BAD_REQUEST)]
    shown = errors[:MOST_ERRORS]
    return [item(_text_of(error), ".".join(map(str, error.path)), _anchor(error)) for error in shown]


def _is_bad_request(error: ParameterError) -> bool:
    return error.kind is ErrorKind.NOT_A_TEXT and error.name in ("custom_args", "substitutions")


def _text_of(error: ParameterError) -> str:
    if error.name == "personalizations" and error.kind is ErrorKind.TOO_MANY_VALUES:
        return (
            f"The personalization block is limited to {error.bounds.most} personalizations per API request. You have"
            f" provided [{len(error.value)}] personalizations. Please consider splitting this into multiple requests"
            " and resending your request."
        )
    if error.name in ("to", "cc", "bcc") and error.kind is ErrorKind.TOO_MANY_VALUES:
        return TOO_MANY_RECIPIENTS
    if error.path[-2:] == ("sandbox_mode", "enable"):
        return "The sandbox mode enable param should be a boolean value."
    if error.kind in EXPECTED:
        return f"Invalid type. Expected: {EXPECTED[error.kind]}, given: {_type_of(error.value)}."
    return f"The {error.name} parameter {error.kind.value}."


def _anchor(error: ParameterError) -> str | None:
    names = [part for part in error.path if isinstance(part, str)]
    if names == ["personalizations"] and error.path != ("personalizations",):
        return None
    if names[0] in ("from", "reply_to"):
        return names[0]
    return ".".join(names if names[0] == "mail_settings" else names[:2])


def _type_of(value: Any) -> str:
    return GIVEN.get(type(value), "object")


DIALECT = SendGridDialect()
