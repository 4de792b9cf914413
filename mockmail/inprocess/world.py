"""The clock and the SMTP rules of a MockMail, with the checks and the errors of the control API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mockmail.control.clock import AdvanceBy, FreezeAt, SetTo, change_clock
from mockmail.control.smtp import SmtpRules
from mockmail.core.clock import Clock
from mockmail.core.errors import is_mistake
from mockmail.core.validation import convert
from mockmail.inprocess.bridge import LoopBridge

__tracebackhide__ = is_mistake


class ClockHandle:
    """The time in a sandbox: the machine's time by default; it can be frozen, set and moved."""

    def __init__(self, bridge: LoopBridge) -> None:
        self._bridge = bridge

    def __repr__(self) -> str:
        return self._bridge.call(lambda world: repr(world.clock))

    @property
    def frozen(self) -> bool:
        """Return whether the clock is frozen."""
        return self._bridge.call(lambda world: world.clock.frozen)

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._bridge.call(lambda world: world.clock.now())

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""
        return self.now().timestamp()

    def freeze(self, at: datetime | str | None = None) -> None:
        """Freeze the clock, now or at a time with a time zone: `2026-01-31T12:00:00Z`. Raise InvalidValue."""
        given = convert({"at": at}, FreezeAt)
        self._change(lambda clock: clock.freeze(given.at))

    def set(self, at: datetime | str) -> None:
        """Set the time; a running clock continues from there. Raise InvalidValue for a time without a time zone."""
        given = convert({"at": at}, SetTo)
        self._change(lambda clock: clock.set(given.at))

    def advance(self, seconds: float | timedelta) -> None:
        """Move the time forward by seconds or a timedelta, or back if it is negative. Raise InvalidValue."""
        distance = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        given = convert({"seconds": distance}, AdvanceBy)
        self._change(lambda clock: clock.advance(given.seconds))

    def resume(self) -> None:
        """Let a frozen clock run again, from its frozen time."""
        self._change(Clock.resume)

    def reset(self) -> None:
        """Return to the machine's time."""
        self._change(Clock.reset)

    def _change(self, change: Callable[[Clock], None]) -> None:
        self._bridge.call(lambda world: change_clock(world, change))


class SmtpHandle:
    """The SMTP server's rules for clients and for vendors that use a relay; set its attributes.

    accounts: the user names and passwords that AUTH accepts; None accepts any. require_auth: refuse mail without AUTH.
    refused_senders, refused_recipients: patterns (`*@example.com`) of addresses that are refused.
    starttls: whether vendors' relays offer STARTTLS.
    unreachable: patterns (`mail.example.com:*`) of relays, `host:port`, that cannot be connected to.
    A wrong value, or an unknown name, raises InvalidValue.
    """

    accounts: dict[str, str] | None
    require_auth: bool
    refused_senders: list[str]
    refused_recipients: list[str]
    starttls: bool
    unreachable: list[str]

    def __init__(self, bridge: LoopBridge) -> None:
        object.__setattr__(self, "_bridge", bridge)

    def __repr__(self) -> str:
        rules = ", ".join(f"{name}={getattr(self, name)!r}" for name in SmtpRules.__struct_fields__)
        return f"<SMTP rules: {rules}>"

    if not TYPE_CHECKING:  # a type checker knows the attributes by their annotations

        def __getattr__(self, name: str) -> Any:
            if name not in SmtpRules.__struct_fields__:
                raise AttributeError(f"there is no SMTP rule {name!r}; there are {', '.join(dir(self))}")
            return self._bridge.call(lambda world: getattr(world.smtp, name))

        def __setattr__(self, name: str, value: object) -> None:
            checked = getattr(convert({name: value}, SmtpRules), name)
            self._bridge.call(lambda world: setattr(world.smtp, name, checked))

    def __dir__(self) -> list[str]:
        return list(SmtpRules.__struct_fields__)
