"""What SES tells of an event (docs/wire/ses.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockmail.core.mail import mime
from mockmail.core.senders.records import EventKind, SenderEvent, SentMessage
from mockmail.core.senders.sending import raw_of
from mockmail.core.world import World
from mockmail.vendors.ses.records import SIMULATOR, VENDOR_NAME, Account
from mockmail.vendors.ses.views import Document, iso

EVENT_TYPES: dict[EventKind, str] = {
    "accepted": "SEND",
    "delivered": "DELIVERY",
    "bounced": "BOUNCE",
    "suppressed": "BOUNCE",
    "complained": "COMPLAINT",
    "deferred": "DELIVERY_DELAY",
    "opened": "OPEN",
    "clicked": "CLICK",
    "unsubscribed": "SUBSCRIPTION",
    "failed": "RENDERING_FAILURE",
}
"""Version 2's names of the types of events."""

TYPES = frozenset({*EVENT_TYPES.values(), "REJECT"})
_WORDS = {"DELIVERY_DELAY": "DeliveryDelay", "RENDERING_FAILURE": "Rendering Failure"}
_MEMBERS = {"DELIVERY_DELAY": "deliveryDelay", "RENDERING_FAILURE": "failure"}
_IDENTITY_TYPES = frozenset({"Bounce", "Complaint", "Delivery"})


def word_of(event: SenderEvent) -> str:
    """Return the name of an event's type in a notification, such as `Rendering Failure`."""
    kind = EVENT_TYPES[event.kind]
    return _WORDS.get(kind, kind.capitalize())


def notification_type(event: SenderEvent) -> str | None:
    """Return the type of the notification that an identity's topic gets; None for none."""
    word = word_of(event)
    return word if word in _IDENTITY_TYPES else None


def event_document(world: World, message: SentMessage, event: SenderEvent, *, type_name: str) -> Document:
    """Return what is told of an event. type_name: `eventType`, or `notificationType` for an identity's topic."""
    kind = EVENT_TYPES[event.kind]
    member = _MEMBERS.get(kind, kind.lower())
    return {type_name: word_of(event), "mail": _mail(world, message, event), member: _details(message, event)}


def bounce_type(event: SenderEvent) -> tuple[str, str]:
    """Return the type and the subtype of a bounce."""
    if event.kind == "suppressed":
        is_simulated = event.recipient.lower().endswith(f"@{SIMULATOR}")
        return "Permanent", "Suppressed" if is_simulated else "OnAccountSuppressionList"
    return ("Permanent" if event.hard else "Transient"), "General"


def diagnostic_of(event: SenderEvent) -> str:
    """Return the reply of the recipient's server as a bounce shows it."""
    return f"smtp; {event.code} {event.reason}" if event.code else event.reason


def _mail(world: World, message: SentMessage, event: SenderEvent) -> Document:
    headers = mime.headers(raw_of(world, message))
    account = world.store.records(VENDOR_NAME, Account).get(Account.key) or Account()
    details = message.details
    domain = message.sender.rpartition("@")[2].strip("<> ")
    tags: dict[str, list[str]] = {
        "ses:operation": [_operation(message.operation)],
        "ses:source-ip": [str(details["source_ip"])],
        "ses:from-domain": [domain],
        "ses:caller-identity": [str(details["caller"])],
    }
    if "configuration_set" in details:
        tags["ses:configuration-set"] = [str(details["configuration_set"])]
    if event.kind != "accepted":
        tags["ses:outgoing-ip"] = ["127.0.0.1"]
    common = {"from": headers.get_all("From"), "to": headers.get_all("To"), "cc": headers.get_all("Cc")}
    return {
        "timestamp": iso(message.at),
        "source": message.sender,
        "sourceArn": f"arn:aws:ses:{details['region']}:{account.number}:identity/{domain}",
        "sendingAccountId": account.number,
        "messageId": message.id,
        "destination": [recipient.address for recipient in message.recipients],
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "commonHeaders": {
            **{name: values for name, values in common.items() if values},
            "date": headers.get("Date"),
            "messageId": message.id,
            "subject": message.subject,
        },
        "tags": tags | {name: [value] for name, value in message.metadata.items()},
    }


def _details(message: SentMessage, event: SenderEvent) -> Document:
    at = iso(event.at)
    recipients = [event.recipient] if event.recipient else [each.address for each in message.recipients]
    kind = EVENT_TYPES[event.kind]
    if kind == "BOUNCE":
        return _bounce(event, at, recipients)
    documents: dict[str, Document] = {
        "DELIVERY": {
            "timestamp": at,
            "processingTimeMillis": 500,
            "recipients": recipients,
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "a8-77.smtp-out.amazonses.com",
        },
        "COMPLAINT": {
            "feedbackId": event.id,
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": each} for each in recipients],
            "timestamp": at,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": at,
        },
        "OPEN": {"timestamp": at, **_browser(event)},
        "CLICK": {"timestamp": at, **_browser(event), "link": str(event.details.get("url", "")), "linkTags": None},
        "RENDERING_FAILURE": {"templateName": message.template, "errorMessage": event.reason},
        "DELIVERY_DELAY": {
            "timestamp": at,
            "delayType": "General",
            "delayedRecipients": [{"emailAddress": each, "status": event.status} for each in recipients],
        },
        "SUBSCRIPTION": {"contactList": "", "timestamp": at, "source": "UnsubscribeHeader"},
    }
    return documents.get(kind, {})


def _bounce(event: SenderEvent, at: str, recipients: Sequence[str]) -> Document:
    kind, subtype = bounce_type(event)
    failed = (
        {"action": "failed", "status": event.status, "diagnosticCode": diagnostic_of(event)} if event.status else {}
    )
    return {
        "feedbackId": event.id,
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": each, **failed} for each in recipients],
        "timestamp": at,
        "reportingMTA": "dns; a8-77.smtp-out.amazonses.com",
    }


def _browser(event: SenderEvent) -> dict[str, Any]:
    return {
        "ipAddress": str(event.details.get("ip", "127.0.0.1")),
        "userAgent": str(event.details.get("user_agent", "")),
    }


def _operation(name: str) -> str:
    """Return AWS's name of the operation that sent a message."""
    if name.startswith("v1."):
        return "".join(word.capitalize() for word in name.removeprefix("v1.").split("_"))
    return {"email.send": "SendEmail", "email.send_bulk": "SendBulkEmail"}.get(name, name)
