"""`/v3/mail/batch` and `/v3/user/scheduled_sends`: holding scheduled messages (docs/wire/sendgrid.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Literal

from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders.lifecycle import new_event, record
from mockmail.core.senders.records import SentMessage
from mockmail.core.senders.sending import cancel, reschedule
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import NewScheduledSend, StatusChange
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.vendors.sendgrid.records import Batch
from mockmail.wire.json_dialect import JsonResponse

Document = dict[str, Any]

CHANGED_AT_ONCE = 100
"""The messages that are held or resumed before the event loop does other work."""

LONGEST_PAUSE = timedelta(hours=72)
NO_CONTENT = JsonResponse(None, 204)


def create_batch(call: SendGridCall, params: None) -> Any:
    """Make a batch id."""
    batch = call.records(Batch).put(Batch(id=call.world.ids.token(36)))
    return JsonResponse({"batch_id": batch.id}, 201)


def show_batch(call: SendGridCall, params: None) -> Document:
    """Return a batch id, if it is valid."""
    return {"batch_id": _find(call).id}


def create(call: SendGridCall, params: NewScheduledSend) -> Any:
    """Hold the messages of a batch: pause or cancel them."""
    status = _status(params.status)
    batch = call.records(Batch).get(params.batch_id)
    if batch is None:
        raise SendGridError("invalid batch id", "batch_id")
    if batch.status:
        text = "a status has already been set for this batch id, try PATCH to update the current status"
        raise SendGridError(text, "batch_id")
    call.records(Batch).put(batch.replace(status=status))
    messages = [each for each in call.records(SentMessage).find("batch", batch.id) if each.is_scheduled]

    def hold(message: SentMessage) -> None:
        cancel(call.world, call.vendor, message)

    return _each(messages, hold, JsonResponse({"batch_id": batch.id, "status": status}, 201))


def index(call: SendGridCall, params: None) -> list[Document]:
    """List the batches that are paused or cancelled."""
    return [_document(batch) for batch in call.records(Batch) if batch.status]


def show(call: SendGridCall, params: None) -> list[Document]:
    """Return the status of a batch, in a list; an empty list if it has none."""
    batch = _find(call)
    return [_document(batch)] if batch.status else []


def edit(call: SendGridCall, params: StatusChange) -> Any:
    """Change the status of a batch that has one."""
    batch = _held(call)
    call.records(Batch).put(batch.replace(status=_status(params.status)))
    return NO_CONTENT


def delete(call: SendGridCall, params: None) -> Any:
    """Resume the messages of a batch; those that were cancelled, and whose time is past, stay so."""
    batch, now = _held(call), call.world.clock.now()
    call.records(Batch).put(batch.replace(status=""))
    late = LONGEST_PAUSE if batch.status == "pause" else timedelta(0)
    messages = [
        message
        for message in call.records(SentMessage).find("batch", batch.id)
        if message.recipients[0].state == "cancelled"
        and message.scheduled_at is not None
        and read_timestamp(message.scheduled_at) + late > now
    ]

    def resume(message: SentMessage) -> None:
        scheduled = record(call.world, call.vendor, message, [new_event(call.world, message, "scheduled")])
        reschedule(call.world, call.vendor, scheduled, max(read_timestamp(message.scheduled_at or ""), now))

    return _each(messages, resume, NO_CONTENT)


def _each(messages: Sequence[SentMessage], change: Callable[[SentMessage], None], response: Any) -> Any:
    """Change messages, some at once, then respond."""
    for message in messages[:CHANGED_AT_ONCE]:
        change(message)
    if len(messages) > CHANGED_AT_ONCE:
        return Continue(then=lambda: _each(messages[CHANGED_AT_ONCE:], change, response))
    return response


def _find(call: SendGridCall) -> Batch:
    batch = call.records(Batch).get(call.path["batch"])
    if batch is None:
        raise SendGridError("invalid batch id")
    return batch


def _held(call: SendGridCall) -> Batch:
    batch = call.records(Batch).get(call.path["batch"])
    if batch is None or not batch.status:
        raise not_found("batch id not found")
    return batch


def _status(text: str) -> Literal["pause", "cancel"]:
    if text == "pause":
        return "pause"
    if text == "cancel":
        return "cancel"
    raise SendGridError("status must be either cancel or pause", "status")


def _document(batch: Batch) -> Document:
    return {"batch_id": batch.id, "status": batch.status}
