"""`/_mockmail/messages`: list, show, wait for and remove messages."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta

from mockmail.control import message_content, message_files, message_marks
from mockmail.control.listing import list_response
from mockmail.control.message_criteria import (
    MessageCriteria,
    criteria_of,
    cursor_of,
    has_criteria,
    message_of,
    no_message,
)
from mockmail.control.outcomes import add_message_event
from mockmail.control.route import (
    ControlRequest,
    ControlResponse,
    Fields,
    Removed,
    Timeout,
    TimeoutStatus,
    answer_timeouts,
    route,
)
from mockmail.core.errors import Problem
from mockmail.core.mail.message import MessageDetails, MessageSummary
from mockmail.server.slices import count_in_slices, in_slices, remove_in_slices, search_in_slices
from mockmail.server.waiting import wait_for

MOST_LISTED = 1000


class MessageQuery(MessageCriteria, frozen=True, kw_only=True):
    """The messages to list."""

    limit: Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many messages to list")] = 50
    before: Annotated[
        str | None, Meta(description="the id of a message; only messages that arrived before it match")
    ] = None


class WaitBody(MessageCriteria, frozen=True, kw_only=True):
    """The messages to wait for, and the timeout."""

    count: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="how many messages to wait for")] = 1
    timeout: Timeout = 5.0
    timeout_status: TimeoutStatus = 408


class MessageList(Fields, frozen=True, kw_only=True):
    """Messages, newest first. total: how many match."""

    total: int
    messages: list[MessageSummary]


class FoundMessages(Fields, frozen=True, kw_only=True):
    """The messages that were waited for, in order of arrival. total: how many there are."""

    total: int
    messages: list[MessageDetails]


@route(
    "GET",
    "messages",
    query=MessageQuery,
    responses={200: "The messages, and `total`: how many match."},
    returns=MessageList,
)
async def list_messages(request: ControlRequest) -> ControlResponse:
    """List messages, newest first."""
    query: MessageQuery = request.query
    mail, turns = request.world.mail, request.turns
    criteria = criteria_of(mail, query)
    if query.before:
        criteria = replace(criteria, before=cursor_of(mail, "before", query.before))
    cursors = await search_in_slices(mail, criteria, turns, limit=query.limit, newest_first=True)
    total = len(cursors) if len(cursors) < query.limit else await count_in_slices(mail, criteria, turns)
    found = (mail.summary(cursor) async for cursor in in_slices(cursors, turns))
    return await list_response(total, "messages", (summary async for summary in found if summary is not None))


@route(
    "GET",
    "messages/{id}",
    responses={200: "The message.", 404: "There is no such message."},
    returns=MessageDetails,
)
async def show_message(request: ControlRequest) -> ControlResponse:
    """Show everything about one message."""
    message = message_of(request)
    path = f"messages/{message.id}/html"
    key = request.key(path)
    return ControlResponse(msgspec.structs.replace(message.details(), preview=f"{path}?key={key}" if key else path))


@route(
    "GET",
    "messages/{id}/raw",
    responses={200: "The bytes of the message.", 404: "There is no such message."},
    returns=bytes,
    media_type="message/rfc822",
)
async def show_raw(request: ControlRequest) -> ControlResponse:
    """Return a message's bytes exactly as received, as a file that a browser saves and does not run."""
    message = message_of(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{message.id}.eml"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return ControlResponse(message.raw, content_type="message/rfc822", headers=headers)


class PreviewQuery(Fields, frozen=True, kw_only=True):
    """The key with which a frame reads a preview without the control token."""

    key: Annotated[str, Meta(description="the key in `preview` of the message, in place of the token")] = ""


@route(
    "GET",
    "messages/{id}/html",
    query=PreviewQuery,
    responses={200: "The HTML.", 404: "There is no such message."},
    returns=bytes,
    media_type="text/html",
)
async def show_html(request: ControlRequest) -> ControlResponse:
    """Return a message's HTML with its inline images; nothing in it runs, and nothing is loaded from outside."""
    from mockmail.core.mail.preview import POLICY, preview

    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-DNS-Prefetch-Control": "off",
    }
    return ControlResponse(preview(message_of(request)), content_type="text/html; charset=utf-8", headers=headers)


class PartFacts(Fields, frozen=True, kw_only=True):
    """A part of a message. size, sha256: of the decoded content. disposition: empty without a Content-Disposition."""

    number: int
    content_type: str
    disposition: str
    filename: str | None
    content_id: str | None
    size: int
    sha256: str


class PartList(Fields, frozen=True, kw_only=True):
    """The parts of a message in order, without the containers of parts."""

    parts: list[PartFacts]


@route("GET", "messages/{id}/parts", responses={200: "The parts.", 404: "There is no such message."}, returns=PartList)
async def list_parts(request: ControlRequest) -> ControlResponse:
    """List the parts of a message, with the size and the hash of each."""
    found = [
        PartFacts(
            number=number,
            content_type=part.content_type,
            disposition=part.disposition,
            filename=part.filename,
            content_id=part.content_id,
            size=len(part.content),
            sha256=sha256(part.content).hexdigest(),
        )
        for number, part in enumerate(message_of(request).parts, 1)
    ]
    return ControlResponse(PartList(parts=found))


@route(
    "GET",
    "messages/{id}/parts/{number}",
    responses={200: "The bytes, with the media type of the part.", 404: "There is no such message, or no such part."},
    returns=bytes,
    media_type="*/*",
)
async def show_part(request: ControlRequest) -> ControlResponse:
    """Return the decoded bytes of a part, as a file that a browser saves and does not run."""
    parts = message_of(request).parts
    number = request.path["number"]
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:9]) <= len(parts)):
        raise Problem(404, f"the message has no part {number[:80]!r}; it has {len(parts)}, counted from 1")
    part = parts[int(number[:9]) - 1]
    headers = {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return ControlResponse(part.content, content_type=part.content_type, headers=headers)


@route("DELETE", "messages/{id}", responses={204: "Done.", 404: "There is no such message."})
async def remove_message(request: ControlRequest) -> ControlResponse:
    """Remove one message."""
    if not request.world.mail.remove(request.path["id"]):
        raise no_message(request)
    return ControlResponse(status=204)


@route("DELETE", "messages", query=MessageCriteria, returns=Removed)
async def remove_messages(request: ControlRequest) -> ControlResponse:
    """Remove the messages that match, or, without a query, all messages of the sandbox."""
    mail = request.world.mail
    if not has_criteria(request.query):
        return ControlResponse(Removed(removed=mail.clear()))
    cursors = await search_in_slices(mail, criteria_of(mail, request.query), request.turns, limit=len(mail))
    return ControlResponse(Removed(removed=await remove_in_slices(mail, cursors, request.turns)))


@route(
    "POST",
    "messages/wait",
    body=WaitBody,
    responses={
        200: "The messages.",
        204: "Too few messages matched in time, and `timeout_status` is 204.",
        408: "Too few messages matched in time.",
        410: "The sandbox was deleted, or the server stopped.",
    },
    returns=FoundMessages,
    example={"to": "jane@example.com", "subject": "Welcome", "count": 1, "timeout": 10},
)
@answer_timeouts
async def wait_for_messages(request: ControlRequest) -> ControlResponse:
    """Respond when enough messages match, or with `timeout_status` after the timeout."""
    body: WaitBody = request.body
    mail, turns = request.world.mail, request.turns
    criteria = criteria_of(mail, body)
    cursors = await wait_for(mail, criteria, turns, count=body.count, timeout=body.timeout, waits=request.waits)
    kept = [cursor for cursor in cursors if mail.has(cursor)]
    found = (mail.at(cursor) async for cursor in in_slices(kept, turns))
    details = (message.details() async for message in found if message is not None)
    return await list_response(len(kept), "messages", details)


ROUTES = (
    list_messages,
    remove_messages,
    wait_for_messages,
    show_message,
    remove_message,
    show_raw,
    show_html,
    list_parts,
    show_part,
    add_message_event,
    *message_content.ROUTES,
    *message_marks.ROUTES,
    *message_files.ROUTES,
)
