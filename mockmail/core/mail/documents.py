"""A message as a snapshot has it: a JSON document, there and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mockmail.core.errors import SeedError
from mockmail.core.mail.message import Delivery, Envelope, Message, SentBy


def document_of(message: Message) -> dict[str, Any]:
    """All of a message but its cursor."""
    return {
        "id": message.id,
        "received_at": message.received_at.isoformat(),
        "raw": base64.b64encode(message.raw).decode("ascii"),
        "envelope": asdict(message.envelope),
        "sent_by": asdict(message.sent_by),
        "deliveries": [asdict(delivery) for delivery in message.deliveries],
    }


def arguments_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the mail store's `add` takes to keep a document's message. Raises SeedError where it does not fit."""
    try:
        return {
            "message_id": document["id"],
            "received_at": datetime.fromisoformat(document["received_at"]).isoformat(),
            "raw": base64.b64decode(document["raw"], validate=True),
            "envelope": Envelope.from_document(document["envelope"]),
            "sent_by": SentBy(**document["sent_by"]),
            "deliveries": [Delivery(**delivery) for delivery in document.get("deliveries", ())],
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SeedError(f"snapshot: mail: a message lacks something or has it wrong ({error!r})") from error
