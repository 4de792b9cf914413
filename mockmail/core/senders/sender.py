"""The contract of a vendor that sends: `sender.py` of its package has `SENDER`, an instance of a `Sender`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, get_args

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import EventKind, SenderEvent, SentMessage, Suppression, Webhook

if TYPE_CHECKING:
    from mockmail.core.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A request to make for an event. headers: without Content-Length; those of a signature included."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


class Sender:
    """How one vendor sends. Derive it, set the attributes, and override where the vendor differs.

    kinds: the kinds of events that the vendor keeps; others only change the state of recipients.
    accepts_each: whether each recipient has an event `accepted` of its own; else the message has one.
    accepts_when_due: whether a scheduled message has its event `accepted` when it is sent; else at the request.
    simulators: the vendor's addresses with a fixed outcome, lower-case; `+label` is ignored, `*@domain` is any address.
    suppressing: the vendor's reason of a suppression, by the kind of event that causes it. A soft bounce causes none.
    final_statuses: the statuses of a webhook's response, besides 2xx, after which the vendor does not try again.
    """

    kinds: ClassVar[Collection[str]] = frozenset(get_args(EventKind))
    accepts_each: ClassVar[bool] = False
    accepts_when_due: ClassVar[bool] = False
    simulators: ClassVar[Mapping[str, RecipientOutcome]] = {}
    suppressing: ClassVar[Mapping[str, str]] = {}
    final_statuses: ClassVar[Collection[int]] = frozenset()

    def suppression_scopes(self, message: SentMessage) -> Sequence[str]:
        """Return the scopes whose suppressions count for a message, the first one that decides first."""
        return (message.scope,)

    def suppresses(self, message: SentMessage, suppression: Suppression) -> bool:
        """Return whether a suppression in one of the scopes counts for a message."""
        return True

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to a suppressed recipient that the vendor accepted."""
        return RecipientOutcome(kind="suppressed", code=0, status="", reason=suppression.reason)

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the suppression that an event causes; None for none."""
        reason = self.suppressing.get(event.kind)
        if reason is None or (event.kind == "bounced" and not event.hard):
            return None
        return Suppression(
            scope=message.scope, address=event.recipient, reason=reason, created=event.at, message=message.id
        )

    def on_event(self, world: World, message: SentMessage, event: SenderEvent) -> None:
        """Write the vendor's own records of an event. Called in the transaction, before webhooks are made."""

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return the requests that tell a webhook of an event; none if it does not want the event.

        The same for the same World: ids and keys come from `world.ids`, the time from `event.at`.
        """
        return ()

    def batched_requests(
        self, world: World, webhook: Webhook, message: SentMessage, events: Sequence[SenderEvent]
    ) -> Sequence[WebhookRequest]:
        """Return the requests that tell a webhook of several events at once, for a vendor that batches them.

        Called with all events of a message that happen together; else as `webhook_requests`.
        """
        return ()
