"""`/_mockmail/messages`: what was sent."""

from __future__ import annotations

from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.control.waiting import wait_for
from mockmail.core.errors import Problem, WaitEnded, WaitTimeout
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message

MOST_LISTED = 1000
MOST_SECONDS = 600.0

_QUERY = Parameter(name="query", help="words, `to:` `from:` `subject:` terms, quotes, `-` before what must not be")
_AFTER = Parameter(name="after", help="only what came after the message of this id")
_CRITERIA = (
    _QUERY,
    Parameter(name="to", help="a recipient's address, or a part of one"),
    Parameter(name="from", help="a sender's address, or a part of one"),
    Parameter(name="subject", help="a part of the subject"),
    Parameter(name="text", help="words of the body"),
    _AFTER,
)
_WAIT = (
    *_CRITERIA,
    Parameter(name="count", help="how many messages to wait for, at most 1000", kind="integer", default=1),
    Parameter(name="timeout", help="for how many seconds, at most 600", kind="number", default=5.0),
)


async def list_messages(ask: ControlRequest) -> ControlResponse:
    """Newest first."""
    criteria = _criteria(ask, ask.query)
    limit = ask.whole("limit", 50, 0, MOST_LISTED)
    mail = ask.world.mail
    messages = mail.find(criteria, limit=limit, newest_first=True)
    return ControlResponse({"total": mail.count(criteria), "messages": [message.summary() for message in messages]})


async def show_message(ask: ControlRequest) -> ControlResponse:
    """All that is known of one message."""
    return ControlResponse(_message(ask).details())


async def show_raw(ask: ControlRequest) -> ControlResponse:
    """A message's bytes, exactly as they were received; never anything that a browser would run."""
    message = _message(ask)
    headers = {
        "Content-Disposition": f'attachment; filename="{message.id}.eml"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return ControlResponse(message.raw, content_type="message/rfc822", headers=headers)


async def remove_message(ask: ControlRequest) -> ControlResponse:
    """Forget one message."""
    if not ask.world.mail.remove(ask.path["id"]):
        raise _no_message(ask)
    return ControlResponse(status=204)


async def clear_messages(ask: ControlRequest) -> ControlResponse:
    """Forget all messages of the sandbox."""
    return ControlResponse({"removed": ask.world.mail.clear()})


async def wait_for_messages(ask: ControlRequest) -> ControlResponse:
    """Answer when enough messages match, or (408) when the time is over."""
    body = checked_body(ask.json(), _WAIT)
    count, timeout = body["count"], body["timeout"]
    if count is None or not 1 <= count <= MOST_LISTED or timeout is None or not 0 <= timeout <= MOST_SECONDS:
        bounds = f"count must be from 1 to {MOST_LISTED} and timeout from 0 to {MOST_SECONDS:g}"
        raise Problem(400, f"{bounds}, not {count} and {timeout}")
    criteria = _criteria(ask, body)
    try:
        found = await wait_for(ask.world.mail, criteria, count=count, timeout=timeout, waits=ask.waits)
    except WaitTimeout as error:
        raise Problem(408, str(error)) from error
    except WaitEnded as error:
        raise Problem(410, str(error)) from error
    return ControlResponse({"total": len(found), "messages": [message.details() for message in found]})


def _criteria(ask: ControlRequest, given: Any) -> Criteria:
    after = given.get("after")
    cursor = 0
    if after:
        message = ask.world.mail.get(after)
        if message is None:
            raise Problem(400, f"after: there is no message {after[:80]!r}")
        cursor = message.cursor
    return Criteria(
        to=given.get("to"),
        sender=given.get("from"),
        subject=given.get("subject"),
        text=given.get("text"),
        query=given.get("query"),
        after=cursor,
    )


def _message(ask: ControlRequest) -> Message:
    message = ask.world.mail.get(ask.path["id"])
    if message is None:
        raise _no_message(ask)
    return message


def _no_message(ask: ControlRequest) -> Problem:
    return Problem(404, f"there is no message {ask.path['id'][:80]!r} in the sandbox {ask.sandbox!r}")


ROUTES = (
    Route(
        method="GET",
        path="messages",
        handler=list_messages,
        summary="List messages, newest first.",
        query=(*_CRITERIA, Parameter(name="limit", help="how many to list, at most 1000", kind="integer", default=50)),
        answers={200: "`total` of what fits, and the messages."},
    ),
    Route(method="DELETE", path="messages", handler=clear_messages, summary="Forget all messages."),
    Route(
        method="POST",
        path="messages/wait",
        handler=wait_for_messages,
        summary="Wait until messages that fit are there.",
        body=_WAIT,
        answers={200: "The messages.", 408: "They did not come in time.", 410: "The sandbox was deleted."},
    ),
    Route(
        method="GET",
        path="messages/{id}",
        handler=show_message,
        summary="Show a message: headers, bodies, links, attachments, envelope.",
        answers={200: "The message.", 404: "There is no such message."},
    ),
    Route(
        method="DELETE",
        path="messages/{id}",
        handler=remove_message,
        summary="Forget a message.",
        answers={204: "Done.", 404: "There is no such message."},
    ),
    Route(
        method="GET",
        path="messages/{id}/raw",
        handler=show_raw,
        summary="A message's bytes, exactly as they were received.",
        answers={200: "message/rfc822", 404: "There is no such message."},
    ),
)
