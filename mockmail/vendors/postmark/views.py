"""Postmark's documents: sent messages, bounces, suppressions and templates (docs/wire/postmark.md 5 to 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mockmail.core.senders.records import Recipient, SenderEvent, SentMessage, Suppression, Template, Webhook
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.postmark.records import BOUNCE_TYPES, Bounce

Document = dict[str, Any]

TRIGGERS: Document = {
    "Open": {"Enabled": False, "PostFirstOpenOnly": False},
    "Click": {"Enabled": False},
    "Delivery": {"Enabled": False},
    "Bounce": {"Enabled": False, "IncludeContent": False},
    "SpamComplaint": {"Enabled": False, "IncludeContent": False},
    "SubscriptionChange": {"Enabled": False},
}
"""The triggers of a webhook that names none."""

ORIGINS = {"ManualSuppression": "Customer"}
"""Who suppressed an address, by the reason; the recipient, by the other reasons."""


def timestamp(at: datetime) -> str:
    """Return a time with seven decimals."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z"


def timestamp_of(text: str) -> str:
    """Return a time of a record with seven decimals."""
    return timestamp(read_timestamp(text))


def stream_scope(server: int, stream: str) -> str:
    """Return the scope of a server's message stream."""
    return f"{server}/{stream}"


def message_document(message: SentMessage) -> Document:
    """Return a message in a list."""
    return {
        "Tag": message.tags[0] if message.tags else "",
        "MessageID": message.id,
        "MessageStream": message.details["stream"],
        "To": _named(message.to("to")),
        "Cc": _named(message.to("cc")),
        "Bcc": _named(message.to("bcc")),
        "Recipients": [recipient.address for recipient in message.recipients],
        "ReceivedAt": timestamp_of(message.at),
        "From": message.sender,
        "Subject": message.subject,
        "Attachments": list(message.details.get("attachments", ())),
        "Status": "Sent",
        "TrackOpens": message.details["trackOpens"],
        "TrackLinks": message.details["trackLinks"],
        "Metadata": message.metadata,
        "Sandboxed": message.is_test,
    }


def event_document(event: SenderEvent, bounce: Bounce | None) -> Document:
    """Return an event of a message's details. bounce: of a bounced or complained message."""
    kind, details = _event(event, bounce)
    return {"Recipient": event.recipient, "Type": kind, "ReceivedAt": timestamp_of(event.at), "Details": details}


def bounce_document(bounce: Bounce, message: SentMessage | None) -> Document:
    """Return a bounce. message: None if the message is kept no more."""
    kind = BOUNCE_TYPES[bounce.type]
    return {
        "RecordType": "Bounce",
        "ID": bounce.id,
        "Type": bounce.type,
        "TypeCode": kind.code,
        "Name": kind.name,
        "Tag": message.tags[0] if message and message.tags else "",
        "MessageID": bounce.message,
        "ServerID": bounce.server,
        "MessageStream": message.details["stream"] if message else "outbound",
        "Description": kind.description,
        "Details": f"smtp;{bounce.reason}",
        "Email": bounce.address,
        "From": message.sender if message else "",
        "BouncedAt": timestamp_of(bounce.at),
        "DumpAvailable": message is not None,
        "Inactive": bounce.inactive,
        "CanActivate": bounce.type != "SpamComplaint",
        "Subject": message.subject if message else "",
    }


def suppression_document(suppression: Suppression) -> Document:
    """Return a suppressed address."""
    return {
        "EmailAddress": suppression.address,
        "SuppressionReason": suppression.reason,
        "Origin": ORIGINS.get(suppression.reason, "Recipient"),
        "CreatedAt": timestamp_of(suppression.created),
    }


def template_document(template: Template) -> Document:
    """Return a template in a list, and in the responses to its changes."""
    return {
        "TemplateId": int(template.id),
        "Name": template.name,
        "Active": template.active,
        "Alias": template.alias or None,
        "TemplateType": template.details["type"],
        "LayoutTemplate": template.details["layout"],
    }


def webhook_document(webhook: Webhook) -> Document:
    """Return a webhook, with every trigger."""
    triggers = webhook.details.get("triggers") or {}
    return {
        "ID": int(webhook.id),
        "Url": webhook.url,
        "MessageStream": webhook.details["stream"],
        "HttpAuth": webhook.details.get("auth"),
        "HttpHeaders": webhook.details.get("headers", []),
        "Triggers": {name: {**default, **triggers.get(name, {})} for name, default in TRIGGERS.items()},
    }


def _named(recipients: Sequence[Recipient]) -> list[Document]:
    return [{"Email": recipient.address, "Name": recipient.name} for recipient in recipients]


def _event(event: SenderEvent, bounce: Bounce | None) -> tuple[str, Document]:
    if bounce is not None:
        return "Bounced", {"Summary": event.reason, "BounceID": str(bounce.id)}
    if event.kind == "delivered":
        destination = {"DestinationServer": "mx.mockmail.invalid", "DestinationIP": "127.0.0.1"}
        return "Delivered", {
            "DeliveryMessage": f"smtp;{event.code or 250} {event.status} {event.reason}",
            **destination,
        }
    if event.kind == "deferred":
        return "Transient", {"DeliveryMessage": f"smtp;{event.code} {event.reason}"}
    if event.kind == "clicked":
        return "LinkClicked", {"Summary": "", "Link": str(event.details.get("url", ""))}
    if event.kind == "opened":
        return "Opened", {"Summary": str(event.details.get("user_agent", ""))}
    return "SubscriptionChanged", {"Origin": "Recipient", "SuppressSending": "True"}
