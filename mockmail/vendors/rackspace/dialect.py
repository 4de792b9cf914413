"""Rackspace's wire format: requests are queries and forms, JSON too for rs mailboxes; responses are XML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Dialect
from mockmail.vendors.rackspace import errors
from mockmail.vendors.rackspace.accept import DEFAULT, Format, accepted
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest, Fault, invalid_value, missing
from mockmail.vendors.rackspace.times import in_words
from mockmail.wire import namespaced_xml
from mockmail.wire.forms import BrokenForm, Field, urlencoded
from mockmail.wire.headers import charset_of
from mockmail.wire.json_text import BrokenJson, read_json, write_json
from mockmail.wire.parameters import (
    TEXT_CONVERTERS,
    Absent,
    BindError,
    BindingRules,
    Converter,
    ErrorKind,
    Mismatch,
    bind,
)

FORM = "application/x-www-form-urlencoded"
_CHARSETS = re.compile(r"us-ascii|iso-8859-\d{1,2}|windows-125\d")
PRIVATE = ("Cache-Control", "private")
READS = ("GET", "HEAD")
NAMED_FAULTS = {400: "badRequestFault", 403: "unauthorizedFault", 404: "itemNotFoundFault"}
OWN_WORDS = {
    401: (403, errors.AUTHENTICATION_FAILED),
    429: (403, errors.EXCEEDED_REQUEST_LIMITS),
}
"""The statuses that the vendor never sends: for both it sends 403, and only the text tells them apart."""


class RackspaceDialect(Dialect[Any, Any]):
    """Documents and faults in the format that Accept asks for."""

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the parameters of a read's query or a write's body. A write without parameters may have any body."""
        reads = call.request.method in READS
        if reads and accepted(call.request.headers.get("Accept", "")) is None:
            raise Problem(406, "Invalid format")
        model = call.operation.params
        if model is None:
            return None
        fields = _query(call.request) if reads else _body(call, takes_json=getattr(model, "takes_json", False))
        return _parameters(model, fields, QUERY_RULES if reads else FORM_RULES)

    def encode(self, call: Call[Any, Any], result: Document | None) -> WireResponse:
        """Return a document, or an empty body for a write."""
        if result is None:
            return WireResponse(200, b"", (PRIVATE,))
        return _written(call.request, 200, result)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return a fault."""
        if not isinstance(error, Fault):
            return self.problem(request, operation, Problem(500, str(error)), options)
        return _fault(request, error.status, error.name, str(error), error.extras())

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        """Return a fault; 400, 403 and 404 have names of their own, the others are appsFault."""
        status, message = OWN_WORDS.get(problem.status, (problem.status, problem.detail))
        kept = {name: value for name, value in problem.headers.items() if problem.status not in OWN_WORDS}
        name = NAMED_FAULTS.get(status, Fault.name)
        return _fault(request, status, name, message, {}).with_headers(kept)


def _query(request: WireRequest) -> Iterable[Field]:
    try:
        return urlencoded(request.query.encode("utf-8", "surrogateescape"), strict=True)
    except BrokenForm as error:
        raise BadRequest(f"Invalid query: {error}") from error


def _body(call: Call[Any, Any], *, takes_json: bool) -> Iterable[Field]:
    request = call.request
    if not request.body:
        return ()
    if request.content_type == "application/json" and (takes_json or call.options.json_on_form_routes):
        return _json_fields(request.body)
    if request.content_type not in (FORM, ""):
        raise BadRequest(f"The request body must be submitted in Content-Type: {FORM}")
    try:
        return urlencoded(request.body, charset=_charset(request), strict=True)
    except BrokenForm as error:
        raise BadRequest(f"Invalid form: {error}") from error


def _charset(request: WireRequest) -> str:
    named = charset_of(request.headers.get("Content-Type", ""))
    return named if named and _CHARSETS.fullmatch(named) else "utf-8"


def _json_fields(body: bytes) -> Iterable[Field]:
    # null counts as not sent
    try:
        value = read_json(body)
    except BrokenJson as error:
        raise BadRequest(f"Invalid JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadRequest("Invalid JSON: expected an object")
    return [Field(name, _json_text(name, member)) for name, member in value.items() if member is not None]


def _json_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(element, str) for element in value):
        return ",".join(value)
    if isinstance(value, dict | list):
        raise invalid_value(name)
    return str(value)


def _parameters(model: type[Any], fields: Iterable[Field], rules: BindingRules) -> Any:
    values: dict[str, list[str]] = {}
    for field in fields:
        values.setdefault(field.name.lower(), []).append(field.value)
    try:
        return bind(model, values, rules)
    except BindError as failure:
        error = failure.errors[0]
        is_missing = error.kind is ErrorKind.MISSING or (error.kind is ErrorKind.NOT_AN_INTEGER and not error.value)
        raise (missing if is_missing else invalid_value)(error.name) from failure


def _boolean(raw: str) -> bool:
    if raw.strip().lower() not in ("true", "false"):
        raise Mismatch(ErrorKind.NOT_A_BOOLEAN)
    return raw.strip().lower() == "true"


def _unless_empty(convert: Converter) -> Converter:
    def converted(raw: str) -> Any:
        if not raw:
            raise Absent
        return convert(raw)

    return converted


_CONVERTERS = {**TEXT_CONVERTERS, bool: _boolean}
FORM_RULES = BindingRules(converters=_CONVERTERS, repeated_values=True, case_insensitive=True)
QUERY_RULES = replace(FORM_RULES, converters={kind: _unless_empty(convert) for kind, convert in _CONVERTERS.items()})
"""An empty value in a query counts as not sent."""


def _fault(request: WireRequest, status: int, name: str, message: str, extras: Any) -> WireResponse:
    # The message is in the body, and in the header that the vendor's own clients read.
    inside = {"message": message, "details": in_words(request.at), **extras}
    chosen = accepted(request.headers.get("Accept", "")) or DEFAULT
    if chosen is Format.JSON:
        body = write_json({name: {**inside, "code": status}})
    else:
        body = namespaced_xml.document(name, f"urn:xml:{name}", inside, {"code": str(status)})
    headers = (PRIVATE, ("Content-Type", chosen.value), ("x-error-message", _header_text(message)))
    return WireResponse(status, body, headers)


def _header_text(message: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in message[:500]).encode("ascii", "replace").decode()


def _written(request: WireRequest, status: int, document: Document) -> WireResponse:
    chosen = accepted(request.headers.get("Accept", "")) or DEFAULT
    if chosen is Format.XML:
        body = namespaced_xml.document(document.root, f"urn:xml:{document.root}", document.content)
    else:
        content = dict(document.content)
        if document.last_in_json is not None:
            content[document.last_in_json] = content.pop(document.last_in_json)
        # A slash stands only in strings, and the vendor escapes it there (docs/wire/rackspace.md 4.4).
        body = write_json(content).replace(b"/", b"\\/")
    return WireResponse(status, body, (PRIVATE, ("Content-Type", chosen.value)))


DIALECT = RackspaceDialect()
