"""What becomes of a message at a recipient: who decides it, and what a test arranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, get_args

from mockmail.core.errors import InvalidFault, is_mistake
from mockmail.core.mail.delivery import is_unknown
from mockmail.core.rules import LONGEST_MESSAGE, Rule, check_counts, check_pattern
from mockmail.core.senders.records import EventKind

if TYPE_CHECKING:
    from mockmail.core.world import World

__tracebackhide__ = is_mistake

ARRIVING = frozenset({"delivered", "complained", "opened", "clicked", "unsubscribed"})
"""The outcomes of a message that arrives."""

ARRANGED = tuple(kind for kind in get_args(EventKind) if kind not in ("accepted", "scheduled", "cancelled"))
"""The outcomes that a test can arrange."""

LATER = tuple(kind for kind in ARRANGED if kind not in ("suppressed", "failed"))
"""The events that a test can add to a message that was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientOutcome:
    """What becomes of a message at one recipient. The fields are those of the event.

    arrives: whether the message reaches the inbox first; by default as the kind says.
    suppresses: whether a hard bounce or a complaint fills the suppressions.
    """

    kind: EventKind = "delivered"
    hard: bool = False
    code: int = 250
    status: str = "2.0.0"
    reason: str = "OK"
    arrives: bool | None = None
    suppresses: bool = True

    @property
    def is_arriving(self) -> bool:
        """Return whether the message reaches the inbox."""
        return self.kind in ARRIVING if self.arrives is None else self.arrives


DELIVERED = RecipientOutcome()
UNKNOWN = RecipientOutcome(kind="bounced", hard=True, code=550, status="5.1.1", reason="5.1.1 user unknown")
REFUSED = RecipientOutcome(kind="bounced", hard=True, code=550, status="5.7.1", reason="5.7.1 recipient refused")
SOFT_BOUNCE = RecipientOutcome(kind="bounced", code=452, status="4.2.2", reason="4.2.2 mailbox full")
UNSENT = RecipientOutcome(kind="failed", code=0, status="", reason="")
"""Without an SMTP reply: the vendor never tried to deliver."""


@dataclass(slots=True, kw_only=True)
class ArrangedOutcome(Rule):
    """An outcome that a test arranges.

    recipient: an address, or a pattern such as `*@example.org`; case-insensitive. vendor: None for every vendor.
    hard, code, status, reason: of the event; None and empty for the usual ones.
    """

    recipient: str
    kind: EventKind
    vendor: str | None = None
    hard: bool = True
    code: int | None = None
    status: str = ""
    reason: str = ""
    times: int | None = None

    def __str__(self) -> str:
        return f"{self.recipient} {self.kind} ({self.usage})"

    @property
    def outcome(self) -> RecipientOutcome:
        """Return the outcome of a recipient that the rule covers."""
        usual = self._usual()
        return RecipientOutcome(
            kind=self.kind,
            hard=self.hard and self.kind == "bounced",
            code=usual.code if self.code is None else self.code,
            status=self.status or usual.status,
            reason=self.reason or usual.reason,
        )

    def _usual(self) -> RecipientOutcome:
        if self.kind in ARRIVING:
            return DELIVERED
        if self.kind in ("suppressed", "failed"):
            return UNSENT
        return UNKNOWN if self.hard and self.kind == "bounced" else SOFT_BOUNCE

    def covers(self, vendor: str, address: str) -> bool:
        """Return whether the rule is for a recipient of this vendor and not used up."""
        if self.is_spent or self.vendor not in (None, vendor):
            return False
        return fnmatchcase(address.lower(), self.recipient.lower())


def check_outcome(rule: ArrangedOutcome) -> None:
    """Raise InvalidFault for an outcome that no recipient could have."""
    check_counts(rule)
    check_pattern("recipient", rule.recipient)
    if "@" not in rule.recipient and "*" not in rule.recipient:
        raise InvalidFault(f"recipient must be an address or a pattern such as *@example.org, not {rule.recipient!r}")
    if rule.kind not in ARRANGED:
        raise InvalidFault(f"kind must be one of {', '.join(ARRANGED)}, not {rule.kind!r:.80}")
    if len(rule.reason) > LONGEST_MESSAGE or len(rule.status) > LONGEST_MESSAGE:
        raise InvalidFault(f"reason and status must have at most {LONGEST_MESSAGE} characters")


def outcome_of(world: World, vendor: str, address: str, simulators: Mapping[str, RecipientOutcome]) -> RecipientOutcome:
    """Return what becomes of a message to an address that is not suppressed.

    The vendor's simulator addresses decide first, then what the test arranged, then the SMTP side: a refused recipient
    or, if the settings refuse it, an unknown mailbox at a vendor that hosts the domain.
    """
    simulated = _simulated(address, simulators) if simulators else None
    if simulated is not None:
        return simulated
    if world.outcomes:
        arranged = world.outcomes.first(lambda rule: rule.covers(vendor, address))
        if arranged is not None:
            return arranged.outcome
    if world.smtp.refuses_recipient(address):
        return REFUSED
    return UNKNOWN if world.settings.reject_unknown and is_unknown(world, address) else DELIVERED


def _simulated(address: str, simulators: Mapping[str, RecipientOutcome]) -> RecipientOutcome | None:
    local_part, _, domain = address.lower().rpartition("@")
    bare = local_part.partition("+")[0]
    return simulators.get(f"{bare}@{domain}") or simulators.get(f"*@{domain}")
