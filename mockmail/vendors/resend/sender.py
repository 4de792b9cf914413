"""How Resend sends: its test addresses and what suppresses a recipient (docs/wire/resend.md 8 to 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, get_args

from mockmail.core.senders.outcomes import DELIVERED, RecipientOutcome
from mockmail.core.senders.records import (
    EventKind,
    SenderEvent,
    SentMessage,
    Suppression,
    Webhook,
    suppression_key,
)
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.state.records import read_timestamp
from mockmail.core.world import World
from mockmail.vendors.resend.notices import ON_SUPPRESSION_LIST, VENDOR_NAME, announce, email_notice, notice_request
from mockmail.vendors.resend.views import suppression_document

TEST_DOMAIN = "resend.dev"


class ResendSender(Sender):
    """Resend suppresses after a hard bounce and a complaint. Its test addresses suppress nobody."""

    kinds = frozenset(get_args(EventKind)) - {"unsubscribed"}
    accepts_when_due = True
    simulators: ClassVar = {
        f"delivered@{TEST_DOMAIN}": DELIVERED,
        f"bounced@{TEST_DOMAIN}": RecipientOutcome(
            kind="bounced", hard=True, code=550, status="5.1.1", reason="5.1.1 user unknown", suppresses=False
        ),
        f"complained@{TEST_DOMAIN}": RecipientOutcome(kind="complained", suppresses=False),
        f"suppressed@{TEST_DOMAIN}": RecipientOutcome(
            kind="suppressed", code=0, status="", reason=ON_SUPPRESSION_LIST, suppresses=False
        ),
    }
    suppressing: ClassVar = {"bounced": "bounce", "complained": "complaint"}

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to a suppressed recipient."""
        return RecipientOutcome(kind="suppressed", code=0, status="", reason=ON_SUPPRESSION_LIST)

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the suppression that an event causes, with the event's id as its own."""
        suppression = super().suppression_of(message, event)
        return suppression and suppression.replace(details={"id": uuid_of(event)})

    def on_event(self, world: World, message: SentMessage, event: SenderEvent) -> None:
        """Tell webhooks of the suppression that an event caused."""
        if event.kind not in self.suppressing:
            return
        key = suppression_key(message.scope, event.recipient)
        found = world.store.records(VENDOR_NAME, Suppression).get(key)
        if found is not None and found.details["id"] == uuid_of(event):
            announce(world, "suppression.added", suppression_document(found))

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return the signed request that tells a webhook of an event of an email."""
        notice = email_notice(message, event)
        if notice is None or notice[0] not in webhook.kinds:
            return ()
        return [notice_request(world, webhook, read_timestamp(event.at), *notice)]


def uuid_of(event: SenderEvent) -> str:
    """Return the id of an event as a UUID."""
    digits = event.id
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


SENDER = ResendSender()
