"""What a test arranges about calls: faults, stubs and limits. Rules say when; a vendor's dialect says how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from mockmail.core.clock import Clock
from mockmail.core.exchange import WireAnswer
from mockmail.core.mail.addresses import spellings


class TransportFault(Enum):
    """How a connection fails instead of answering, or while it answers."""

    RESET = "reset"
    """The connection is reset (RST) and no answer comes."""
    EMPTY = "empty"
    """The connection is closed and no answer comes."""
    GARBAGE = "garbage"
    """Bytes come that are not HTTP."""
    TRUNCATED = "truncated"
    """The headers promise the whole body, half of it comes, and the connection closes."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """A failure to come.

    operation: an operation's name, or a pattern such as `mailbox.*`.
    status: answered in the vendor's dialect without the call being made; None for a delay or transport fault alone.
    times: how many calls it takes; None for all. after: how many calls it lets by first.
    delay: seconds before the answer.
    transport: how the connection fails; with it, the call *is* made, as when a network fails on the way back.
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
        """Whether it is about this operation and is not used up."""
        spent = self.times is not None and self.used >= self.times
        return not spent and self.vendor == vendor and fnmatchcase(operation, self.operation)

    def __str__(self) -> str:
        what = f"status {self.status}" if self.status else self.transport.value if self.transport else "delay"
        return f"{self.vendor} {self.operation}: {what}, used {self.used} of {self.times or 'any number of'} times"


@dataclass(slots=True, kw_only=True)
class Stub:
    """An answer given in place of an operation's own, byte for byte."""

    vendor: str
    operation: str
    answer: WireAnswer
    times: int | None = None
    used: int = 0


@dataclass(slots=True, kw_only=True)
class Limit:
    """So many calls per client in a window of seconds; over it, the vendor's own "too many requests".

    methods: the HTTP methods it counts; empty for all.
    """

    vendor: str
    calls: int
    window: float = 60.0
    operation: str = "*"
    methods: tuple[str, ...] = ()
    counted: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class SmtpRules:
    """How the sink, standing in for whatever SMTP server a client or a vendor's settings name, treats them.

    accounts: user names and passwords that AUTH takes; None takes any. require_auth: no mail without AUTH.
    refused_senders, refused_recipients: patterns (`*@example.com`) of addresses that are turned down.
    starttls: whether a relay that a vendor's settings name offers it.
    unreachable: patterns (`mail.example.com:*`) of relays, `host:port`, that no connection reaches.
    """

    accounts: dict[str, str] | None = None
    require_auth: bool = False
    refused_senders: list[str] = field(default_factory=list)
    refused_recipients: list[str] = field(default_factory=list)
    starttls: bool = True
    unreachable: list[str] = field(default_factory=list)

    def takes(self, user: str, password: str) -> bool:
        """Whether AUTH takes this name and password."""
        return self.accounts is None or self.accounts.get(user) == password

    def refuses_sender(self, address: str) -> bool:
        """Whether MAIL FROM is turned down, in whichever way its domain is written."""
        return any(_any_matches(self.refused_senders, one) for one in _spellings(self.refused_senders, address))

    def refuses_recipient(self, address: str) -> bool:
        """Whether RCPT TO is turned down, likewise."""
        return any(_any_matches(self.refused_recipients, one) for one in _spellings(self.refused_recipients, address))

    def is_unreachable(self, relay: str) -> bool:
        """Whether no connection reaches a relay (`host:port`)."""
        return _any_matches(self.unreachable, relay)


def _spellings(patterns: list[str], address: str) -> list[str]:
    return spellings(address) if patterns else []


def _any_matches(patterns: list[str], text: str) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)


class Rules:
    """The faults, stubs and limits of a World, and how its SMTP server behaves."""

    def __init__(self) -> None:
        self.smtp = SmtpRules()
        self.faults: list[Fault] = []
        self.stubs: list[Stub] = []
        self.limits: list[Limit] = []

    def __repr__(self) -> str:
        return f"<Rules: {len(self.faults)} faults, {len(self.stubs)} stubs, {len(self.limits)} limits>"

    @property
    def are_for_calls(self) -> bool:
        """Whether a call can meet any of them."""
        return bool(self.stubs or self.faults or self.limits)

    def take_fault(self, vendor: str, operation: str) -> Fault | None:
        """The fault that this call meets, counted as used."""
        for fault in self.faults:
            if fault.covers(vendor, operation):
                if fault.passed < fault.after:
                    fault.passed += 1
                    continue
                fault.used += 1
                return fault
        return None

    def take_stub(self, vendor: str, operation: str) -> WireAnswer | None:
        """The answer that stands in for this call's own, counted as used."""
        for stub in self.stubs:
            spent = stub.times is not None and stub.used >= stub.times
            if not spent and stub.vendor == vendor and fnmatchcase(operation, stub.operation):
                stub.used += 1
                return stub.answer
        return None

    def over_limit(self, vendor: str, operation: str, method: str, client: str, clock: Clock) -> float | None:
        """None when the call may go on, else the seconds until the next one may."""
        for limit in self.limits:
            if limit.vendor != vendor or (limit.methods and method not in limit.methods):
                continue
            if not fnmatchcase(operation, limit.operation):
                continue
            now = clock.timestamp()
            window = (client, int(now // limit.window))
            if window not in limit.counted:
                limit.counted = {key: count for key, count in limit.counted.items() if key[1] == window[1]}
            limit.counted[window] = limit.counted.get(window, 0) + 1
            if limit.counted[window] > limit.calls:
                return limit.window - now % limit.window
        return None

    def unused_faults(self) -> list[Fault]:
        """The faults that no call has met."""
        return [fault for fault in self.faults if fault.used == 0]

    def clear(self) -> None:
        """No faults, stubs or limits, and an SMTP server that takes everything."""
        self.smtp = SmtpRules()
        self.faults.clear()
        self.stubs.clear()
        self.limits.clear()
