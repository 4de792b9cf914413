"""How Postmark sends: its test addresses, what suppresses a recipient, bounces (docs/wire/postmark.md 6, 7, 9)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import ClassVar

from mockmail.core.senders.outcomes import SOFT_BOUNCE, UNKNOWN, RecipientOutcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Webhook
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.world import World
from mockmail.vendors.postmark.records import Bounce
from mockmail.vendors.postmark.webhook_documents import documents

VENDOR_NAME = "postmark"


def _simulated(outcome: RecipientOutcome) -> RecipientOutcome:
    return RecipientOutcome(
        kind=outcome.kind,
        hard=outcome.hard,
        code=outcome.code,
        status=outcome.status,
        reason=outcome.reason,
        suppresses=False,
    )


BLOCKED = RecipientOutcome(kind="bounced", code=550, status="5.7.1", reason="5.7.1 blocked")
COMPLAINT = RecipientOutcome(kind="complained", reason="The recipient marked the message as spam.")


class PostmarkSender(Sender):
    """Postmark has no event for an accepted message. Its test addresses suppress nobody."""

    final_statuses = frozenset({403})
    kinds = frozenset({"delivered", "deferred", "bounced", "complained", "opened", "clicked", "unsubscribed"})
    simulators: ClassVar = {
        "hardbounce@bounce-testing.postmarkapp.com": _simulated(UNKNOWN),
        "softbounce@bounce-testing.postmarkapp.com": _simulated(SOFT_BOUNCE),
        "blocked@bounce-testing.postmarkapp.com": _simulated(BLOCKED),
        "spamcomplaint@bounce-testing.postmarkapp.com": _simulated(COMPLAINT),
    }
    suppressing: ClassVar = {
        "bounced": "HardBounce",
        "complained": "SpamComplaint",
        "unsubscribed": "ManualSuppression",
    }

    def on_event(self, world: World, message: SentMessage, event: SenderEvent) -> None:
        """Add a bounce for a bounced or a complained message."""
        if event.kind not in ("bounced", "complained"):
            return
        world.store.records(VENDOR_NAME, Bounce).put(
            Bounce(
                id=world.store.next_number(VENDOR_NAME, "bounce"),
                event=event.id,
                type=_type_of(event),
                server=int(message.scope.partition("/")[0]),
                message=message.id,
                address=event.recipient,
                at=event.at,
                reason=event.reason,
                inactive=event.hard or event.kind == "complained",
            )
        )

    def webhook_requests(
        self, world: World, webhook: Webhook, message: SentMessage, event: SenderEvent
    ) -> Sequence[WebhookRequest]:
        """Return a request for each document of the event that the webhook wants; Postmark signs none."""
        if webhook.scope != message.scope:
            return ()
        bounce = world.store.records(VENDOR_NAME, Bounce).first("event", event.id)
        triggers = webhook.details.get("triggers") or {}
        return [
            WebhookRequest(url=webhook.url, body=json.dumps(document).encode(), headers=_headers(webhook))
            for document in documents(world, message, event, bounce, triggers)
        ]


def _headers(webhook: Webhook) -> dict[str, str]:
    headers = {"User-Agent": "Postmark", "Content-Type": "application/json"}
    auth = webhook.details.get("auth")
    if auth:
        credentials = b64encode(f"{auth['Username']}:{auth['Password']}".encode())
        headers["Authorization"] = f"Basic {credentials.decode()}"
    return headers | {header["Name"]: header["Value"] for header in webhook.details.get("headers") or ()}


def _type_of(event: SenderEvent) -> str:
    if event.kind == "complained":
        return "SpamComplaint"
    if event.hard:
        return "HardBounce"
    return "Blocked" if event.status.startswith("5.7.") else "SoftBounce"


SENDER = PostmarkSender()
