"""DocSpace's wire format: JSON requests; JSON responses in an envelope, without nulls in a success."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.authentication import is_basic
from mockmail.vendors.onlyoffice.body import InvalidBody, read_body
from mockmail.vendors.onlyoffice.errors import InvalidRequest, ServerException
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.views import Result, filter_fields
from mockmail.wire import json_dialect
from mockmail.wire.headers import media_ranges
from mockmail.wire.json_text import write_json

JSON = "application/json; charset=utf-8"
TEXT_JSON = "text/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json; charset=utf-8"
ACCEPTED = {"application/json": JSON, "application/*": JSON, "text/json": TEXT_JSON, "text/*": TEXT_JSON}
CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "unicode": "utf-16"}
VERSIONS = ("api-supported-versions", "2.0")

WITHOUT_BODY = frozenset({401, 404, 405, 413, 414, 431})
"""The statuses that the web framework sets itself, without a body."""


class OnlyofficeDialect(json_dialect.JsonDialect):
    """Envelopes: `response` with its count and links, or `error`."""

    media_types = re.compile(r"application/json|text/json|application/[^/\s;]+\+json")
    charsets = CHARSETS
    other_charsets = None

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the parameters in a JSON body. Raise InvalidRequest."""
        if call.operation.params is None:
            return None
        try:
            return read_body(call.request.body, self.charset(call.request), call.operation.params)
        except json_dialect.UnsupportedMediaType as error:
            raise InvalidRequest(415, "15.5.16", "Unsupported Media Type", _trace_id(call)) from error
        except InvalidBody as error:
            title = "One or more validation errors occurred."
            raise InvalidRequest(400, "15.5.1", title, _trace_id(call), error.errors) from error

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return a success in its envelope."""
        request = call.request
        result = result if isinstance(result, Result) else Result(response=result)
        shown = filter_fields(request.query, result.response) if request.query else result.response
        count = _count(result.response) if result.count is None else result.count
        cookies = [("Set-Cookie", cookie) for cookie in result.cookies]
        content_type = _negotiated_type(request.headers.get("Accept", "*/*"))
        return _response(request, 200, _envelope(request, shown, count, 0, 200), content_type, cookies)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Options
    ) -> WireResponse:
        """Return the error without a body, in the error envelope, or as a problem document."""
        if isinstance(error, InvalidRequest):
            # The envelope of an invalid body has its status, any other that of a success.
            statuses = (1, 400) if "errors" in error.document else (0, 200)
            envelope = _envelope(request, error.document, 1, *statuses)
            return _response(request, error.status, envelope, PROBLEM_JSON)
        if not isinstance(error, ServerException):
            return _response(request, error.status, headers=error.headers)
        status, message = error.status, str(error)
        if options.is_2x:
            status, message = error.status_2x or status, error.message_2x or message
        envelope = _error_envelope(operation, status, message, error.exception, options)
        return _response(request, status, envelope, JSON)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Options
    ) -> WireResponse:
        """Return the status without a body if the web framework sets it, else an error envelope without details."""
        headers = tuple(problem.headers.items())
        is_unreadable = problem.status == 400 and operation is None  # noqa: PLR2004  # the request is not HTTP
        if is_unreadable or problem.status in WITHOUT_BODY:
            return _response(request, problem.status, headers=headers)
        envelope = _error_envelope(operation, problem.status, problem.detail, None, options)
        return _response(request, problem.status, envelope, JSON, headers)


def _trace_id(call: Call[Any, Any]) -> str:
    # W3C Trace Context
    return f"00-{call.world.ids.hexadecimal(32)}-{call.world.ids.hexadecimal(16)}-00"


def _negotiated_type(accept: str) -> str:
    # ASP.NET ignores a header with `*/*`, as browsers send it; DocSpace never answers 406.
    ranges = media_ranges(accept)
    if any(name.startswith("*/*") for name, _ in ranges):
        return JSON
    accepted = [(name, quality) for name, quality in ranges if name in ACCEPTED and quality > 0]
    return ACCEPTED[max(accepted, key=itemgetter(1))[0]] if accepted else JSON


def _envelope(request: WireRequest, response: object, count: int, status: int, status_code: int) -> dict[str, Any]:
    # The order of the members: docs/wire/onlyoffice.md 3.
    document: dict[str, Any] = {} if response is None else {"response": response}
    document["count"] = count
    document["links"] = [{"href": request.url, "action": request.method}]
    document["status"] = status
    document["statusCode"] = status_code
    return document


def _error_envelope(
    operation: Operation | None, status: int, message: str, exception: tuple[str, int] | None, options: Options
) -> dict[str, Any]:
    where = "request" if operation is None else operation.name
    kind, hresult = exception or (None, 0)
    details = {
        "message": message,
        "type": kind,
        "stack": None if kind is None else f"   at {where}",
        "hresult": hresult,
    }
    if options.is_2x:
        details = {name: value for name, value in details.items() if value is not None}
    return {"error": details, "status": 1, "statusCode": status}


def _count(response: object) -> int:
    if response is None:
        return 0
    return len(response) if isinstance(response, list | tuple) else 1


def _response(
    request: WireRequest,
    status: int,
    document: Mapping[str, Any] | None = None,
    content_type: str = "",
    headers: json_dialect.Headers = (),
) -> WireResponse:
    sent = [] if document is None else [("Content-Type", content_type), VERSIONS]
    if is_basic(request.headers.get("Authorization")):
        sent.append(("WWW-Authenticate", "Basic"))
    if "Origin" in request.headers:
        sent.append(("Access-Control-Allow-Origin", "*"))
    sent.extend(headers)
    return WireResponse(status, b"" if document is None else write_json(document), tuple(sent))


DIALECT = OnlyofficeDialect()
