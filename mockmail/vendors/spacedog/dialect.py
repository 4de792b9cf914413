"""SpaceDog's wire format: JSON or forms in, JSON out (services/.../JsonPayload.java; docs/wire/spacedog.md 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.vendors.spacedog.errors import Cause, Unauthorized
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.parameters import replace_surrogates
from mockmail.vendors.spacedog.views import Result
from mockmail.wire.json_text import write_json

CORS = (
    ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, HEAD"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding, x-spacedog-debug"),
)
HEADERS = (("Content-Type", "application/json;charset=UTF-8"), ("Access-Control-Allow-Origin", "*"), *CORS)
ONE_YEAR = "31536000"


class SpaceDogDialect(Dialect[Any, Options]):
    """Documents, and errors with their causes."""

    def decode(self, call: Call[Any, Options]) -> Any:
        """Return a form, a JSON body, or None; handlers report its errors when they need it."""
        if not call.request.raw_path.isascii():
            call.path = {name: replace_surrogates(value) for name, value in call.path.items()}
        params: Any = call.operation.params
        return None if params is None else params.read(call.request)

    def encode(self, call: Call[Any, Options], result: Result) -> WireResponse:
        """Return the document, with debug data for a debugging client."""
        document = result.document
        if isinstance(document, dict) and not result.as_text:
            document = _with_debug(call.request, document)
        headers = () if result.object_id is None else (("x-spacedog-object-id", result.object_id),)
        return _response(call.request, result.status, document, headers)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Options
    ) -> WireResponse:
        """Return the error with its causes."""
        headers = [*error.headers]
        if isinstance(error, Unauthorized) and options.guest_unauthorized:
            headers.append(("WWW-Authenticate", "Basic"))
        return _error(request, operation, error.status, error.document, headers)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Options
    ) -> WireResponse:
        """Return an error with a message and without a code."""
        document = {"error": Cause(_problem_message(request, operation, problem))}
        return _error(request, operation, problem.status, document, tuple(problem.headers.items()))


def preflight(request: WireRequest) -> WireResponse | None:
    """Return the response to a CORS preflight, which allows any origin, or None (CrossOriginFilter.java)."""
    origin = request.headers.get("Origin")
    if request.method != "OPTIONS" or origin is None or "Access-Control-Request-Method" not in request.headers:
        return None
    allowed = ("Access-Control-Allow-Origin", replace_surrogates(origin))
    return WireResponse(200, b"", (allowed, *CORS, ("Access-Control-Max-Age", ONE_YEAR)))


def _error(
    request: WireRequest,
    operation: Operation | None,
    status: int,
    document: Mapping[str, Any],
    headers: Sequence[tuple[str, str]],
) -> WireResponse:
    if "error" in document:
        shows_types = status >= HTTPStatus.INTERNAL_SERVER_ERROR or _is_debugging(request)
        document = {"error": _exception(document["error"], operation, shows_types=shows_types)}
    return _response(request, status, _with_debug(request, {"success": False, "status": status, **document}), headers)


def _response(request: WireRequest, status: int, document: Any, headers: Sequence[tuple[str, str]]) -> WireResponse:
    body = write_json(document)
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    if request.method != "HEAD" and request.headers.get("If-None-Match", "").strip('"') == etag:
        return WireResponse(304, b"", (*HEADERS, *headers))
    return WireResponse(status, body, (*HEADERS, *headers, ("ETag", etag)))


def _problem_message(request: WireRequest, operation: Operation | None, problem: Problem) -> str:
    path = replace_surrogates(unquote(request.raw_path))
    if operation is None and problem.status == HTTPStatus.NOT_FOUND:
        return f"[{path}] not a valid path"
    if operation is None and problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"method [{request.method}] not valid for path [{path}]"
    return problem.detail


def _exception(cause: Cause, operation: Operation | None, *, shows_types: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": cause.message} if cause.message else {}
    if cause.code is not None:
        shown["code"] = cause.code
    if shows_types:
        shown["type"] = cause.java_type
        shown["trace"] = [f"mockmail.spacedog({operation.name if operation else 'routing'})"]
    if cause.cause is not None:
        shown["cause"] = _exception(cause.cause, operation, shows_types=shows_types)
    return shown


def _is_debugging(request: WireRequest) -> bool:
    return request.headers.get("x-spacedog-debug", "").lower() == "true"


def _with_debug(request: WireRequest, document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "debug": {"batchCredentialChecks": 1}} if _is_debugging(request) else document


DIALECT = SpaceDogDialect()
