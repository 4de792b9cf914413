"""`/_mockmail/messages`: list, show, wait for and remove messages."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, Timeout, TimeoutStatus, route
from mockmail.core.errors import InvalidValue, Problem, WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message, MessageDetails, MessageSummary
from mockmail.core.mail.store import MailStore
from mockmail.server.slices import count_in_slices, in_slices, search_in_slices
from mockmail.server.waiting import wait_for

MOST_LISTED = 1000


class MessageCriteria(Fields, frozen=True, kw_only=True):
    """The criteria for messages; a message must match every given field."""

    query: Annotated[
        str | None,
        Meta(description="words, `to:` `from:` `subject:` terms, quotes, and `-` in front of what to exclude"),
    ] = None
    to: Annotated[str | None, Meta(description="a recipient's address, or a part of one")] = None
    from_: Annotated[str | None, Meta(description="a sender's address, or a part of one")] = field(
        name="from", default=None
    )
    subject: Annotated[str | None, Meta(description="a part of the subject")] = None
    text: Annotated[str | None, Meta(description="words of the body")] = None
    after: Annotated[str | None, Meta(description="the id of a message; only messages that arrived after it match")] = (
        None
    )


class MessageQuery(MessageCriteria, frozen=True, kw_only=True):
    """Which messages to list."""

    limit: Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many messages to list")] = 50


class WaitBody(MessageCriteria, frozen=True, kw_only=True):
    """Which messages to wait for, and for how long."""

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
    mail = request.world.mail
    criteria = criteria_of(mail, query)
    cursors = await search_in_slices(mail, criteria, limit=query.limit, newest_first=True)
    total = len(cursors) if len(cursors) < query.limit else await count_in_slices(mail, criteria)
    found = [mail.summary(cursor) async for cursor in in_slices(cursors)]
    return ControlResponse(MessageList(total=total, messages=[summary for summary in found if summary is not None]))


@route(
    "GET",
    "messages/{id}",
    responses={200: "The message.", 404: "There is no such message."},
    returns=MessageDetails,
)
async def show_message(request: ControlRequest) -> ControlResponse:
    """Show everything about one message."""
    return ControlResponse(_message(request).details())


@route(
    "GET",
    "messages/{id}/raw",
    responses={200: "The bytes of the message.", 404: "There is no such message."},
    returns=bytes,
    media_type="message/rfc822",
)
async def show_raw(request: ControlRequest) -> ControlResponse:
    """Return a message's bytes exactly as received, as a file that a browser saves and does not run."""
    message = _message(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{message.id}.eml"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return ControlResponse(message.raw, content_type="message/rfc822", headers=headers)


@route("DELETE", "messages/{id}", responses={204: "Done.", 404: "There is no such message."})
async def remove_message(request: ControlRequest) -> ControlResponse:
    """Remove one message."""
    if not request.world.mail.remove(request.path["id"]):
        raise _no_message(request)
    return ControlResponse(status=204)


@route("DELETE", "messages", returns=Removed)
async def clear_messages(request: ControlRequest) -> ControlResponse:
    """Remove all messages of the sandbox."""
    return ControlResponse(Removed(removed=request.world.mail.clear()))


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
async def wait_for_messages(request: ControlRequest) -> ControlResponse:
    """Respond when enough messages match, or with `timeout_status` after the timeout."""
    body: WaitBody = request.body
    mail = request.world.mail
    criteria = criteria_of(mail, body)
    try:
        cursors = await wait_for(mail, criteria, count=body.count, timeout=body.timeout, waits=request.waits)
    except WaitTimeout as error:
        if body.timeout_status == 204:  # noqa: PLR2004  # it has no body
            return ControlResponse(status=204)
        raise Problem(408, str(error)) from error
    except WaitEnded as error:
        raise Problem(410, str(error)) from error
    messages = [message.details() async for cursor in in_slices(cursors) if (message := mail.at(cursor)) is not None]
    return ControlResponse(FoundMessages(total=len(messages), messages=messages))


def criteria_of(mail: MailStore, given: MessageCriteria) -> Criteria:
    """Return the criteria that are described. Raise InvalidValue if `after` is the id of no message."""
    cursor = 0
    if given.after:
        message = mail.get(given.after)
        if message is None:
            raise InvalidValue(f"after: there is no message {given.after[:80]!r}")
        cursor = message.cursor
    return Criteria(
        to=given.to, sender=given.from_, subject=given.subject, text=given.text, query=given.query, after=cursor
    )


def _message(request: ControlRequest) -> Message:
    message = request.world.mail.get(request.path["id"])
    if message is None:
        raise _no_message(request)
    return message


def _no_message(request: ControlRequest) -> Problem:
    return Problem(404, f"there is no message {request.path['id'][:80]!r} in the sandbox {request.sandbox!r}")


ROUTES = (list_messages, clear_messages, wait_for_messages, show_message, remove_message, show_raw)
