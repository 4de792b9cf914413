"""`/v2/email/insights`: what became of a message (docs/wire/ses.md 6)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import not_found
from mockmail.vendors.ses.event_documents import EVENT_TYPES, bounce_type, diagnostic_of
from mockmail.vendors.ses.views import Document, seconds


def show(call: SesCall, params: None) -> Document:
    """Return the events of a message for each recipient."""
    message = call.records(SentMessage).get(call.path["message"])
    if message is None:
        raise not_found(f"Message {call.path['message']:.100} does not exist.", "NotFound")
    events = call.records(SenderEvent).find("message", message.id)
    return {
        "MessageId": message.id,
        "FromEmailAddress": message.sender,
        "Subject": message.subject,
        "EmailTags": [{"Name": name, "Value": value} for name, value in message.metadata.items()],
        "Insights": [
            {
                "Destination": recipient.address,
                "Isp": "UNKNOWN_ISP",
                "Events": [_event(each) for each in events if each.recipient in ("", recipient.address)],
            }
            for recipient in message.recipients
        ],
    }


def _event(event: SenderEvent) -> dict[str, Any]:
    found: dict[str, Any] = {"Timestamp": seconds(event.at), "Type": EVENT_TYPES[event.kind]}
    if event.kind in ("bounced", "suppressed"):
        kind, subtype = bounce_type(event)
        details = {"BounceType": kind.upper(), "BounceSubType": subtype, "DiagnosticCode": diagnostic_of(event)}
        found["Details"] = {"Bounce": details}
    if event.kind == "complained":
        found["Details"] = {"Complaint": {"ComplaintFeedbackType": "abuse"}}
    return found
