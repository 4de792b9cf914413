"""An operation is data: router, journal, faults, documentation and command line all join on its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Evidence(Enum):
    """How an operation's behaviour is known."""

    ASSUMED = "assumed"
    """The vendor's page leaves it open; decided here, and said so in the vendor's README."""
    DOCUMENTED = "documented"
    """The vendor's page shows it."""
    CONFIRMED = "confirmed"
    """The vendor's source, its own client or a live server shows it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a vendor's API does.

    name: what it is called everywhere, `noun.verb`; unique within the vendor.
    methods: the HTTP methods it answers; HEAD comes with GET.
    path: a template: `{name}` is one segment, a last `{name*}` takes all that remain, perhaps none.
    aliases: further templates that lead here.
    handler: called with the call and the decoded parameters; returns a record or raises a vendor's error.
    params: what the dialect decodes the request into.
    source: where its behaviour is written down.
    requires: what the caller's credentials must allow, in the vendor's own terms.
    status: the HTTP status of its success, where the vendor's dialect wants to know.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    handler: Callable[..., Any]
    params: Any = None
    evidence: Evidence = Evidence.DOCUMENTED
    source: str
    summary: str = ""
    requires: str | None = None
    aliases: tuple[str, ...] = ()
    status: int = 200

    @property
    def templates(self) -> tuple[str, ...]:
        """Every path template that leads here."""
        return (self.path, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEmulated:
    """An operation that the vendor has and mockmail does not serve."""

    name: str
    method: str
    path: str
    reason: str
