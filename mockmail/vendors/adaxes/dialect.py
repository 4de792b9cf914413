"""The wire format of Adaxes: requests are JSON, read as Json.NET does, or query strings; responses are JSON.

- a POST has its parameters in the body only; other methods have them in the query, PATCH in both
- a body needs a Content-Type of JSON (415 otherwise), and is read as leniently as by Json.NET: the page's C# sample
  needs it
- names of members and of query parameters are case-insensitive
- a success is an operation result or another object; an operation without a result is 204
- an error is an Error object, including 404 and 405; a failed change of the directory is an operation result
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.adaxes.errors import CODES, BadRequest, OperationFailed, SendingFailed
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.parameters import RULES, LenientMail, Mail, model_state
from mockmail.vendors.adaxes.views import ResultType, operation_result
from mockmail.wire.forms import BrokenForm, urlencoded
from mockmail.wire.json_dialect import JsonDialect, NotAnObject, UnsupportedMediaType
from mockmail.wire.json_text import BrokenJson
from mockmail.wire.lenient_json import read_lenient_json
from mockmail.wire.parameters import BindError

MAX_QUERY_FIELDS = 1000


class AdaxesDialect(JsonDialect):
    """Operation results, objects, and Error objects."""

    content_type = "application/json; charset=utf-8"
    media_types = re.compile(r"application/json|text/json|.*\+json")
    charsets = MappingProxyType(
        {name: name for name in ("utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1")}
    )
    max_depth = 32
    rules = RULES
    read = staticmethod(read_lenient_json)
    codes = CODES

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the parameters from the body, the query or both, as the method has them. Raise `refusal`."""
        request = call.request
        members: dict[str, Any] = {}
        try:
            if request.method != "POST":
                fields = urlencoded(request.query.encode("utf-8", "replace"), limit=MAX_QUERY_FIELDS)
                members = {field.name: field.value for field in fields}
            if request.method in ("POST", "PATCH") and request.body.strip():
                members |= self.read_object(request)
        except (BrokenForm, UnsupportedMediaType, BrokenJson, NotAnObject) as error:
            raise self.refusal(error) from error
        is_lenient = call.operation.params is Mail and call.options.lenient_mail
        return self.bind(LenientMail if is_lenient else call.operation.params, members)

    def refusal(self, error: ValueError) -> Problem | VendorError:
        """Return 415 in the words of ASP.NET Web API, or BadRequest."""
        if isinstance(error, BindError):
            return BadRequest(model_state(error.errors))
        if isinstance(error, NotAnObject):
            return BadRequest({"": ["Expected a JSON object."]})
        if not isinstance(error, UnsupportedMediaType):
            return BadRequest({"": [str(error)]})
        named = f"The request entity's media type '{error}'"
        nameless = (
            "The request contains an entity body but no Content-Type header. "
            "The inferred media type 'application/octet-stream'"
        )
        return Problem(415, f"{named if str(error) else nameless} is not supported for this resource.")

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return the result as a 200 response, or 204 for an operation without a result."""
        return WireResponse(204) if result is None else self.response(200, result)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return an Error object, or the operation result of a failed operation: the option `failures` decides."""
        if isinstance(error, OperationFailed) and _is_result(error, options):
            result = operation_result(
                options, ResultType.FAILED, messages=error.messages, exception=str(error), dn=error.dn
            )
            return self.response(200, result)
        return super().refuse(request, operation, error, options)

    def problem_document(self, request: WireRequest, operation: Operation | None, problem: Problem) -> Any:
        """Return an Error object; the texts for an unknown path or method are those of ASP.NET Web API 2."""
        unknown = {
            404: f"No HTTP resource was found that matches the request URI '{request.url}'.",
            405: f"The requested resource does not support http method '{request.method}'.",
        }
        text = unknown.get(problem.status, problem.detail) if operation is None else problem.detail
        return {"message": text, "code": self.code(problem.status)}


def _is_result(error: OperationFailed, options: Options) -> bool:
    if options.failures == "page":
        return not isinstance(error, SendingFailed)
    return options.failures == "result"


DIALECT = AdaxesDialect()
