"""Injected faults: calls that fail on request, as the vendor fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from mockmail.core.errors import InvalidFault, VendorError, is_mistake
from mockmail.core.registry import Registry
from mockmail.core.rules import (
    LONGEST_MESSAGE,
    CallRule,
    CountedRules,
    Delay,
    Parameters,
    check_conditions,
    check_counts,
    check_delay,
    check_headers,
    check_throttle,
)
from mockmail.core.suggestions import did_you_mean

__tracebackhide__ = is_mistake

MOST_LISTED = 20
"""Statuses that an error message lists one by one."""

DRIBBLE = 100
"""The bytes a second of a dribbled response whose fault has no `throttle`."""


class TransportFault(Enum):
    """A failure of the connection before or during the response."""

    RESET = "reset"
    """The connection is reset (RST) without a response."""
    EMPTY = "empty"
    """The connection is closed without a response."""
    GARBAGE = "garbage"
    """The server sends bytes that are not HTTP."""
    MALFORMED_CHUNK = "malformed_chunk"
    """The server sends all headers, and a chunked body with an invalid chunk."""
    TRUNCATED = "truncated"
    """The server sends all headers and half of the body, and closes the connection."""
    DRIBBLE = "dribble"
    """The server sends the whole response, slowly: `throttle` bytes a second."""
    TIMEOUT = "timeout"
    """The server sends nothing, and keeps the connection open until the client closes it."""


NEED_RESPONSE = frozenset({TransportFault.MALFORMED_CHUNK, TransportFault.TRUNCATED, TransportFault.DRIBBLE})
"""The transport faults that send a part of a response."""


@dataclass(slots=True, kw_only=True)
class Fault(CallRule):
    """An injected fault.

    vendor: its name.
    status: the status of the vendor's error. error: the name of one of the vendor's own errors.
    message, headers: the text and the headers of the error.
    delay: seconds before the handler or the response, at most MAX_DELAY.
    transport: how the connection fails. throttle: bytes a second of `dribble`.
    when: `before` the handler, which is then not called, or `after` it: the state has changed, and the response is
        lost. By default, an error comes before the handler, and anything else after it.
    """

    vendor: str
    operation: str = "*"
    status: int | None = None
    error: str | None = None
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: Delay = 0.0
    transport: TransportFault | None = None
    throttle: int | None = None
    when: Literal["before", "after"] | None = None

    def __post_init__(self) -> None:
        if self.when is None:
            self.when = "before" if self.is_error else "after"

    @property
    def is_error(self) -> bool:
        """Return whether the call gets an error of the vendor."""
        return self.status is not None or self.error is not None

    def __str__(self) -> str:
        if self.status:
            effect = f"status {self.status}"
        elif self.error:
            effect = f"error {self.error}"
        else:
            effect = self.transport.value if self.transport else "delay"
        return f"{self.vendor} {self.operation}: {effect}, {self.usage}"


class Faults(CountedRules[Fault]):
    """The faults of one sandbox."""

    def take(
        self,
        vendor: str,
        operation: str,
        parameters: Callable[[], Parameters] = dict,
        caller: str | None = None,
    ) -> Fault | None:
        """Return the fault that this call meets and count it as used, or None. See `CallRule.covers`."""
        return self.first(lambda fault: fault.covers(vendor, operation, parameters, caller))


def check_fault(vendors: Registry, fault: Fault) -> None:
    """Raise UnknownName or InvalidFault for a fault that no call could meet, or that would change nothing."""
    check_conditions(fault)
    vendors.check_operation(fault.vendor, fault.operation)
    if not fault.is_error and fault.transport is None and not fault.delay:
        raise InvalidFault("a fault needs a status, an error, a transport or a delay")
    _check_error(vendors, fault)
    _check_transport(fault)
    if len(fault.message) > LONGEST_MESSAGE:
        raise InvalidFault(f"message must have at most {LONGEST_MESSAGE} characters, not {len(fault.message)}")
    check_counts(fault)
    check_delay(fault.delay)
    check_headers(fault.headers)


def vendor_error(vendors: Registry, fault: Fault) -> VendorError | None:
    """Return the vendor's own error that a fault names, or None."""
    if fault.error is None:
        return None
    named = vendors.named(fault.vendor).named_errors[fault.error]
    return named.make(fault.message or named.message)


def _check_error(vendors: Registry, fault: Fault) -> None:
    vendor = vendors.named(fault.vendor)
    if fault.status is not None and fault.error is not None:
        raise InvalidFault("give status or error, not both: an error has a status of its own")
    if fault.status is not None and fault.status not in vendor.fault_statuses:
        raise InvalidFault(
            f"{fault.vendor} never responds with status {fault.status} to a failed call;"
            f" choose {_in_words(vendor.fault_statuses)}"
        )
    if fault.error is not None and fault.error not in vendor.named_errors:
        known = ", ".join(vendor.named_errors) or "none"
        advice = did_you_mean(fault.error, {name: name for name in vendor.named_errors}) or f"there are {known}"
        raise InvalidFault(f"{fault.vendor} has no error {fault.error[:80]!r}; {advice}")
    if not fault.is_error and (fault.message or fault.headers):
        raise InvalidFault("message and headers belong to an error: give a status or an error too")


def _check_transport(fault: Fault) -> None:
    if fault.throttle is not None and fault.transport is not TransportFault.DRIBBLE:
        raise InvalidFault("throttle is for the transport 'dribble' only")
    check_throttle(fault.throttle)
    if fault.when == "before" and fault.transport in NEED_RESPONSE and not fault.is_error:
        raise InvalidFault(
            f"the transport {fault.transport.value!r} needs a response: leave out `when`, or give a status or an error"
        )


def _in_words(statuses: Collection[int]) -> str:
    if len(statuses) > MOST_LISTED:
        missing = [status for status in range(min(statuses), max(statuses) + 1) if status not in statuses]
        excepted = f" except {', '.join(map(str, missing))}" if missing else ""
        return f"one from {min(statuses)} to {max(statuses)}{excepted}"
    return f"one of {', '.join(map(str, sorted(statuses)))}"


def transport_fault(given: str | TransportFault | None) -> TransportFault | None:
    """Return the transport fault with this name; None for None. Raise InvalidFault."""
    if given is None:
        return None
    try:
        return TransportFault(given)
    except ValueError:
        kinds = ", ".join(kind.value for kind in TransportFault)
        raise InvalidFault(f"transport must be one of {kinds}, not {given!r}") from None
