"""`/v3/messages` and `/v3/logs`: what was sent, one row for each recipient (docs/wire/sendgrid.md 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from mockmail.core.senders.records import Recipient, SenderEvent, SentMessage
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import MessageQuery
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import not_found
from mockmail.vendors.sendgrid.notices import event_document, ids_of, name_of, recipient_id, told
from mockmail.vendors.sendgrid.query import Query

Document = dict[str, Any]

MOST_SEARCHED = 10_000
"""The newest recipients of messages that a query looks at."""

LOG_STATES = {
    "accepted": "processed",
    "scheduled": "processed",
    "cancelled": "dropped",
    "suppressed": "dropped",
    "failed": "dropped",
    "bounced": "bounced",
}
"""The status of a recipient in a log; every other one is delivered."""


class _Sent:
    """A message with its events, which are read once."""

    def __init__(self, call: SendGridCall, message: SentMessage) -> None:
        self.message = message
        self._call = call
        self._events: dict[str, list[SenderEvent]] | None = None

    def events(self, recipient: Recipient) -> list[SenderEvent]:
        """Return the events of a recipient that SendGrid tells."""
        if self._events is None:
            self._events = {}
            for event in told(self._call.records(SenderEvent).find("message", self.message.id)):
                self._events.setdefault(event.recipient.lower(), []).append(event)
        return self._events.get(recipient.address.lower(), [])

    def last_time(self, recipient: Recipient) -> str:
        """Return the time of the last event of a recipient."""
        events = self.events(recipient)
        return events[-1].at if events else self.message.at


def index(call: SendGridCall, params: MessageQuery) -> Document:
    """List the recipients of messages that a query finds, the newest first."""
    return {"messages": [_activity(sent, each) for sent, each in _found(call, params, _activity_status)]}


def show(call: SendGridCall, params: None) -> Document:
    """Return a message at one recipient, with its events."""
    sent, recipient = _find(call, call.path["message"], "message_id")
    events = [_activity_event(sent.message, event) for event in sent.events(recipient)]
    return {**_common(sent.message, recipient, "msg_id", _activity_status(recipient)), "events": events}


def search_logs(call: SendGridCall, params: MessageQuery) -> Document:
    """Search the logs: the recipients of messages that a query finds, the newest first."""
    return {"messages": [_log(sent, each) for sent, each in _found(call, params, _log_status)]}


def show_log(call: SendGridCall, params: None) -> Document:
    """Return the log of a message at one recipient, with the events that webhooks are told."""
    sent, recipient = _find(call, call.path["message"], "sg_message_id")
    message = sent.message
    ids = ids_of(message)
    events = [event_document(message, event, ids) for event in sent.events(recipient)]
    return {**_common(message, recipient, "sg_message_id", _log_status(recipient)), "events": events}


def _found(
    call: SendGridCall, params: MessageQuery, status: Callable[[Recipient], str]
) -> Iterator[tuple[_Sent, Recipient]]:
    query = Query(params.query)
    newest = (_Sent(call, message) for message in islice(reversed(call.records(SentMessage)), MOST_SEARCHED))
    rows = ((sent, recipient) for sent in newest for recipient in sent.message.recipients)
    if query.is_empty:
        return islice(rows, params.limit)

    def fields(sent: _Sent, recipient: Recipient) -> Document:
        common = _common(sent.message, recipient, "msg_id", status(recipient))
        last = sent.last_time(recipient) if "last_event_time" in query.fields else sent.message.at
        more = {"sg_message_id": common["msg_id"], "last_event_time": last, "categories": list(sent.message.tags)}
        return {**common, **more}

    searched = islice(rows, MOST_SEARCHED)
    return islice((row for row in searched if query.fits(fields(*row))), params.limit)


def _find(call: SendGridCall, message_id: str, field: str) -> tuple[_Sent, Recipient]:
    request = message_id.partition(".")[0]
    for message in call.records(SentMessage).find("request", request):
        for recipient in message.recipients:
            if recipient_id(message, recipient) == message_id:
                return _Sent(call, message), recipient
    raise not_found("not found", field)


def _common(message: SentMessage, recipient: Recipient, id_field: str, status: str) -> Document:
    details = message.details
    return {
        "from_email": message.sender,
        id_field: recipient_id(message, recipient),
        "subject": message.subject,
        "to_email": recipient.address,
        "status": status,
        **({"template_id": message.template} if message.template else {}),
        **({"asm_group_id": details["asm_group_id"]} if "asm_group_id" in details else {}),
        "api_key_id": details.get("api_key_id", ""),
    }


def _activity(sent: _Sent, recipient: Recipient) -> Document:
    message, kinds = sent.message, [event.kind for event in sent.events(recipient)]
    return {
        "from_email": message.sender,
        "msg_id": recipient_id(message, recipient),
        "subject": message.subject,
        "to_email": recipient.address,
        "status": _activity_status(recipient),
        "opens_count": kinds.count("opened"),
        "clicks_count": kinds.count("clicked"),
        "last_event_time": _time(sent.last_time(recipient)),
    }


def _activity_status(recipient: Recipient) -> str:
    status = _log_status(recipient)
    return status if status in ("processed", "delivered") else "not_delivered"


def _activity_event(message: SentMessage, event: SenderEvent) -> Document:
    return {
        "event_name": name_of(message, event),
        "processed": _time(event.at),
        **({"reason": event.reason} if event.kind in ("bounced", "suppressed", "failed", "deferred") else {}),
        **({"url": event.details["url"]} if "url" in event.details else {}),
    }


def _log(sent: _Sent, recipient: Recipient) -> Document:
    message, status = sent.message, _log_status(recipient)
    failed = [] if status in ("processed", "delivered") else sent.events(recipient)
    return {
        "from_email": message.sender,
        "sg_message_id": recipient_id(message, recipient),
        "subject": message.subject,
        "to_email": recipient.address,
        "reason": failed[-1].reason if failed else "",
        "status": status,
        "sg_message_id_created_at": _time(message.at),
    }


def _log_status(recipient: Recipient) -> str:
    return LOG_STATES.get(recipient.state, "delivered")


def _time(text: str) -> str:
    return f"{read_timestamp(text):%Y-%m-%dT%H:%M:%SZ}"
