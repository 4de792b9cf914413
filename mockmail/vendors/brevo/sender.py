"""How Brevo sends: what blocks a recipient, and what it tells webhooks (docs/wire/brevo.md 6, 7, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression, Webhook
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.world import World
from mockmail.vendors.brevo.notices import NAMES, notice_document, notice_headers, notice_name
from mockmail.wire.json_text import write_json

BLOCKED = "blocked : due to blacklist user"


class BrevoSender(Sender):
    """Brevo keeps an event `accepted` of each recipient, and blocks after a hard bounce and a complaint."""

    accepts_each = True
    kinds = frozenset(NAMES)
    suppressing: ClassVar = {
        "bounced": "hardBounce",
        "complained": "contactFlaggedAsSpam",
        "unsubscribed": "unsubscribedViaEmail",
    }

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to a blocked contact."""
        return RecipientOutcome(kind="suppressed", code=0, status="", reason=BLOCKED)

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the block that an event causes, with the sender's address."""
        suppression = super().suppression_of(message, event)
        return suppression and suppression.replace(
            details={"senderEmail": message.details["from"], "message": event.reason}
        )

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return the request that tells a webhook of an event; Brevo signs none."""
        name = None if message.is_test else notice_name(world, event)
        if name is None or not {name.subscription, *name.aliases} & set(webhook.kinds):
            return ()
        body = write_json(notice_document(webhook, message, event, name))
        return [WebhookRequest(url=webhook.url, body=body, headers=notice_headers(webhook))]


SENDER = BrevoSender()
