"""Stubs: responses that a test gives in place of a vendor's own."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.errors import InvalidFault, InvalidValue, LimitReached, is_mistake
from mockmail.core.exchange import WireResponse
from mockmail.core.registry import Registry
from mockmail.core.routing import split_template
from mockmail.core.rules import CallRule, CountedRules, Parameters, check_conditions, check_counts, check_headers

__tracebackhide__ = is_mistake

BODILESS = (204, 304)
RESPONSE_BYTES = 500
"""Bytes of memory of a response, besides its body and its headers."""

LONGEST_PATH = 2000
"""The most characters of the path of a stub. Each request is compared with it."""

RESERVED = ("_mockmail", "~")
"""The beginnings of a first segment that no vendor's path has."""

_TYPES = {
    "json": "application/json; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "base64": "application/octet-stream",
}
"""The Content-Type for each form of a body."""


@dataclass(slots=True, kw_only=True)
class Stub(CallRule):
    """Responses that are given in place of a vendor's own.

    A stub is either for an operation (vendor, operation) or for a path (method, path) that a vendor may serve or not.
    path: a template as in `Operation.path`, without the prefixes of sandbox and vendor. method: None for any.
    responses: given in turn; the last one is repeated. size: the bytes of memory of the responses.
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    responses: Sequence[WireResponse] = field(default_factory=tuple)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        headers = (len(name) + len(value) for response in self.responses for name, value in response.headers)
        self.size = sum(RESPONSE_BYTES + len(response.body) for response in self.responses) + sum(headers)

    def respond(self) -> WireResponse:
        """Return the response to the call that was counted last."""
        return self.responses[min(self.used, len(self.responses)) - 1]

    def path_values(self, vendor: str | None, method: str, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the values of the template's names if the stub is for this request and not used up, else None."""
        if self.path is None or self.is_spent:
            return None
        if self.vendor not in (None, vendor) or self.method not in (None, "GET" if method == "HEAD" else method):
            return None
        return _path_values(split_template(self.path), [segment for segment in segments if segment])

    def __str__(self) -> str:
        target = self.operation if self.path is None else f"{self.method or 'any method'} {self.path}"
        return f"stub {self.id}: {f'{self.vendor} ' if self.vendor else ''}{target}, {self.usage}"


def take_for_operation(
    stubs: CountedRules[Stub], vendor: str, operation: str, parameters: Callable[[], Parameters], caller: str | None
) -> Stub | None:
    """Return the stub that this call meets and count it as used, or None. See `CallRule.covers`."""
    return stubs.first(lambda stub: stub.covers(vendor, operation, parameters, caller))


def take_for_path(
    stubs: CountedRules[Stub],
    vendor: str | None,
    method: str,
    segments: Sequence[str],
    parameters: Callable[[Mapping[str, str]], Parameters],
) -> Stub | None:
    """Return the stub that serves this path and count it as used, or None."""

    def covers(stub: Stub) -> bool:
        values = stub.path_values(vendor, method, segments)
        return values is not None and stub.has_parameters(lambda: parameters(values))

    return stubs.first(covers)


def add_stub(vendors: Registry, stubs: CountedRules[Stub], stub: Stub, most_bytes: int) -> Stub:
    """Add a stub and return it. Raise UnknownName, InvalidValue, InvalidFault or LimitReached.

    most_bytes: of the sizes of all stubs.
    """
    if (stub.operation is None) == (stub.path is None):
        raise InvalidValue("give vendor and operation, or path (and method): the requests that the stub responds to")
    if stub.vendor is not None:
        vendors.named(stub.vendor)
    if stub.path is not None:
        _check_path(stub)
    elif stub.operation is not None:
        _check_operation(vendors, stub)
    check_conditions(stub)
    check_counts(stub)
    held = sum(other.size for other in stubs)
    if held + stub.size > most_bytes:
        raise LimitReached(
            f"the responses of all stubs would have more than {most_bytes} bytes, max_stub_bytes: remove some"
        )
    return stubs.add(stub)


def response_of(given: Mapping[str, Any], where: str = "") -> WireResponse:
    """Return the response with this status, these headers and one of the bodies `json`, `xml`, `text` and `base64`.

    Raise InvalidValue, InvalidFault.
    """
    status, headers = given["status"], dict(given["headers"])
    bodies = [name for name in _TYPES if given.get(name) is not None]
    if len(bodies) > 1:
        raise InvalidValue(f"{where}{' and '.join(bodies)}: a response has one body; choose one")
    if bodies and status in BODILESS:
        raise InvalidValue(f"{where}{bodies[0]}: a response with status {status} has no body; leave it out")
    try:
        check_headers(headers)
    except InvalidFault as error:
        raise InvalidValue(f"{where}{error}") from error
    if bodies and not any(name.lower() == "content-type" for name in headers):
        headers = {"Content-Type": _TYPES[bodies[0]], **headers}
    body = _body(bodies[0], given[bodies[0]], where) if bodies else b""
    return WireResponse(status, body, tuple(headers.items()))


def _body(kind: str, value: Any, where: str) -> bytes:
    if kind == "json":
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    if kind != "base64":
        return str(value).encode("utf-8", "replace")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidValue(f"{where}base64 must be base64, not {value!r:.80}: {error}") from error


def _check_operation(vendors: Registry, stub: Stub) -> None:
    if stub.vendor is None:
        raise InvalidValue("vendor is missing: the vendor that has the operation")
    if stub.method is not None:
        raise InvalidValue("method is for a stub with a path; an operation has its own methods")
    vendors.check_operation(stub.vendor, stub.operation or "")


def _check_path(stub: Stub) -> None:
    path = stub.path or ""
    if len(path) > LONGEST_PATH:
        raise InvalidValue(f"path must have at most {LONGEST_PATH} characters, not {len(path)}")
    segments = split_template(path)
    if not path.startswith("/") or "?" in path or not segments or not all(segments):
        raise InvalidValue(f"path must be a path such as /v9/things/{{id}}, without a query, not {path!r:.80}")
    if segments[0].startswith(RESERVED):
        raise InvalidValue(f"path must not begin with /{RESERVED[0]} or /{RESERVED[1]}, as {path!r:.80} does")
    if any(segment.endswith("*}") for segment in segments[:-1]):
        raise InvalidValue(f"path: only the last segment may be {{name*}}, not in {path!r:.80}")
    if stub.caller is not None:
        raise InvalidValue("caller is for a stub with an operation; a path without one has no authentication")


def _path_values(template: Iterable[str], segments: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    rest = list(segments)
    for part in template:
        if part.startswith("{") and part.endswith("*}"):
            return values | {part[1:-2]: "/".join(rest)}
        if not rest:
            return None
        segment = rest.pop(0)
        if part.startswith("{") and part.endswith("}"):
            values[part[1:-1]] = segment
        elif part != segment:
            return None
    return None if rest else values
