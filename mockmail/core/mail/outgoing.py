"""Mail that a vendor sends: what a handler returns instead of doing it, since sending takes time.

A handler returns `Send` (the answer waits for the outcome) or `Later` (the answer is given at once, and the outcome is
told when it is there). The pipeline performs them; nothing leaves the machine unless the server was told that it may.

What is made anew for each mail and then let go of is not frozen: that would make it three times as costly to make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Security(Enum):
    """How a relay's connection is secured."""

    PLAIN = "plain"
    OPPORTUNISTIC = "opportunistic"
    """STARTTLS where it is offered."""
    STARTTLS = "starttls"
    """STARTTLS, or the send fails."""
    IMPLICIT = "implicit"
    """TLS from the first byte."""


class Stage(Enum):
    """How far a send came."""

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
        """`host:port`."""
        return f"{self.host}:{self.port}"


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """A message and its envelope. raw: the message in CRLF lines, complete with its headers."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a message was not taken. code: the SMTP reply's, None where there was none (no connection, no TLS)."""

    stage: Stage
    text: str
    code: int | None = None


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a send. message: the id of the captured message; None where it failed or really left."""

    message: str | None = None
    failure: Failure | None = None


@dataclass(slots=True, kw_only=True)
class Send:
    """Send a message, then turn the outcome into a result (or raise the vendor's error).

    relay: None for a vendor's own mail service, which hands the message over in process.
    then: called in a transaction of the store, as a handler is.
    progress: told of each stage as it begins, in a transaction likewise.
    """

    message: Outgoing
    then: Callable[[Outcome], Any]
    relay: Relay | None = None
    progress: Callable[[Stage], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Answer with `result` now, and perform a send when the answer is on its way."""

    send: Send
    result: Any
