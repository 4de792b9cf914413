"""atmail's wire format: requests are forms, queries and Zend path pairs; responses are Zend XML."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.vendors.atmail import parameters
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError, Fault, MissingArguments, Unauthorized
from mockmail.wire import zend
from mockmail.wire.forms import BrokenForm
from mockmail.wire.parameters import BindError, bind

HEADERS = (("Content-Type", "text/xml"),)
CHALLENGE = ("WWW-Authenticate", 'Basic realm="atmail"')

API = ("admin", "index.php", "api")

# Method names, which are the elements' names too: the resource's word and the action, but for those that stand alone.
WORDS = {"users": "user", "accounts": "account", "aliases": "aliases", "alises": "aliases", "domain": "domain"}
ALONE = frozenset({"authenticate", "permissionlist", "rolelist", "userpermissionrole"})


class AtmailDialect(Dialect[Any, Any]):
    """Zend_Rest_Server, as atmail uses it (docs/wire/atmail.md 2).

    - An answer of the vendor's own is `status`, then `response` with `message` and `results`.
    - A fault, which the library words, is `response` with `message`, then `status`, and has HTTP status 400.
    - A method that the library does not know is the root element itself, without `api` around it.
    """

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the parameters of path pairs, query and body. Raises AtmailError."""
        if call.operation.params is None:
            return None
        rules = parameters.rules(call.options)
        try:
            values = parameters.collected(call.request, case_insensitive=rules.case_insensitive)
            return bind(call.operation.params, values, rules)
        except BindError as error:
            raise parameters.refusal(error.errors).under(call.options) from error
        except BrokenForm as error:
            raise Fault(f"The form cannot be read: {error}").under(call.options) from error

    def encode(self, call: Call[Any, Any], result: Answer) -> WireResponse:
        """Return a `success` response."""
        body = _document(method_of(call.request.segments), "success", result.message, result.results)
        return WireResponse(200, body, HEADERS)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return a `failed` response, or a fault."""
        status = error.status if isinstance(error, AtmailError) else 400
        method = method_of(request.segments)
        if isinstance(error, Fault):
            called = f"Invalid Method Call to {method}. " if isinstance(error, MissingArguments) else ""
            return WireResponse(status, zend.fault(error.method or method, f"{called}{error}"), HEADERS)
        headers = (*HEADERS, CHALLENGE) if isinstance(error, Unauthorized) else HEADERS
        return WireResponse(status, _document(method, "failed", str(error), ""), headers)

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return a fault with the HTTP status; for an unknown method it is the library's own."""
        method = method_of(request.segments)
        if operation is None and problem.status == HTTPStatus.NOT_FOUND and request.segments[:3] == API:
            return _unknown(method)
        known = bool(method) and (operation is not None or problem.status == HTTPStatus.METHOD_NOT_ALLOWED)
        body = zend.fault(method if known else "rest", problem.detail, known=known)
        return WireResponse(problem.status, body, HEADERS).with_headers(problem.headers)


def method_of(segments: Sequence[str]) -> str:
    """Return the vendor's name for the method of a path, such as `accountcreate`; empty if the path has none."""
    if len(segments) < parameters.PATH_LENGTH or not segments[4]:
        return ""
    resource, action = segments[3], segments[4]
    return action if action in ALONE and resource == "users" else WORDS.get(resource, resource) + action


def _unknown(method: str) -> WireResponse:
    # The library's 404 is lost on the way (docs/wire/atmail.md 2.3).
    message = f"Unknown Method '{method}'." if method else "No Method Specified."
    name = method if zend.is_name(method) else "rest"
    return WireResponse(400, zend.fault(name, message, known=False), HEADERS)


def _document(method: str, status: str, message: str, results: Any) -> bytes:
    return zend.document(method, {"status": status, "response": {"message": message, "results": results}})


DIALECT = AtmailDialect()
