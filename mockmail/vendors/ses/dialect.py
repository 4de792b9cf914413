"""SES's wire: JSON for version 2, the Query protocol for version 1 (docs/wire/ses.md 3)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.ses.errors import TOO_MANY_REQUESTS, SesError
from mockmail.vendors.ses.query_protocol import ACTION, document, error_document, read_form
from mockmail.wire.forms import BrokenForm
from mockmail.wire.json_dialect import Headers, JsonDialect
from mockmail.wire.parameters import (
    JSON_CONVERTERS,
    TEXT_CONVERTERS,
    BindError,
    BindingRules,
    ErrorKind,
    Mismatch,
    bind,
)

NAMES = {
    400: ("BadRequestException", "InvalidParameterValue"),
    403: ("AccessDeniedException", "AccessDenied"),
    404: ("UnknownOperationException", "InvalidAction"),
    408: ("RequestTimeoutException", "RequestTimeout"),
    409: ("ConflictException", "Conflict"),
    413: ("RequestEntityTooLargeException", "RequestEntityTooLarge"),
    415: ("UnsupportedMediaTypeException", "UnsupportedMediaType"),
    429: ("TooManyRequestsException", "Throttling"),
    500: ("InternalServiceErrorException", "InternalFailure"),
    503: ("ServiceUnavailableException", "ServiceUnavailable"),
}
"""The names of both versions for the refusals of any HTTP service."""

SENDERS_STATUSES = frozenset({400, 403, 413, 415})
"""The statuses of a client's errors that version 1 has; 400 stands for the others."""


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return raw


class SesDialect(JsonDialect):
    """`message` and the header `x-amzn-ErrorType` in version 2, `ErrorResponse` in version 1."""

    rules = BindingRules(converters=JSON_CONVERTERS, null_is_missing=True)
    form_rules = BindingRules(converters={**TEXT_CONVERTERS, str: _text})
    query_methods = ("GET", "HEAD")

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the operation's parameters from a JSON body, a query or a form. Raise SesError."""
        model = call.operation.params
        if model is None or not call.operation.path.startswith(ACTION):
            return super().decode(call)
        try:
            return bind(model, read_form(model, call.request.body), self.form_rules)
        except (BrokenForm, BindError) as error:
            raise self.refusal(error) from error

    def charset(self, request: WireRequest) -> str:
        """Return UTF-8: SES reads any body as JSON."""
        return "utf-8"

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return a validation error for a missing member, `SerializationException` for what cannot be read."""
        if not isinstance(error, BindError):
            return SesError(f"The request cannot be read: {error}", "SerializationException", "MalformedInput")
        first = error.errors[0]
        path = ".".join(f"{part[:1].lower()}{part[1:]}" if isinstance(part, str) else str(part) for part in first.path)
        constraint = "Member must not be null" if first.kind is ErrorKind.MISSING else f"The value {first.kind.value}"
        value = "null" if first.kind is ErrorKind.MISSING else "given"
        return SesError(
            f"1 validation error detected: Value {value} at '{path}' failed to satisfy constraint: {constraint}",
            code="ValidationError",
        )

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return the result as JSON or XML; a WireResponse unchanged."""
        if isinstance(result, WireResponse):
            return result
        request_id = request_id_of(call.request)
        if call.operation.path.startswith(ACTION):
            return _xml(200, document(call.operation.path.removeprefix(ACTION), result, request_id), request_id)
        return self.response(200, result, (("x-amzn-RequestId", request_id),))

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return the error in the words of the version that the request is for."""
        request_id = request_id_of(request)
        if not _is_query(request) or not isinstance(error, SesError):
            headers = (("x-amzn-RequestId", request_id), *error.headers)
            return self.response(error.status, error.document, headers)
        is_client = error.status < 500  # noqa: PLR2004
        status = 400 if is_client and error.status not in SENDERS_STATUSES else error.status
        return _xml(status, error_document(error.code, str(error), request_id, is_client=is_client), request_id)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return the problem in the words of the version that the request is for."""
        is_client = problem.status < 500  # noqa: PLR2004
        name, code = NAMES.get(problem.status, NAMES[400] if is_client else NAMES[500])
        message = TOO_MANY_REQUESTS if problem.detail == "too many requests" else problem.detail
        request_id, further = request_id_of(request), tuple(problem.headers.items())
        if _is_query(request):
            status = 400 if is_client and problem.status not in SENDERS_STATUSES else problem.status
            body = error_document(code, message, request_id, is_client=is_client)
            return _xml(status, body, request_id, further)
        headers = (("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", name), *further)
        return self.response(problem.status, {"message": message}, headers)


def request_id_of(request: WireRequest) -> str:
    """Return the id of a request, which its response and its events have."""
    return str(uuid5(NAMESPACE_URL, f"{request.at.isoformat()} {len(request.body)} {request.raw_path!r}"))


def _is_query(request: WireRequest) -> bool:
    return not any(request.segments)


def _xml(status: int, body: bytes, request_id: str, further: Headers = ()) -> WireResponse:
    return WireResponse(status, body, (("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id), *further))


DIALECT = SesDialect()
