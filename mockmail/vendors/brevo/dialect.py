"""Brevo's wire: JSON, in which null is as good as missing (docs/wire/brevo.md 2, 3)."""

from __future__ import annotations

from typing import Any, ClassVar

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest
from mockmail.core.operation import Operation
from mockmail.vendors.brevo.errors import BrevoError, missing
from mockmail.wire.json_dialect import JsonDialect
from mockmail.wire.parameters import JSON_CONVERTERS, BindError, BindingRules, ErrorKind

CALLS, WINDOW = 1000, 1
"""The requests in a window of seconds that the headers announce; `limits` enforces some."""


class BrevoDialect(JsonDialect):
    """`code` and `message` for every refusal."""

    headers = (
        ("x-sib-ratelimit-limit", str(CALLS)),
        ("x-sib-ratelimit-remaining", str(CALLS - 1)),
        ("x-sib-ratelimit-reset", str(WINDOW)),
    )
    rate_limit = ("x-sib-ratelimit-remaining", "x-sib-ratelimit-reset")
    rules = BindingRules(converters=JSON_CONVERTERS, null_is_missing=True)
    query_methods = ("GET", "HEAD")
    codes: ClassVar = {
        400: "bad_request",
        401: "unauthorized",
        402: "not_enough_credits",
        403: "permission_denied",
        404: "document_not_found",
        405: "method_not_allowed",
        406: "not_acceptable",
        422: "unprocessable_entity",
        429: "too_many_requests",
        500: "internal_error",
    }

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return the refusal of a field or of a body."""
        if not isinstance(error, BindError):
            return BrevoError("Input must be a valid JSON object", "bad_request").because(str(error))
        first = error.errors[0]
        names = [str(part) for part in first.path if isinstance(part, str)]
        within = f" in {'.'.join(names[:-1])}" if len(names) > 1 else ""
        if first.kind is ErrorKind.MISSING:
            return missing(f"{names[-1]} is missing{within}")
        name = names[-1] if names else first.name
        if first.kind is ErrorKind.OUT_OF_RANGE:
            return BrevoError(f"{name} is out of range{within}", "out_of_range")
        return BrevoError(f"{name} is not valid{within}").because(f"{name} {first.kind.value}")

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return Brevo's code for a status, and the detail."""
        return {"code": self.code(problem.status), "message": problem.detail}


DIALECT = BrevoDialect()
