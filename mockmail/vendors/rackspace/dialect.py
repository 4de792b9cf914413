"""Rackspace's wire format: requests are queries and forms, JSON for some resources; responses are XML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Dialect
from mockmail.vendors.rackspace import errors
from mockmail.vendors.rackspace.authentication import READS, Caller, RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, Fault
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.parameters import BINDING_RULES, JSON_RULES, Listing, RsMailboxFields
from mockmail.vendors.rackspace.views import NO_CONTENT, Document, timestamp
from mockmail.wire import namespaced_xml
from mockmail.wire.forms import BrokenForm, Field, multipart, urlencoded
from mockmail.wire.headers import charset_of, media_ranges
from mockmail.wire.json_text import BrokenJson, read_json, write_json
from mockmail.wire.parameters import BindError, BindingRules, ErrorKind, bind

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
PRIVATE = ("Cache-Control", "private")
LONGEST_HEADER = 500
_CHARSETS = re.compile(r"us-ascii|iso-8859-\d{1,2}|windows-125\d")
HIDDEN_STATUSES = {401: errors.AUTHENTICATION_FAILED, 429: errors.EXCEEDED_REQUEST_LIMITS}
"""The statuses that the vendor never sends. It sends 403 for both, with a different text."""


class Format(Enum):
    """A format of responses; the value is its media type."""

    XML = "text/xml; charset=utf-8"
    JSON = "application/json; charset=utf-8"


DEFAULT = Format.JSON
"""The format for a request without Accept; no source says which it is."""


class RackspaceDialect(Dialect[Caller, Options]):
    """Documents and faults in the format that Accept asks for."""

    def decode(self, call: RackspaceCall) -> Any:
        """Return the parameters of a read's query or a write's body. A write without parameters may have any body."""
        request, model = call.request, call.operation.params
        reads = request.method in READS
        if model is None:
            return None
        try:
            if getattr(model, "is_json", False):
                return _bound(model, _json_document(request), JSON_RULES)
            params = _parameters(model, _query(request) if reads else _body(call))
        except BrokenForm as error:
            raise BadRequest(f"Invalid {'query' if reads else 'form'}: {error}") from error
        except BrokenJson as error:
            raise BadRequest(f"Invalid JSON: {error}") from error
        return params.check_page(call.options) if isinstance(params, Listing) else params

    def encode(self, call: RackspaceCall, result: Document | None) -> WireResponse:
        """Return a document, or an empty body for a write."""
        if result is None:
            return WireResponse(200, b"", (PRIVATE,))
        if result is NO_CONTENT:
            return WireResponse(204, b"", (PRIVATE,))
        chosen = _accepted(call.request)
        if chosen is None and call.request.method in READS:
            raise Problem(406, "Invalid format")
        if chosen is Format.XML:
            namespace = f"urn:xml:{result.namespace or result.root}"
            body = namespaced_xml.document(result.root, namespace, result.content)
        else:
            content = dict(result.content if result.json is None else result.json)
            if result.last_in_json is not None:
                content[result.last_in_json] = content.pop(result.last_in_json)
            # A slash occurs in strings only, and the vendor escapes it there (docs/wire/rackspace.md 4.4).
            body = write_json(content).replace(b"/", b"\\/")
        return WireResponse(200, body, (PRIVATE, ("Content-Type", (chosen or DEFAULT).value)))

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Options
    ) -> WireResponse:
        """Return a fault. Its message is in the body, and in the header that the vendor's own clients read."""
        [(name, members)] = error.document.items()
        content = {"message": "", "details": timestamp(request.at), **members}
        chosen = _accepted(request) or DEFAULT
        if chosen is Format.JSON:
            body = write_json({name: {**content, "code": error.status}})
        else:
            body = namespaced_xml.document(name, f"urn:xml:{name}", content, {"code": str(error.status)})
        message = ("x-error-message", _header_text(content["message"]))
        return WireResponse(error.status, body, (PRIVATE, ("Content-Type", chosen.value), message, *error.headers))

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Options
    ) -> WireResponse:
        """Return a fault."""
        if problem.status in HIDDEN_STATUSES:
            return self.refuse(request, operation, errors.Unauthorized(HIDDEN_STATUSES[problem.status]), options)
        fault = Fault(problem.detail, problem.status)
        return self.refuse(request, operation, fault, options).with_headers(problem.headers)


def _accepted(request: WireRequest) -> Format | None:
    # Any name with `json` or `xml` in it is taken: clients send `json`, `txt/xml` and `application/xml` too.
    accept = request.headers.get("Accept", "")
    best: tuple[float, Format] | None = None
    for name, quality in media_ranges(accept):
        found = _format_named(name)
        if found is not None and quality > 0 and (best is None or quality > best[0]):
            best = (quality, found)
    if not accept.strip():
        return DEFAULT
    return best[1] if best else None


def _format_named(name: str) -> Format | None:
    if "json" in name:
        return Format.JSON
    if "xml" in name:
        return Format.XML
    if name == "text/*":
        return Format.XML
    return DEFAULT if name in ("*", "*/*", "application/*") else None


def _query(request: WireRequest) -> Iterable[Field]:
    # an empty value counts as not sent
    fields = urlencoded(request.query.encode("utf-8", "surrogateescape"), strict=True)
    return [field for field in fields if field.value]


def _body(call: RackspaceCall) -> Iterable[Field]:
    # As ASP.NET fills Request.Form (docs/wire/rackspace.md 1.3): a body without a media type has no fields.
    request = call.request
    if not request.body or not request.content_type:
        return ()
    takes_json = call.options.json_on_form_routes or issubclass(call.operation.params, RsMailboxFields)
    if takes_json and request.content_type == JSON:
        return _json_fields(request.body)
    content_type = request.headers.get("Content-Type", "")
    if request.content_type == MULTIPART and not call.options.multipart_is_refused:
        return [field for field in multipart(request.body, content_type) if field.filename is None]
    if request.content_type != FORM:
        raise BadRequest(f"The request body must be submitted in Content-Type: {FORM}")
    charset = charset_of(content_type)
    if charset is None or not _CHARSETS.fullmatch(charset):
        charset = "utf-8"
    return urlencoded(request.body, charset=charset, strict=True)


def _json_document(request: WireRequest) -> dict[str, Any]:
    if request.content_type != JSON:
        raise BadRequest(f"The request body must be submitted in Content-Type: {JSON}")
    return _json_object(request.body)


def _json_object(body: bytes) -> dict[str, Any]:
    value = read_json(body)
    if not isinstance(value, dict):
        raise BadRequest("Invalid JSON: expected an object")
    return value


def _json_fields(body: bytes) -> Iterable[Field]:
    # null counts as not sent
    return [Field(name, _json_text(name, member)) for name, member in _json_object(body).items() if member is not None]


def _json_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(element, str) for element in value):
        return ",".join(value)
    if isinstance(value, dict | list):
        raise errors.invalid_value(name)
    return str(value)


def _parameters(model: type[Any], fields: Iterable[Field]) -> Any:
    values: dict[str, list[str]] = {}
    for field in fields:
        values.setdefault(field.name.lower(), []).append(field.value)
    return _bound(model, values, BINDING_RULES)


def _bound(model: type[Any], values: Mapping[str, Any], rules: BindingRules) -> Any:
    try:
        return bind(model, values, rules)
    except BindError as failure:
        error = failure.errors[0]
        is_empty = not error.value and error.kind in (ErrorKind.NOT_AN_INTEGER, ErrorKind.NOT_A_CHOICE)
        if is_empty or error.kind is ErrorKind.MISSING:
            raise errors.missing(error.name) from failure
        message = error.bounds.message
        raise (BadRequest(message) if message else errors.invalid_value(error.name)) from failure


def _header_text(message: str) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in message[:LONGEST_HEADER])
    return text.encode("ascii", "replace").decode()


DIALECT = RackspaceDialect()
