"""How Mailgun sends: its suppressions, and the signed webhooks that tell of events (docs/wire/mailgun.md 7 and 9)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import ClassVar, get_args

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import EventKind, SenderEvent, SentMessage, Suppression, Webhook
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.state.records import read_timestamp
from mockmail.core.world import World
from mockmail.vendors.mailgun.event_documents import NAMES, event_document, severity
from mockmail.vendors.mailgun.records import Account
from mockmail.wire.json_text import write_json

VENDOR_NAME = "mailgun"

SUPPRESSED = {
    "bounces": RecipientOutcome(
        kind="suppressed", code=605, status="", reason="Not delivering to previously bounced address"
    ),
    "unsubscribes": RecipientOutcome(
        kind="suppressed", code=606, status="", reason="Not delivering to unsubscribed address"
    ),
    "complaints": RecipientOutcome(
        kind="suppressed",
        code=607,
        status="",
        reason="Not delivering to a user who marked your messages as spam",
    ),
}
"""What becomes of a message to a suppressed recipient, by the list that has the address."""

ANY_TAG = "*"


class MailgunSender(Sender):
    """Mailgun accepts each message for suppressed recipients too, and fails it then."""

    kinds = frozenset(get_args(EventKind)) - {"scheduled", "cancelled"}
    accepts_each = True
    suppressing: ClassVar = {"bounced": "bounces", "unsubscribed": "unsubscribes", "complained": "complaints"}
    final_statuses = frozenset({406})

    def suppression_scopes(self, message: SentMessage) -> Sequence[str]:
        """Return the three lists of the domain."""
        return [f"{message.scope}/{name}" for name in SUPPRESSED]

    def suppresses(self, message: SentMessage, suppression: Suppression) -> bool:
        """Return whether a suppression counts: an unsubscription may be from tags."""
        tags = suppression.details.get("tags", [ANY_TAG])
        return ANY_TAG in tags or not set(tags).isdisjoint(message.tags)

    def suppressed(self, suppression: Suppression) -> RecipientOutcome:
        """Return what becomes of a message to a suppressed recipient."""
        return SUPPRESSED[suppression.scope.rpartition("/")[2]]

    def suppression_of(self, message: SentMessage, event: SenderEvent) -> Suppression | None:
        """Return the suppression that an event causes, in the list of its kind."""
        found = super().suppression_of(message, event)
        if found is None:
            return None
        details: dict[str, object] = {"code": str(event.code), "error": event.reason} if event.kind == "bounced" else {}
        if event.kind == "unsubscribed":
            details = {"tags": [ANY_TAG]}
        return found.replace(scope=f"{message.scope}/{found.reason}", details=details)

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return the signed request that tells a webhook of an event of its domain."""
        if webhook.scope != message.scope or event.kind not in NAMES or _webhook_kind(event) not in webhook.kinds:
            return ()
        account = world.store.records(VENDOR_NAME, Account).get(Account.key)
        timestamp, token = str(int(read_timestamp(event.at).timestamp())), world.ids.hexadecimal(50)
        key = account.signing_key if account else ""
        signature = hmac.new(key.encode("utf-8", "replace"), f"{timestamp}{token}".encode(), hashlib.sha256)
        body = write_json(
            {
                "signature": {"timestamp": timestamp, "token": token, "signature": signature.hexdigest()},
                "event-data": event_document(message, event),
            }
        )
        headers = {"Content-Type": "application/json", "User-Agent": "mailgun/treq-20.9.0"}
        return [WebhookRequest(url=webhook.url, body=body, headers=headers)]


def _webhook_kind(event: SenderEvent) -> str:
    return {"permanent": "permanent_fail", "temporary": "temporary_fail"}.get(severity(event), NAMES[event.kind])


SENDER = MailgunSender()
