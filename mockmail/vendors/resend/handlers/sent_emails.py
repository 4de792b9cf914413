"""`/emails` and `/emails/{email}`: reading what was sent, and changing what is scheduled (docs/wire/resend.md 5)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.core.senders.sending import cancel as cancel_message
from mockmail.core.senders.sending import content_of, reschedule
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import ResendError, missing, not_found
from mockmail.vendors.resend.paging import Page, list_document, uuid_in
from mockmail.vendors.resend.parameters import EmailChange
from mockmail.vendors.resend.scheduling import due_at
from mockmail.vendors.resend.views import Document, email_document


def index(call: ResendCall, params: Page) -> Document:
    """List the emails that were sent."""
    return list_document(
        params,
        reversed(call.records(SentMessage)),
        lambda message: email_document(message, _last_event(call, message)),
        lambda message: message.id,
    )


def show(call: ResendCall, params: None) -> Document:
    """Return one email with its bodies."""
    message = find_email(call)
    return email_document(message, _last_event(call, message), content_of(call.world, message))


def edit(call: ResendCall, params: EmailChange) -> Document:
    """Change the time of a scheduled email."""
    message = _scheduled(call)
    if params.scheduled_at is None:
        raise missing("scheduled_at")
    reschedule(call.world, call.vendor, message, due_at(params.scheduled_at, call.world.clock.now()))
    return {"object": "email", "id": message.id}


def cancel(call: ResendCall, params: None) -> Document:
    """Cancel a scheduled email."""
    message = cancel_message(call.world, call.vendor, _scheduled(call))
    return {"object": "email", "id": message.id}


def find_email(call: ResendCall) -> SentMessage:
    """Return the email that the path names. Raise ResendError."""
    message = call.records(SentMessage).get(uuid_in(call.path["email"]))
    if message is None:
        raise not_found("Email")
    return message


def _scheduled(call: ResendCall) -> SentMessage:
    message = find_email(call)
    if not message.is_scheduled:
        raise ResendError("The email is not scheduled.")
    return message


def _last_event(call: ResendCall, message: SentMessage) -> Any:
    events = call.records(SenderEvent).find("message", message.id)
    return events[-1].kind if events else message.recipients[0].state
