"""`/v3/smtp/emails`, `/emailStatus` and `/log`: reading, cancelling and forgetting (docs/wire/brevo.md 4, 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockmail.core.senders.records import Recipient, SenderEvent, SentMessage
from mockmail.core.senders.sending import cancel as cancel_message
from mockmail.core.senders.sending import content_of
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.errors import BrevoError, missing, not_found
from mockmail.vendors.brevo.notices import event_name
from mockmail.vendors.brevo.paging import Between, in_order, is_ascending
from mockmail.vendors.brevo.parameters import EmailSearch, ScheduleSearch
from mockmail.vendors.brevo.views import UUID, Document, email_document, schedule_document, timestamp
from mockmail.wire.json_dialect import JsonResponse

NO_CONTENT = JsonResponse(None, 204)


def index(call: BrevoCall, params: EmailSearch) -> Document:
    """List what was sent to an address, with a template, or as one message."""
    between, wanted = Between(params.start_date, params.end_date), params.email.lower()
    found = [
        email_document(message, recipient)
        for message in _found(call, params)
        if not message.is_test and between.has(message.at)
        for recipient in message.recipients
        if wanted in ("", recipient.address.lower())
    ]
    return {"count": len(found), "transactionalEmails": found[params.offset : params.offset + params.limit]}


def show(call: BrevoCall, params: None) -> Document:
    """Return what one recipient got, with its events."""
    message, recipient = _of_recipient(call)
    content = content_of(call.world, message)
    document = {
        "email": recipient.address,
        "subject": message.subject,
        "date": timestamp(message.at),
        "events": [
            {"name": event_name(event).log, "time": timestamp(event.at)}
            for event in call.records(SenderEvent).find("message", message.id)
            if event.recipient.lower() == recipient.address.lower()
        ],
        "body": content.html.replace("\r\n", "\n").removesuffix("\n"),
        "attachmentCount": len(content.attachments),
    }
    return {**document, "templateId": int(message.template)} if message.template else document


def schedule_status(call: BrevoCall, params: ScheduleSearch) -> Document:
    """Return the state of a scheduled message, or of the messages of a batch."""
    messages = [message for message in _scheduled(call) if message.recipients[0].state != "cancelled"]
    if not messages:
        raise not_found("Scheduled email")
    documents = {message.at: schedule_document(message) for message in messages}
    if messages[0].id != call.path["identifier"]:
        return _batches(params, documents)
    return documents[messages[0].at]


def cancel(call: BrevoCall, params: None) -> Any:
    """Cancel a scheduled message, or the messages of a batch."""
    waiting = [message for message in _scheduled(call) if message.is_scheduled]
    if not waiting:
        raise not_found("Scheduled email")
    for message in waiting:
        cancel_message(call.world, call.vendor, message)
    return NO_CONTENT


def forget(call: BrevoCall, params: None) -> Any:
    """Remove the events of a message, or those of an address; messages without any are removed too."""
    name = call.path["identifier"]
    events, messages = call.records(SenderEvent), call.records(SentMessage)
    found = events.find("message", name) or events.find("recipient", name.lower())
    if not found and messages.get(name) is None:
        raise not_found("Log")
    for event in found:
        events.remove(event.id)
    for message_id in dict.fromkeys([event.message for event in found] or [name]):
        if not events.count("message", message_id):
            messages.remove(message_id)
    return NO_CONTENT


def _found(call: BrevoCall, params: EmailSearch) -> Iterable[SentMessage]:
    ascending, messages = is_ascending(params), call.records(SentMessage)
    if params.message_id:
        message = messages.get(params.message_id)
        return [] if message is None else [message]
    if params.email:
        events = call.records(SenderEvent).find("recipient", params.email.lower())
        ids = list(dict.fromkeys(event.message for event in events))
        found = map(messages.get, ids if ascending else reversed(ids))
        return [message for message in found if message is not None and _has_template(message, params.template_id)]
    if params.template_id is None:
        raise missing("Either email, templateId or messageId is mandatory")
    return (each for each in in_order(messages, ascending=ascending) if _has_template(each, params.template_id))


def _has_template(message: SentMessage, template_id: int | None) -> bool:
    return template_id is None or message.template == str(template_id)


def _of_recipient(call: BrevoCall) -> tuple[SentMessage, Recipient]:
    uuid = call.path["uuid"].lower()
    if UUID.fullmatch(uuid):
        message, number = call.records(SentMessage).first("request", f"{uuid[:-4]}0000"), int(uuid[-4:], 16)
        if message is not None and not message.is_test and number < len(message.recipients):
            return message, message.recipients[number]
    raise not_found("Email")


def _scheduled(call: BrevoCall) -> list[SentMessage]:
    """Return the messages in the path that have a time, those that are sent included."""
    name, messages = call.path["identifier"], call.records(SentMessage)
    if UUID.fullmatch(name.lower()):
        return messages.find("batch", name.lower())
    message = messages.get(name)
    return [] if message is None or message.scheduled_at is None else [message]


def _batches(params: ScheduleSearch, documents: dict[str, Document]) -> Document:
    if params.status not in ("", "queued", "processed", "inProgress", "error"):
        raise BrevoError("status is not valid")
    between = Between(params.start_date, params.end_date)
    found = [
        document for at, document in documents.items() if params.status in ("", document["status"]) and between.has(at)
    ]
    if not is_ascending(params):
        found.reverse()
    return {"count": len(found), "batches": found[params.offset : params.offset + params.limit]}
