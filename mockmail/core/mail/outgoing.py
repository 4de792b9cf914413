"""Mail that a vendor sends. A handler returns it as a value, because sending takes time.

A handler returns `Send` (the response waits for the outcome) or `Later` (the response is sent at once). Work on many
messages is divided by `Continue`. The pipeline performs them. No mail leaves the machine unless the server's settings
allow the relay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Security(Enum):
    """The security of a connection to a relay."""

    PLAIN = "plain"
    OPPORTUNISTIC = "opportunistic"
    """STARTTLS if it is offered."""
    STARTTLS = "starttls"
    """STARTTLS, or the send fails."""
    IMPLICIT = "implicit"
    """TLS from the first byte."""


class Stage(Enum):
    """A stage of a send."""

    CONNECT = "connect"
    STARTTLS = "starttls"
    AUTHENTICATE = "authenticate"
    SENDER = "sender"
    RECIPIENTS = "recipients"
    DATA = "data"


@dataclass(slots=True, kw_only=True)
class Relay:
    """The SMTP server that a vendor's settings name. timeout: seconds for each step."""

    host: str
    port: int
    security: Security = Security.PLAIN
    user: str | None = None
    password: str = ""
    timeout: float = 30.0

    @property
    def where(self) -> str:
        """Return `host:port`."""
        return f"{self.host}:{self.port}"


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """A message and its envelope. raw: the message in CRLF lines, complete with its headers."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The reason why a message was not accepted. code: of the SMTP reply, None without one (no connection, no TLS)."""

    stage: Stage
    text: str
    code: int | None = None


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The outcome of a send. message: the id of the captured message; None if it failed or went to a real relay."""

    message: str | None = None
    failure: Failure | None = None


@dataclass(slots=True, kw_only=True)
class Send:
    """Send a message, then turn the outcome into a result.

    relay: None for a vendor's own mail service, which needs no SMTP session.
    then: called with the outcome, in a transaction; returns the result or raises the vendor's error.
    progress: called with each stage as it begins, in a transaction.
    """

    message: Outgoing
    then: Callable[[Outcome], Any]
    relay: Relay | None = None
    progress: Callable[[Stage], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    """Go on with long work after the event loop has done other work.

    then: called in a transaction of its own; returns the result, or a `Send` or `Continue`, or raises the vendor's
    error.
    """

    then: Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Respond with `result` now, and perform a send afterwards."""

    send: Send
    result: Any
