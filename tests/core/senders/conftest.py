"""A vendor that sends, and what a handler of it has."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from mockmail.core.exchange import WireRequest
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.outgoing import Continue, Outcome, Send
from mockmail.core.operation import Operation
from mockmail.core.registry import Registry
from mockmail.core.senders import records
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Recipient, SentMessage
from mockmail.core.senders.sender import Sender, WebhookRequest
from mockmail.core.senders.sending import Submission
from mockmail.core.vendor import Call, Vendor
from mockmail.core.world import World

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class AcmeSender(Sender):
    simulators: ClassVar = {
        "gone@simulator.test": RecipientOutcome(kind="bounced", hard=True, code=550, suppresses=False),
        "*@sink.test": RecipientOutcome(kind="delivered", arrives=False),
        "away@simulator.test": RecipientOutcome(kind="bounced", reason="out of office", arrives=True),
    }
    suppressing: ClassVar = {"bounced": "bounce", "complained": "complaint"}

    def webhook_requests(self, world, webhook, message, event):
        if webhook.kinds and event.kind not in webhook.kinds:
            return ()
        return [WebhookRequest(url=webhook.url, body=f"{event.kind} {event.recipient}".encode())]


class Acme(Vendor):
    name = "acme"
    title = "Acme"
    sends = True
    models = (  # type: ignore[assignment]
        records.SentMessage,
        records.SenderEvent,
        records.Suppression,
        records.Webhook,
        records.StoredResponse,
        records.Identity,
    )

    def __init__(self) -> None:
        self.sender = AcmeSender()  # type: ignore[misc]

    def seed(self):
        return {}


OPERATION = Operation(name="message.send", methods=("POST",), path="/send", handler=lambda *_: None, source="tests")


class Acting:
    """A World with the vendor, in which a test sends as a handler does."""

    def __init__(self) -> None:
        self.vendor = Acme()
        self.world = World(Registry({"acme": self.vendor}))
        self.world.clock.freeze(NOON)
        self.world.ensure_seeded(self.vendor)
        self.sent = 0

    def call(self, body: bytes = b"") -> Call[Any, Any]:
        request = WireRequest("POST", "/send", ("send",), body=body)
        return Call(self.world, self.vendor, OPERATION, request, {}, None, None)

    def submission(self, *addresses: str, **fields: Any) -> Submission:
        self.sent += 1
        failure = fields.pop("failure", None)
        message = SentMessage(
            id=f"m{self.sent}",
            at=self.world.clock.now().isoformat(),
            sender="app@example.com",
            envelope_sender="bounces@acme.test",
            recipients=tuple(Recipient(address=address) for address in addresses),
            **fields,
        )
        return Submission(message=message, raw=b"Subject: x\r\n\r\nx\r\n", failure=failure)

    def settle(self, result: Any) -> Any:
        """Perform sends as the pipeline does, and return the result."""
        while isinstance(result, Send | Continue):
            if isinstance(result, Continue):
                with self.world.transaction():
                    result = result.then()
                continue
            envelope = Envelope(sender=result.message.sender, recipients=result.message.recipients)
            kept = self.world.receive(result.message.raw, envelope, SentBy(client="api", vendor="acme"))
            with self.world.transaction():
                result = result.then(Outcome(message=kept.id))
        return result

    def records(self, model: type[Any]) -> Any:
        return self.world.store.records("acme", model)

    def message(self, message_id: str = "m1") -> SentMessage:
        return self.records(SentMessage).get(message_id)

    def states(self, message_id: str = "m1") -> dict[str, str]:
        return {each.address: each.state for each in self.message(message_id).recipients}

    def events(self, message_id: str = "m1") -> list[tuple[str, str]]:
        found = self.records(records.SenderEvent).find("message", message_id)
        return [(event.kind, event.recipient) for event in found]

    @property
    def arrived(self) -> list[tuple[str, ...]]:
        return [message.envelope.recipients for message in self.world.mail.read_all(range(1, self.world.mail.last + 1))]


@pytest.fixture
def acting():
    made = Acting()
    with closing(made.world):
        yield made
