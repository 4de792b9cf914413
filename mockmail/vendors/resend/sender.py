"""How Resend sends: its test addresses and what suppresses a recipient (docs/wire/resend.md 8 to 10)."""

from __future__ import annotations

from typing import ClassVar

from mockmail.core.senders.outcomes import DELIVERED, RecipientOutcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression
from mockmail.core.senders.sender import Sender

TEST_DOMAIN = "resend.dev"
ON_SUPPRESSION_LIST = (
    "Resend has suppressed sending to this address because it is on the account-level suppression list. This does not"
    " count toward your bounce rate metric"
)


class ResendSender(Sender):
    """Resend suppresses after a hard bounce and a complaint. Its test addresses suppress nobody."""

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


def uuid_of(event: SenderEvent) -> str:
    """Return the id of an event as a UUID."""
    digits = event.id
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


SENDER = ResendSender()
