"""`/messages/outbound`: what was sent, newest first (docs/wire/postmark.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.core.senders.sending import content_of, raw_of
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.dialect import DIALECT
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.paging import is_between, page
from mockmail.vendors.postmark.parameters import MessageSearch
from mockmail.vendors.postmark.records import Bounce
from mockmail.vendors.postmark.views import event_document, message_document

METADATA = "metadata_"


def index(call: PostmarkCall, params: MessageSearch) -> Any:
    """List the messages that the server sent."""
    wanted = {
        name[len(METADATA) :].lower(): values[-1]
        for name, values in DIALECT.query(call.request).items()
        if name.lower().startswith(METADATA)
    }
    conditions = _conditions(params, wanted)
    found = [message for message in of_server(call) if all(condition(message) for condition in conditions)]
    shown = page(params, found)
    return {"TotalCount": len(found), "Messages": [message_document(message) for message in shown]}


def details(call: PostmarkCall, params: None) -> Any:
    """Return one message with its bodies, its source and its events."""
    message = find_message(call)
    content = content_of(call.world, message)
    bounces = call.records(Bounce)
    return {
        "TextBody": _lines(content.text),
        "HtmlBody": _lines(content.html),
        "Body": content.raw.decode("utf-8", "replace"),
        **message_document(message),
        "MessageEvents": [
            event_document(event, bounces.first("event", event.id))
            for event in call.records(SenderEvent).find("message", message.id)
        ],
    }


def dump(call: PostmarkCall, params: None) -> Any:
    """Return the source of one message; empty if it is gone."""
    return {"Body": raw_of(call.world, find_message(call)).decode("utf-8", "replace")}


def of_server(call: PostmarkCall) -> list[SentMessage]:
    """Return the messages of the calling server, newest first."""
    server = call.caller.server.id
    return [message for message in reversed(list(call.records(SentMessage))) if message.details["server"] == server]


def _conditions(params: MessageSearch, metadata: dict[str, str]) -> list[Callable[[SentMessage], bool]]:
    """Return the conditions that a search has, and no others: there may be many messages."""
    recipient, sender, subject = params.recipient.lower(), params.sender.lower(), params.subject.lower()
    stream, status = params.stream.lower(), params.status.lower()
    return [
        condition
        for is_given, condition in (
            (recipient, lambda each: any(recipient in to.address.lower() for to in each.recipients)),
            (sender, lambda each: sender in each.sender.lower()),
            (subject, lambda each: subject in each.subject.lower()),
            (params.tag, lambda each: params.tag in each.tags),
            (status, lambda _: status in ("sent", "processed")),
            (stream, lambda each: stream == each.details["stream"].lower()),
            (metadata, lambda each: metadata.items() <= {name.lower(): v for name, v in each.metadata.items()}.items()),
            (params.since or params.until, lambda each: is_between(each.at, params.since, params.until)),
        )
        if is_given
    ]


def find_message(call: PostmarkCall) -> SentMessage:
    """Return the message in the path. Raise PostmarkError (701)."""
    message = call.records(SentMessage).get(call.path["message"].lower())
    if message is None or message.details["server"] != call.caller.server.id:
        raise PostmarkError("This message was not found.", code=701)
    return message


def _lines(text: str) -> str | None:
    return text.replace("\r\n", "\n").removesuffix("\n") or None
