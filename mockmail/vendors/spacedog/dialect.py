"""SpaceDog's wire format: JSON or forms in, JSON out (services/.../JsonPayload.java; docs/wire/spacedog.md 4)."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.vendors.spacedog.answer import Answer
from mockmail.vendors.spacedog.bodies import Form, JsonBody, form_values, json_body, mail_fields, sayable
from mockmail.vendors.spacedog.errors import Cause, InvalidParameters, SpaceDogError
from mockmail.vendors.spacedog.parameters import Fields, MailFields
from mockmail.wire.json_text import write_json

CONTENT_TYPE = ("Content-Type", "application/json;charset=UTF-8")
CORS = (
    ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, HEAD"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding, x-spacedog-debug"),
)
ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
A_YEAR = "31536000"
FAILURE = 500
"""From this status on an error shows its type and a trace."""


class SpaceDogDialect(Dialect[Any, Any]):
    """Documents, and errors with their causes."""

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return a form, a JSON body, or None; handlers report what is wrong with it when they need it."""
        if not call.request.raw_path.isascii():
            call.path = {name: sayable(value) for name, value in call.path.items()}
        if call.operation.params is MailFields:
            return mail_fields(call.request)
        if call.operation.params is Fields:
            return Form(form_values(call.request))
        return json_body(call.request) if call.operation.params is JsonBody else None

    def encode(self, call: Call[Any, Any], result: Answer) -> WireResponse:
        """Return the document, with debug data for a debugging client."""
        document = result.document
        if isinstance(document, dict) and not result.as_text:
            document = _with_debug(call.request, document)
        headers = () if result.object_id is None else (("x-spacedog-object-id", result.object_id),)
        return _answer(call.request, document, result.status, headers)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return `success`, `status` and `error` with its causes."""
        if isinstance(error, InvalidParameters):
            document = {"success": False, "status": error.status, "invalidParameters": error.parameters}
            return _answer(request, _with_debug(request, document), error.status)
        refusal = error if isinstance(error, SpaceDogError) else SpaceDogError(str(error))
        shows = refusal.status >= FAILURE or _is_debugging(request)
        node: dict[str, Any] = {"message": refusal.message} if refusal.message else {}
        if refusal.code is not None:
            node["code"] = refusal.code
        if shows:
            node |= _trace(refusal.type_name, operation)
        if refusal.cause is not None:
            node["cause"] = _cause(refusal.cause, operation, shows=shows)
        return _error(request, refusal.status, node, tuple(refusal.headers))

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return an error with a message and without a code."""
        node: dict[str, Any] = {"message": _in_words(request, operation, problem)}
        if problem.status >= FAILURE:
            node |= _trace("java.lang.RuntimeException", operation)
        return _error(request, problem.status, node, tuple(problem.headers.items()))


def preflight(request: WireRequest) -> WireResponse | None:
    """Return the response to a CORS preflight, which allows any origin, or None (CrossOriginFilter.java)."""
    origin = request.headers.get("Origin")
    if request.method != "OPTIONS" or origin is None or "Access-Control-Request-Method" not in request.headers:
        return None
    allowed = ("Access-Control-Allow-Origin", sayable(origin))
    return WireResponse(200, b"", (allowed, *CORS, ("Access-Control-Max-Age", A_YEAR)))


def _error(
    request: WireRequest, status: int, node: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()
) -> WireResponse:
    document = {"success": False, "status": status, "error": node}
    return _answer(request, _with_debug(request, document), status, headers)


def _answer(
    request: WireRequest, document: Any, status: int, headers: tuple[tuple[str, str], ...] = ()
) -> WireResponse:
    body = write_json(document)
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    common = (CONTENT_TYPE, ANY_ORIGIN, *CORS, *headers)
    if request.method != "HEAD" and request.headers.get("If-None-Match", "").strip('"') == tag:
        return WireResponse(304, b"", common)
    return WireResponse(status, body, (*common, ("ETag", tag)))


def _in_words(request: WireRequest, operation: Operation | None, problem: Problem) -> str:
    path = sayable(unquote(request.raw_path))
    if operation is None and problem.status == 404:  # noqa: PLR2004  # HTTP's own
        return f"[{path}] not a valid path"
    if operation is None and problem.status == 405:  # noqa: PLR2004
        return f"method [{request.method}] not valid for path [{path}]"
    return problem.detail


def _cause(cause: Cause, operation: Operation | None, *, shows: bool) -> dict[str, Any]:
    node: dict[str, Any] = {"message": cause.message} if cause.message else {}
    if shows:
        node |= _trace(cause.java_type, operation)
    if cause.cause is not None:
        node["cause"] = _cause(cause.cause, operation, shows=shows)
    return node


def _trace(java_type: str, operation: Operation | None) -> dict[str, Any]:
    return {"type": java_type, "trace": [f"mockmail.spacedog({operation.name if operation else 'routing'})"]}


def _is_debugging(request: WireRequest) -> bool:
    return request.headers.get("x-spacedog-debug", "").lower() == "true"


def _with_debug(request: WireRequest, document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "debug": {"batchCredentialChecks": 1}} if _is_debugging(request) else document


DIALECT = SpaceDogDialect()
