"""`/messages/outbound/opens` and `/clicks`, newest first (docs/wire/postmark.md 6)."""

from __future__ import annotations

from typing import Any, Literal

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.handlers.messages import find_message
from mockmail.vendors.postmark.paging import page
from mockmail.vendors.postmark.parameters import Page, TrackingSearch
from mockmail.vendors.postmark.webhook_documents import click_document, open_document

Pair = tuple[SenderEvent, SentMessage]


def opens(call: PostmarkCall, params: TrackingSearch) -> Any:
    """List the openings of the server's messages."""
    return _opens(params, _found(call, "opened", params))


def opens_of_message(call: PostmarkCall, params: Page) -> Any:
    """List the openings of one message."""
    return _opens(params, _of_message(call, "opened"))


def clicks(call: PostmarkCall, params: TrackingSearch) -> Any:
    """List the clicks on links in the server's messages."""
    return _clicks(params, _found(call, "clicked", params))


def clicks_of_message(call: PostmarkCall, params: Page) -> Any:
    """List the clicks on links in one message."""
    return _clicks(params, _of_message(call, "clicked"))


def _opens(params: Page, found: list[Pair]) -> Any:
    firsts: dict[tuple[str, str], str] = {}
    for event, _ in reversed(found):
        firsts.setdefault((event.message, event.recipient.lower()), event.id)
    shown = [
        open_document(message, event, firsts[event.message, event.recipient.lower()] == event.id)
        for event, message in page(params, found)
    ]
    return {"TotalCount": len(found), "Opens": shown}


def _clicks(params: Page, found: list[Pair]) -> Any:
    shown = [click_document(message, event) for event, message in page(params, found)]
    return {"TotalCount": len(found), "Clicks": shown}


def _found(call: PostmarkCall, kind: Literal["opened", "clicked"], params: TrackingSearch) -> list[Pair]:
    messages, server = call.records(SentMessage), call.caller.server.id
    pairs = [(event, messages.get(event.message)) for event in reversed(call.records(SenderEvent).find("kind", kind))]
    return [
        (event, message)
        for event, message in pairs
        if message is not None
        and message.details["server"] == server
        and params.recipient.lower() in event.recipient.lower()
        and (not params.tag or params.tag in message.tags)
        and params.stream.lower() in ("", message.details["stream"].lower())
    ]


def _of_message(call: PostmarkCall, kind: Literal["opened", "clicked"]) -> list[Pair]:
    message = find_message(call)
    events = call.records(SenderEvent).find("message", message.id)
    return [(event, message) for event in reversed(events) if event.kind == kind]
