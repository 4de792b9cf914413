"""How SendGrid sends: its sink, its suppression lists and its event webhook (docs/wire/sendgrid.md 7 and 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression, Webhook
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.senders.sending import cancel
from mockmail.core.world import World
from mockmail.vendors.sendgrid.notices import notice_requests
from mockmail.vendors.sendgrid.records import Batch
from mockmail.vendors.sendgrid.vendor import VENDOR

LISTS = {
    "bounces": ("Bounced Address", ("list", "bounce")),
    "spam_reports": ("Spam Reporting Address", ("list", "spam")),
    "unsubscribes": ("Unsubscribed Address", ("list", "unsubscribe")),
    "invalid_emails": ("Invalid", ("list", "bounce")),
}
"""The lists that suppress: the reason of a dropped message, and the settings of a message that bypass the list."""


def group_scope(group: int) -> str:
    """Return the scope of the suppressions of an unsubscribe group."""
    return f"group/{group}"


class SendGridSender(Sender):
    """SendGrid has one list for each reason; a soft bounce goes to `blocks`, which suppresses nobody."""

    accepts_each = True
    simulators: ClassVar = {"*@sink.sendgrid.net": RecipientOutcome(kind="delivered", arrives=False)}
    suppressing: ClassVar = {"bounced": "bounces", "complained": "spam_reports", "unsubscribed": "unsubscribes"}

    def suppression_scopes(self, message: SentMessage) -> Sequence[str]:
        """Return the lists that the message does not bypass."""
        bypassed = set(message.details.get("bypass", ()))
        scopes = [name for name, (_, settings) in LISTS.items() if bypassed.isdisjoint(settings)]
        group = message.details.get("asm_group_id")
        if group is not None and bypassed.isdisjoint(("list", "unsubscribe")):
            scopes.append(group_scope(group))
        return scopes

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to a suppressed recipient: SendGrid drops it."""
        reason, _ = LISTS.get(suppression.scope, LISTS["unsubscribes"])
        return RecipientOutcome(kind="suppressed", code=0, status="", reason=reason)

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the entry of a list that an event causes."""
        scope = self.suppressing.get(event.kind)
        if scope is None:
            return None
        if event.kind == "bounced" and not event.hard:
            scope = "blocks"
        group = message.details.get("asm_group_id")
        if event.kind == "unsubscribed" and group is not None:
            scope = group_scope(group)
        return Suppression(
            scope=scope,
            address=event.recipient,
            reason=f"{event.code} {event.reason}" if event.kind == "bounced" else "",
            created=event.at,
            message=message.id,
            details={"status": event.status} if event.kind == "bounced" else {},
        )

    def on_event(self, world: World, message: SentMessage, event: SenderEvent) -> None:
        """Hold a scheduled message whose batch is held already."""
        if event.kind == "scheduled" and message.batch:
            batch = world.store.records(VENDOR.name, Batch).get(message.batch)
            if batch is not None and batch.status:
                cancel(world, VENDOR, message)

    def batched_requests(
        self, world: World, webhook: Webhook, message: SentMessage, events: Sequence[SenderEvent]
    ) -> Sequence[WebhookRequest]:
        """Return the signed requests that tell a webhook of the events that it wants."""
        return notice_requests(webhook, message, events)


SENDER = SendGridSender()
