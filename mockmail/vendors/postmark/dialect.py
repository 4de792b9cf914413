"""Postmark's wire: JSON, with names in any case, and null and "" as good as missing (docs/wire/postmark.md 3, 4)."""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest
from mockmail.core.operation import Operation
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.wire.json_dialect import JsonDialect, UnsupportedMediaType
from mockmail.wire.parameters import (
    JSON_CONVERTERS,
    TEXT_CONVERTERS,
    Absent,
    BindError,
    BindingRules,
    ErrorKind,
    Mismatch,
)


def _text(value: Any) -> str:
    if value == "":
        raise Absent
    if isinstance(value, bool | list | dict):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return str(value)


class PostmarkDialect(JsonDialect):
    """ErrorCode and Message for every refusal."""

    content_type = "application/json; charset=utf-8"
    headers = (("Cache-Control", "private"),)
    rules = BindingRules(converters={**JSON_CONVERTERS, str: _text}, case_insensitive=True, null_is_missing=True)
    query_methods = ("GET", "HEAD")
    query_rules = BindingRules(converters=TEXT_CONVERTERS, repeated_values=True, case_insensitive=True)

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return ErrorCode 300 for a field, 402 for a body."""
        if isinstance(error, UnsupportedMediaType):
            return Problem(415, "The request's Content-Type must be application/json.")
        if not isinstance(error, BindError):
            return PostmarkError(f"Invalid JSON: {error}", code=402)
        path = ".".join(str(part) for part in error.errors[0].path)
        return PostmarkError(f"Invalid '{path}': it {error.errors[0].kind.value}.")

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return ErrorCode and Message; the code is the HTTP status."""
        return {"ErrorCode": problem.status, "Message": problem.detail}


DIALECT = PostmarkDialect()
