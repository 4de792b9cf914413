"""DocSpace's wire format: requests are JSON; responses are JSON in an envelope, without nulls in a success."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.answer import Answer
from mockmail.vendors.onlyoffice.authentication import is_basic
from mockmail.vendors.onlyoffice.body import read_body, trace_id
from mockmail.vendors.onlyoffice.errors import (
    InvalidModel,
    InvalidRequest,
    NoBody,
    Refusal,
    ServerException,
    UnsupportedMediaType,
)
from mockmail.vendors.onlyoffice.fields import only_fields
from mockmail.vendors.onlyoffice.negotiation import JSON, PROBLEM_JSON, answer_type
from mockmail.wire import json_dialect
from mockmail.wire.json_text import write_json

Headers = Sequence[tuple[str, str]]

BODILESS = frozenset({401, 404, 405, 413, 414, 431})
"""The statuses that the framework answers by itself, without a body."""

RFC = "https://tools.ietf.org/html/rfc9110#section-"
CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "unicode": "utf-16"}
VERSIONS = ("api-supported-versions", "2.0")


class OnlyofficeDialect(json_dialect.JsonDialect):
    """Envelopes: `response` with its count and links, or `error`."""

    media_types = re.compile(r"application/json|text/json|application/[^/\s;]+\+json")
    charsets = CHARSETS
    other_charsets = None

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the parameters in a JSON body. Raises UnsupportedMediaType, InvalidModel."""
        if call.operation.params is None:
            return None
        try:
            charset = self.charset(call.request)
        except json_dialect.UnsupportedMediaType as error:
            raise UnsupportedMediaType(trace_id(call)) from error
        return read_body(call, call.operation.params, charset)

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return a success, or the error that a handler returned instead of raising it, so that its writes stay."""
        request = call.request
        if isinstance(result, VendorError):
            return self.refuse(request, call.operation, result, call.options)
        answer = result if isinstance(result, Answer) else Answer(response=result)
        shown = only_fields(request.query, answer.response) if request.query else answer.response
        count = _count(answer.response) if answer.count is None else answer.count
        body = write_json(_envelope(request, shown, count, 0, 200))
        extra = [("Set-Cookie", cookie) for cookie in answer.cookies]
        return _answer(request, 200, body, answer_type(request.headers.get("Accept")), extra)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return an error in its own form."""
        headers = error.headers if isinstance(error, Refusal) else ()
        if isinstance(error, InvalidRequest):
            document = write_json(_problem_envelope(request, error))
            return _answer(request, error.status, document, PROBLEM_JSON, headers)
        if isinstance(error, ServerException):
            return _answer(request, error.status, write_json(_error_envelope(operation, error)), JSON, headers)
        return _answer(request, error.status if isinstance(error, NoBody) else 500, b"", None, headers)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return the status without a body if the framework answers it, else an error envelope without details."""
        headers = tuple(problem.headers.items())
        if problem.status in BODILESS or (problem.status == 400 and operation is None):  # noqa: PLR2004  # not HTTP
            return _answer(request, problem.status, b"", None, headers)
        document = _error_envelope(operation, ServerException(problem.status, problem.detail))
        return _answer(request, problem.status, write_json(document), JSON, headers)


def _envelope(request: WireRequest, response: object, count: int, status: int, status_code: int) -> dict[str, Any]:
    # The order of the members: docs/wire/onlyoffice.md 3.
    document: dict[str, Any] = {} if response is None else {"response": response}
    document["count"] = count
    document["links"] = [{"href": request.url, "action": request.method}]
    document["status"] = status
    document["statusCode"] = status_code
    return document


def _problem_envelope(request: WireRequest, error: InvalidRequest) -> dict[str, Any]:
    # The envelope has the status of a bad body, and 200 for a bad media type (docs/wire/onlyoffice.md 6).
    document: dict[str, Any] = {"type": RFC + error.section, "title": error.title, "status": error.status}
    if error.errors is not None:
        document["errors"] = error.errors
    document["traceId"] = error.trace_id
    known = isinstance(error, InvalidModel)
    return _envelope(request, document, 1, 1 if known else 0, error.status if known else 200)


def _error_envelope(operation: Operation | None, error: ServerException) -> dict[str, Any]:
    where = operation.name if operation is not None else "request"
    details = {
        "message": str(error),
        "type": error.kind,
        "stack": None if error.kind is None else f"   at {where}",
        "hresult": error.hresult,
    }
    if error.omit_nulls:
        details = {name: value for name, value in details.items() if value is not None}
    return {"error": details, "status": 1, "statusCode": error.status}


def _count(response: object) -> int:
    if response is None:
        return 0
    return len(response) if isinstance(response, list | tuple) else 1


def _answer(request: WireRequest, status: int, body: bytes, content_type: str | None, extra: Headers) -> WireResponse:
    headers = [] if content_type is None else [("Content-Type", content_type), VERSIONS]
    if is_basic(request.headers.get("Authorization")):
        headers.append(("WWW-Authenticate", "Basic"))
    if "Origin" in request.headers:
        headers.append(("Access-Control-Allow-Origin", "*"))
    headers.extend(extra)
    return WireResponse(status, body, tuple(headers))


DIALECT = OnlyofficeDialect()
