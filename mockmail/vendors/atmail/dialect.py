"""atmail's wire: forms, query parameters and Zend path pairs in, Zend XML out."""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireAnswer, WireRequest
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.wire import zend
from mockmail.wire.forms import urlencoded
from mockmail.wire.parameters import ParameterError, read

HEADERS = (("Content-Type", "text/xml"),)


class AtmailDialect(Dialect):
    """See the module's own words."""

    def decode(self, call: Call[Any]) -> Any:
        """The parameters of path pairs, query and body."""
        if call.operation.params is None:
            return None
        values: dict[str, list[str]] = {}
        for field in (*urlencoded(call.request.query.encode()), *urlencoded(call.request.body)):
            values.setdefault(field.name, []).append(field.value)
        try:
            return read(call.operation.params, values)
        except ParameterError as error:
            raise AtmailError(str(error)) from error

    def encode(self, call: Call[Any], result: Answer) -> WireAnswer:
        """`status`, then `response` with `message` and `results`."""
        return _answer(_element(call.operation), "success", result.message, result.results)

    def refuse(self, request: WireRequest, operation: Operation | None, error: VendorError) -> WireAnswer:
        """A `failed` answer."""
        return _answer(_element(operation), "failed", str(error), "")

    def problem(self, request: WireRequest, operation: Operation | None, problem: Problem) -> WireAnswer:
        """The same, with the HTTP status."""
        answer = _answer(_element(operation), "failed", problem.detail, "")
        return WireAnswer(problem.status, answer.body, answer.headers).with_headers(problem.headers)


def _element(operation: Operation | None) -> str:
    return operation.name.replace(".", "") if operation else "rest"


def _answer(element: str, status: str, message: str, results: Any) -> WireAnswer:
    content = {"status": status, "response": {"message": message, "results": results}}
    return WireAnswer(200, zend.document(element, content), HEADERS)
