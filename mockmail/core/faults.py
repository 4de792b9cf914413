"""Injected faults: calls that fail on request, as the vendor fails."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from mockmail.core.errors import InvalidFault, is_mistake
from mockmail.core.limits import Rules
from mockmail.core.registry import Registry

__tracebackhide__ = is_mistake

MAX_DELAY = 600.0
"""The longest delay, in seconds: no client waits longer, and a fault must not hold a server for a day."""

MOST_LISTED = 20
"""Statuses that an error message lists one by one."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")
_FRAMING = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})


class TransportFault(Enum):
    """A failure of the connection before or during the response."""

    RESET = "reset"
    """The connection is reset (RST) without a response."""
    EMPTY = "empty"
    """The connection is closed without a response."""
    GARBAGE = "garbage"
    """The server sends bytes that are not HTTP."""
    TRUNCATED = "truncated"
    """The server sends all headers and half of the body, and closes the connection."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """An injected fault.

    operation: an operation's name, or a pattern such as `mailbox.*`.
    status: the status of the vendor's error; the handler is not called. None for a delay or transport fault alone.
    times: how many calls fail; None for all. after: how many calls succeed first.
    delay: seconds before the response, at most MAX_DELAY.
    transport: how the connection fails. The handler *is* called, as when a network fails on the way back.
    """

    vendor: str
    operation: str = "*"
    status: int | None = None
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    after: int = 0
    delay: float = 0.0
    transport: TransportFault | None = None
    used: int = 0
    passed: int = 0

    def covers(self, vendor: str, operation: str) -> bool:
        """Return whether the fault is for this operation and not used up."""
        spent = self.times is not None and self.used >= self.times
        return not spent and self.vendor == vendor and fnmatchcase(operation, self.operation)

    def __str__(self) -> str:
        what = f"status {self.status}" if self.status else self.transport.value if self.transport else "delay"
        return f"{self.vendor} {self.operation}: {what}, used {self.used} of {self.times or 'any number of'} times"


class Faults(Rules[Fault]):
    """The faults of one sandbox."""

    def take(self, vendor: str, operation: str) -> Fault | None:
        """Return the fault that this call meets and count it as used, or None."""
        for fault in self._rules:
            if fault.covers(vendor, operation):
                if fault.passed < fault.after:
                    fault.passed += 1
                    continue
                fault.used += 1
                return fault
        return None

    def unused(self) -> list[Fault]:
        """Return the faults that no call has met."""
        return [fault for fault in self._rules if fault.used == 0]


def check_fault(vendors: Registry, fault: Fault) -> None:
    """Raise UnknownName or InvalidFault for a fault that no call could meet, or that would change nothing."""
    vendors.check_operation(fault.vendor, fault.operation)
    if fault.status is None and fault.transport is None and not fault.delay:
        raise InvalidFault("a fault needs a status, a transport or a delay")
    shown = vendors.named(fault.vendor).fault_statuses
    if fault.status is not None and fault.status not in shown:
        raise InvalidFault(
            f"{fault.vendor} never responds with status {fault.status} to a failed call; choose {_in_words(shown)}"
        )
    if (fault.times is not None and fault.times < 1) or fault.after < 0 or not 0 <= fault.delay <= MAX_DELAY:
        given = f"{fault.times}, {fault.after} and {fault.delay}"
        raise InvalidFault(f"times must be 1 or more, after 0 or more, delay from 0 to {MAX_DELAY:g}; not {given}")
    for name, value in fault.headers.items():
        _check_header(name, value)


def _check_header(name: str, value: object) -> None:
    if name.lower() in _FRAMING:
        raise InvalidFault(f"headers: the server sets {name} itself; use `transport` to break a connection")
    if not _HEADER_NAME.fullmatch(name) or not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
        raise InvalidFault(f"headers: {name[:80]!r} with the value {value!r:.80} is not a valid header")


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
