"""The outcomes of a MockMail, which a test arranges for vendors' mail to a recipient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mockmail.core.errors import is_mistake
from mockmail.core.mail.message import Message
from mockmail.core.registry import Registry
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.control.outcomes import EventState
    from mockmail.core.senders.outcomes import ArrangedOutcome

__tracebackhide__ = is_mistake


class Outcomes:
    """Bounces, complaints and other outcomes that a test arranges for the mail that vendors send."""

    def __init__(self, bridge: LoopBridge, vendors: Registry) -> None:
        self._bridge = bridge
        self._vendors = vendors

    def __iter__(self) -> Iterator[ArrangedOutcome]:
        return iter(self._bridge.call(lambda world: list(world.outcomes)))

    def add(
        self,
        recipient: str,
        kind: str,
        *,
        vendor: str | None = None,
        hard: bool = True,
        code: int | None = None,
        status: str = "",
        reason: str = "",
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
    ) -> ArrangedOutcome:
        """Arrange the outcome of mail to an address, or to a pattern such as `*@example.org`, and return it.

        kind: `bounced`, `complained`, `opened` and so on; an unknown one is refused with a list. hard: whether a bounce
        is permanent. code, status, reason: of the SMTP reply. vendor: only mail of this vendor.
        times: for how many messages, None for all. after: how many messages first have another outcome.
        probability: of each other message. Raise UnknownName, InvalidFault or InvalidValue.
        """
        from mockmail.control.outcomes import NewOutcome, make_outcome
        from mockmail.core.validation import convert

        given = {
            "recipient": recipient,
            "kind": kind,
            "vendor": vendor,
            "hard": hard,
            "code": code,
            "status": status,
            "reason": reason,
            "times": times,
            "after": after,
            "probability": probability,
        }
        rule = make_outcome(self._vendors, convert(given, NewOutcome))
        return self._bridge.call(lambda world: world.outcomes.add(rule))

    def add_event(
        self,
        message: Message | str,
        kind: str,
        *,
        recipient: str | None = None,
        hard: bool = True,
        code: int | None = None,
        status: str = "",
        reason: str = "",
        details: Mapping[str, str] | None = None,
    ) -> EventState:
        """Add an event, such as `opened` or `complained`, to a message that was sent, and return the event.

        message: a message of the inbox, its id, or the vendor's id of a message. recipient: the first one by default.
        details: such as `url`, `ip` and `user_agent` of a click. Raise Problem for an unknown message, InvalidFault.
        """
        from mockmail.control.outcomes import NewEvent, make_event
        from mockmail.core.validation import convert

        given = {
            "kind": kind,
            "recipient": recipient,
            "hard": hard,
            "code": code,
            "status": status,
            "reason": reason,
            "details": {} if details is None else details,
        }
        new, message_id = convert(given, NewEvent), message if isinstance(message, str) else message.id
        return self._bridge.call(lambda world: make_event(world, message_id, new))

    def remove(self, outcome: ArrangedOutcome | int) -> None:
        """Remove one outcome, or the one with this id. Do nothing if it does not exist."""
        outcome_id = outcome if isinstance(outcome, int) else outcome.id
        self._bridge.call(lambda world: world.outcomes.remove(outcome_id))

    def clear(self) -> None:
        """Remove all outcomes."""
        self._bridge.call(lambda world: world.outcomes.clear())

    def unused(self) -> list[ArrangedOutcome]:
        """Return the outcomes that no message had."""
        return self._bridge.call(lambda world: world.outcomes.unused())
