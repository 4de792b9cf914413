"""`/_mockmail/messages`, marks: mark messages as read, and tag them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from mockmail.control.message_criteria import MessageCriteria, criteria_of, has_criteria, message_of
from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.mail.marks import LONGEST_TAG, TAG, Change
from mockmail.core.mail.message import MessageSummary
from mockmail.server.slices import change_in_slices, search_in_slices

Tag = Annotated[str, Meta(pattern=f"^{TAG}$", max_length=LONGEST_TAG)]


class MarkBody(Fields, frozen=True, kw_only=True):
    """The changes to the marks of messages; a field that is left out, or null, changes nothing."""

    is_read: Annotated[bool | None, Meta(description="true for read, false for unread")] = None
    tags: Annotated[list[Tag] | None, Meta(description="the tags, in place of all others")] = None
    add_tags: Annotated[list[Tag], Meta(description="tags to add")] = field(default_factory=list)
    remove_tags: Annotated[list[Tag], Meta(description="tags to take away")] = field(default_factory=list)

    def to_change(self) -> Change:
        """Return the change. Raise InvalidValue."""
        return Change(is_read=self.is_read, tags=self.tags, add_tags=self.add_tags, remove_tags=self.remove_tags)


class Changed(Fields, frozen=True, kw_only=True):
    """The response to a change of many messages: how many of them it changed."""

    changed: int


class TagList(Fields, frozen=True, kw_only=True):
    """The tags of the messages of a sandbox, each with the number of its messages."""

    tags: dict[str, int]


@route(
    "PATCH",
    "messages/{id}",
    body=MarkBody,
    responses={200: "The message in a list.", 404: "There is no such message."},
    returns=MessageSummary,
    example={"is_read": True, "add_tags": ["welcome"]},
)
async def mark_message(request: ControlRequest) -> ControlResponse:
    """Mark one message as read or unread, and change its tags."""
    mail, message = request.world.mail, message_of(request)
    mail.marks.change([message.cursor], request.body.to_change())
    return ControlResponse(mail.summary(message.cursor))


@route("PATCH", "messages", query=MessageCriteria, body=MarkBody, returns=Changed, example={"is_read": True})
async def mark_messages(request: ControlRequest) -> ControlResponse:
    """Mark the messages that match, or, without a query, all messages of the sandbox."""
    mail, change, turns = request.world.mail, request.body.to_change(), request.turns
    has_criteria(request.query)
    cursors = await search_in_slices(mail, criteria_of(mail, request.query), turns, limit=len(mail))
    return ControlResponse(Changed(changed=await change_in_slices(mail, cursors, change, turns)))


@route("GET", "messages/tags", returns=TagList)
async def list_tags(request: ControlRequest) -> ControlResponse:
    """List the tags of all messages."""
    return ControlResponse(TagList(tags=request.world.mail.marks.counts()))


ROUTES = (mark_message, mark_messages, list_tags)
