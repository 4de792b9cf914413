"""Resend's wire: JSON, in which null is as good as missing (docs/wire/resend.md 1 to 3)."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.vendors.resend.errors import TOO_MANY_REQUESTS, UNEXPECTED, ResendError, missing
from mockmail.wire.json_dialect import JsonDialect
from mockmail.wire.json_text import read_json
from mockmail.wire.parameters import JSON_CONVERTERS, BindError, BindingRules, ErrorKind

CALLS, WINDOW = 2, 1
"""The requests in a window of seconds that the headers announce; `limits` enforces some."""

PROBLEMS = {
    404: ("not_found", "The requested endpoint does not exist."),
    405: ("method_not_allowed", "Method not allowed"),
    429: ("rate_limit_exceeded", TOO_MANY_REQUESTS),
    500: ("application_error", UNEXPECTED),
}
"""Resend's name and text for the refusals of any HTTP service."""

NAMES = {
    401: "missing_api_key",
    403: "invalid_api_key",
    409: "concurrent_idempotent_requests",
    451: "security_error",
}


class ResendDialect(JsonDialect):
    """`statusCode`, `name` and `message` for every refusal."""

    content_type = "application/json; charset=utf-8"
    headers = (
        ("ratelimit-limit", str(CALLS)),
        ("ratelimit-policy", f"{CALLS};w={WINDOW}"),
        ("ratelimit-remaining", str(CALLS - 1)),
        ("ratelimit-reset", str(WINDOW)),
    )
    rate_limit = ("ratelimit-remaining", "ratelimit-reset")
    rules = BindingRules(converters=JSON_CONVERTERS, null_is_missing=True)
    query_methods = ("GET", "HEAD")
    read = staticmethod(partial(read_json, has_byte_arrays=True))

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return 422 for a field, 400 for a body."""
        if not isinstance(error, BindError):
            return ResendError(f"The request body must be valid JSON: {error}", status=400)
        first = error.errors[0]
        path = ".".join(str(part) for part in first.path)
        if first.kind is ErrorKind.MISSING:
            return missing(path)
        return ResendError(f"Invalid `{path}` field. It {first.kind.value}.")

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return the error's document; a text is a refusal of the proxy in front of Resend."""
        if isinstance(error.document, str):
            return WireResponse(error.status, error.document.encode(), (("Content-Type", "text/plain; charset=UTF-8"),))
        return super().refuse(request, operation, error, options)

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return Resend's own text for a status, unless an injected fault has one."""
        default = "validation_error" if problem.status < 500 else "internal_server_error"  # noqa: PLR2004
        name, message = PROBLEMS.get(problem.status, (NAMES.get(problem.status, default), problem.detail))
        if problem.is_arranged:
            message = problem.detail
        return {"statusCode": problem.status, "name": name, "message": message}


DIALECT = ResendDialect()
