"""Decode atmail's requests from forms, queries and Zend path pairs, and encode its responses as Zend XML."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Dialect
from mockmail.vendors.atmail import parameters
from mockmail.vendors.atmail.authentication import AtmailCall, Caller
from mockmail.vendors.atmail.errors import Failed, Fault, MissingArguments
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.views import Result
from mockmail.wire import zend
from mockmail.wire.forms import BrokenForm
from mockmail.wire.parameters import BindError, bind

HEADERS = (("Content-Type", "text/xml"),)

API = ("admin", "index.php", "api")

# A method's name, which is also its element's name, is the resource's word and the action; some actions stand alone.
WORDS = {"users": "user", "accounts": "account", "aliases": "aliases", "alises": "aliases", "domain": "domain"}
ALONE = frozenset({"authenticate", "permissionlist", "rolelist", "userpermissionrole"})


class AtmailDialect(Dialect[Caller, Options]):
    """Zend_Rest_Server, as atmail uses it (docs/wire/atmail.md 2).

    - A response of the vendor's own is `status`, then `response` with `message` and `results`.
    - A fault, which the library words, is `response` with `message`, then `status`.
    - A method that the library does not know is the root element itself, without `api` around it.
    """

    def decode(self, call: AtmailCall) -> Any:
        """Return the parameters of path pairs, query and body. Raise VendorError."""
        if call.operation.params is None:
            return None
        is_case_insensitive = call.options.case_insensitive_parameters
        rules = parameters.CASE_INSENSITIVE_RULES if is_case_insensitive else parameters.RULES
        try:
            values = parameters.collect(call.request, call.operation.params, case_insensitive=is_case_insensitive)
            return bind(call.operation.params, values, rules)
        except BindError as error:
            raise parameters.refusal(error.errors) from error
        except BrokenForm as error:
            raise Fault(f"The form cannot be read: {error}") from error

    def encode(self, call: AtmailCall, result: Result) -> WireResponse:
        """Return a `success` response."""
        body = _document(method_of(call.request.segments), "success", result.message, result.results)
        return WireResponse(200, body, HEADERS)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Options
    ) -> WireResponse:
        """Return a `failed` response, or a fault."""
        method = method_of(request.segments)
        if isinstance(error, Fault):
            called = f"Invalid Method Call to {method}. " if isinstance(error, MissingArguments) else ""
            body = zend.fault(error.method or method, f"{called}{error}")
            return WireResponse(options.fault_status, body, HEADERS)
        status = options.failed_status if isinstance(error, Failed) else error.status
        return WireResponse(status, _document(method, "failed", str(error), ""), (*HEADERS, *error.headers))

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Options
    ) -> WireResponse:
        """Return a fault with the HTTP status; for an unknown method it is the library's own."""
        method = method_of(request.segments)
        if operation is None and problem.status == HTTPStatus.NOT_FOUND and request.segments[:3] == API:
            return _unknown_method(method)
        known = bool(method) and (operation is not None or problem.status == HTTPStatus.METHOD_NOT_ALLOWED)
        body = zend.fault(method if known else "rest", problem.detail, known=known)
        return WireResponse(problem.status, body, HEADERS).with_headers(problem.headers)


def method_of(segments: Sequence[str]) -> str:
    """Return the vendor's name for the method of a path, such as `accountcreate`; empty if the path has none."""
    if len(segments) < parameters.PATH_LENGTH or not segments[4]:
        return ""
    resource, action = segments[3], segments[4]
    return action if action in ALONE and resource == "users" else WORDS.get(resource, resource) + action


def _unknown_method(method: str) -> WireResponse:
    # The library loses its own 404 and sends 400 (docs/wire/atmail.md 2.3).
    message = f"Unknown Method '{method}'." if method else "No Method Specified."
    name = method if zend.is_name(method) else "rest"
    return WireResponse(400, zend.fault(name, message, known=False), HEADERS)


def _document(method: str, status: str, message: str, results: Any) -> bytes:
    return zend.document(method, {"status": status, "response": {"message": message, "results": results}})


DIALECT = AtmailDialect()
