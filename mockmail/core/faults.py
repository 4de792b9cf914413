"""Making a fault of what a person asked for; one that could never be met is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from mockmail.core.errors import MockMailError
from mockmail.core.names import UnknownName, vendor_named
from mockmail.core.rules import Fault, TransportFault
from mockmail.core.vendor import Registry

LOWEST, HIGHEST = 200, 599
"""An answer's status; 1xx announces that one will come."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")
_FRAMING = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})


class UselessFault(MockMailError, ValueError):
    """A fault that would change nothing, or makes no sense: the message says what is missing."""


def make_fault(
    vendors: Registry,
    vendor: str,
    *,
    operation: str = "*",
    status: int | None = None,
    message: str = "",
    headers: Mapping[str, str] | None = None,
    times: int | None = 1,
    after: int = 0,
    delay: float = 0.0,
    transport: str | TransportFault | None = None,
) -> Fault:
    """A fault; see `Fault` for what each is. Raises UnknownName, UselessFault."""
    check_operation(vendors, vendor, operation)
    if status is None and transport is None and not delay:
        raise UselessFault("a fault needs a status, a transport or a delay")
    if status is not None and not LOWEST <= status <= HIGHEST:
        raise UselessFault(f"a status is a number from {LOWEST} to {HIGHEST}, not {status}")
    if (times is not None and times < 1) or after < 0 or not 0 <= delay < math.inf:
        raise UselessFault(f"times must be 1 or more, after and delay 0 or more; not {times}, {after} and {delay}")
    for name, value in (headers or {}).items():
        _check_header(name, value)
    return Fault(
        vendor=vendor,
        operation=operation,
        status=status,
        message=message,
        headers=dict(headers or {}),
        times=times,
        after=after,
        delay=delay,
        transport=_transport(transport),
    )


def _check_header(name: str, value: object) -> None:
    if name.lower() in _FRAMING:
        raise UselessFault(f"headers: {name} says how an answer is sent, and is the server's own: see `transport`")
    if not _HEADER_NAME.fullmatch(name) or not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
        raise UselessFault(f"headers: no answer can have a header {name[:80]!r} with the value {value!r:.80}")


def check_operation(vendors: Registry, vendor: str, pattern: str) -> None:
    """Raise UnknownName where a pattern covers no operation."""
    known, probe = vendor_named(vendors, vendor), Fault(vendor=vendor, operation=pattern)
    if not any(probe.covers(vendor, operation.name) for operation in known.operations):
        names = ", ".join(operation.name for operation in known.operations)
        raise UnknownName(f"{vendor} has no operation {pattern!r}; it has {names}")


def _transport(given: str | TransportFault | None) -> TransportFault | None:
    if given is None:
        return None
    try:
        return TransportFault(given)
    except ValueError:
        kinds = ", ".join(kind.value for kind in TransportFault)
        raise UselessFault(f"transport must be one of {kinds}, not {given!r}") from None
