"""How SES sends: the mailbox simulator and what suppresses a recipient (docs/wire/ses.md 6 and 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mockmail.core.senders.outcomes import DELIVERED, RecipientOutcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression, Webhook
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.world import World
from mockmail.vendors.ses.publishing import notifications
from mockmail.vendors.ses.records import SIMULATOR


class SesSender(Sender):
    """SES suppresses after a hard bounce and a complaint, unless the account says otherwise."""

    simulators: ClassVar = {
        f"success@{SIMULATOR}": DELIVERED,
        f"bounce@{SIMULATOR}": RecipientOutcome(
            kind="bounced", hard=True, code=550, status="5.1.1", reason="5.1.1 user unknown", suppresses=False
        ),
        f"ooto@{SIMULATOR}": RecipientOutcome(kind="bounced", code=0, status="", reason="", arrives=True),
        f"complaint@{SIMULATOR}": RecipientOutcome(kind="complained", suppresses=False),
        f"suppressionlist@{SIMULATOR}": RecipientOutcome(
            kind="suppressed", code=0, status="5.1.1", reason="Suppressed", suppresses=False
        ),
    }
    suppressing: ClassVar = {"bounced": "BOUNCE", "complained": "COMPLAINT"}

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to an address on the account's list: a bounce."""
        return RecipientOutcome(kind="suppressed", code=0, status="5.1.1", reason="OnAccountSuppressionList")

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the suppression that an event causes, if the account suppresses for its reason."""
        suppression = super().suppression_of(message, event)
        enabled = message.details.get("suppressed_reasons")
        if suppression is None or (enabled is not None and suppression.reason not in enabled):
            return None
        return suppression.replace(details={"MessageId": message.id, "FeedbackId": event.id})

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return the notifications of SNS that tell a subscription of an event.

        `scope` of a webhook is the topic of the subscription. Without one, it is told of every event.
        """
        return notifications(world, webhook, message, event)


SENDER = SesSender()
