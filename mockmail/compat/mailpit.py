"""Mailpit's API `/api/v1/`: messages, search, tags and views."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from mockmail.compat import mailpit_documents as documents
from mockmail.compat import mailpit_send
from mockmail.compat.call import (
    MOST_LISTED,
    OK,
    SAFE_CONTENT,
    Call,
    Reply,
    Route,
    json_reply,
    raw_file,
    refused,
)
from mockmail.compat.mailpit_server import SERVER_ROUTES
from mockmail.compat.mailpit_view import VIEW_ROUTES
from mockmail.compat.query import named_message, search
from mockmail.core.errors import InvalidValue, LimitReached, Problem, StorageFull
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import Change, check_tags
from mockmail.server.slices import change_in_slices, in_slices, remove_in_slices, search_in_slices

DEFAULT_LIMIT = 50


OFFLINE = "mockmail fetches nothing, and has no table of mail programs: "
"""The beginning of the reason for a check that is refused."""


async def list_messages(call: Call) -> Reply:
    """List messages, newest first."""
    _refuse_before(call)
    mail = call.world.mail
    start, limit = call.number("start", 0), min(call.number("limit", DEFAULT_LIMIT) or MOST_LISTED, MOST_LISTED)
    cursors = await search_in_slices(mail, Criteria(), call.turns, limit=start + limit, newest_first=True)
    return await _listed(call, cursors[start:], matching=len(mail), unread=len(mail) - mail.marks.count_read())


async def search_messages(call: Call) -> Reply:
    """List the messages that match a query, newest first."""
    _refuse_before(call)
    found = await _search(call)
    start, limit = call.number("start", 0), min(call.number("limit", DEFAULT_LIMIT), MOST_LISTED)
    unread = len(set(found).difference(call.world.mail.marks.opened()))
    return await _listed(call, found[start : start + limit], matching=len(found), unread=unread)


async def mark_messages(call: Call) -> Reply:
    """Mark messages as read or unread: those with the ids, those that match a search, or all."""
    given = call.document("Read", "IDs", "Search")
    query = given.get("Search") or ""
    if query and given.get("IDs"):
        raise Problem(400, "give either IDs or Search")
    if not isinstance(given.get("Read", False), bool) or not isinstance(query, str):
        raise Problem(400, "Read must be true or false, and Search a text")
    if given.get("IDs"):
        cursors = await _cursors_of(call, given)
    else:
        cursors = await search(call, query)
    change = Change(is_read=given.get("Read", False))
    await change_in_slices(call.world.mail, cursors, change, call.turns)
    return OK


async def delete_messages(call: Call) -> Reply:
    """Delete the messages with the ids of the body; all without ids.

    The response to a request without a body is empty: MailHog's clients send the same request, and read no text.
    """
    given = call.document("IDs")
    if given.get("IDs"):
        await remove_in_slices(call.world.mail, await _cursors_of(call, given), call.turns)
    else:
        call.world.mail.clear()
    return OK if call.body else Reply()


async def delete_found(call: Call) -> Reply:
    """Delete the messages that match a query."""
    await remove_in_slices(call.world.mail, await _search(call), call.turns)
    return OK


async def show_message(call: Call) -> Reply:
    """Show a message, and mark it as read."""
    message = await named_message(call)
    with suppress(StorageFull):  # a message can be read on a full disk
        call.world.mail.marks.change([message.cursor], Change(is_read=True))
    return json_reply(documents.details(message))


async def show_headers(call: Call) -> Reply:
    """Show the headers of a message."""
    return json_reply(documents.headers(await named_message(call)))


async def show_raw(call: Call) -> Reply:
    """Return a message's bytes."""
    message = await named_message(call)
    return raw_file(message, "text/plain; charset=utf-8", is_download=call.query.get("dl") == "1")


async def show_part(call: Call) -> Reply:
    """Return the decoded bytes of a part, as a file that a browser saves and does not show."""
    message = await named_message(call)
    number = call.path["part"]
    for found in documents.numbered_parts(message):
        if found.number == number:
            media_type = found.part.content_type.value
            kind = media_type if mailpit_send.MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
            headers = {**SAFE_CONTENT, "Content-Disposition": "attachment"}
            return Reply(found.part.content(), content_type=kind, headers=headers)
    raise Problem(404, f"message {message.id} has no part {number[:80]!r}")


async def send_message(call: Call) -> Reply:
    """Receive the message that the body describes."""
    try:
        given = call.document(*mailpit_send.FIELDS)
        message = mailpit_send.send(call.world, given, _tags(given))
    except Problem as error:
        return json_reply({"Error": str(error)}, error.status)
    except InvalidValue as error:
        return json_reply({"Error": str(error)}, 400)
    except LimitReached as error:
        return json_reply({"Error": str(error)}, 503)
    return json_reply({"ID": message.id})


async def list_tags(call: Call) -> Reply:
    """List all tags."""
    return json_reply(list(call.world.mail.marks.counts()))


async def set_tags(call: Call) -> Reply:
    """Replace the tags of messages."""
    given = call.document("Tags", "IDs")
    tags = _tags(given)
    if not given.get("IDs"):
        raise Problem(400, "IDs is missing: the ids of the messages")
    await change_in_slices(call.world.mail, await _cursors_of(call, given), Change(tags=tags), call.turns)
    return OK


async def rename_tag(call: Call) -> Reply:
    """Rename a tag."""
    name = call.document("Name").get("Name")
    if not isinstance(name, str):
        raise Problem(400, "Name must be the new name of the tag")
    await _change_tagged(call, add_tags=check_tags([name]))
    return OK


async def delete_tag(call: Call) -> Reply:
    """Remove a tag from all messages."""
    await _change_tagged(call)
    return OK


async def _search(call: Call) -> list[int]:
    query = call.query.get("query", "")
    if not query.strip():
        raise Problem(400, "Error: no search query")
    return await search(call, query)


async def _listed(call: Call, cursors: Sequence[int], *, matching: int, unread: int) -> Reply:
    mail = call.world.mail
    found = (mail.at(cursor) for cursor in cursors)
    messages = [documents.summary(message) async for message in in_slices(found, call.turns) if message is not None]
    return json_reply(
        {
            "total": len(mail),
            "unread": len(mail) - mail.marks.count_read(),
            "count": len(messages),
            "messages_count": matching,
            "messages_unread": unread,
            "start": call.number("start", 0),
            "tags": list(mail.marks.counts()),
            "messages": messages,
        }
    )


def _refuse_before(call: Call) -> None:
    if call.query.get("before"):
        raise Problem(400, "before is not emulated: start leads to older messages")


def _ids(given: dict[str, Any]) -> list[str]:
    ids = given["IDs"]
    if not isinstance(ids, list) or not all(isinstance(message_id, str) for message_id in ids):
        raise Problem(400, "IDs must be a list of texts, the ids of messages")
    return ids


async def _cursors_of(call: Call, given: dict[str, Any]) -> list[int]:
    messages = [call.world.mail.get(message_id) async for message_id in in_slices(_ids(given), call.turns)]
    return [message.cursor for message in messages if message is not None]


def _tags(given: dict[str, Any]) -> tuple[str, ...]:
    tags = given.get("Tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InvalidValue("Tags must be a list of texts")
    return check_tags(tags)


async def _change_tagged(call: Call, add_tags: Sequence[str] = ()) -> None:
    """Remove the tag that the path names from its messages, and add others. Raise Problem (404)."""
    tag, mail = call.path["tag"], call.world.mail
    cursors = mail.marks.tagged(tag)
    if not cursors:
        raise Problem(404, f"no message has the tag {tag[:80]!r}")
    await change_in_slices(mail, cursors, Change(remove_tags=[tag], add_tags=add_tags), call.turns)


ROUTES = (
    Route("GET", "api/v1/messages", list_messages),
    Route("PUT", "api/v1/messages", mark_messages),
    Route("DELETE", "api/v1/messages", delete_messages),
    Route("GET", "api/v1/search", search_messages),
    Route("DELETE", "api/v1/search", delete_found),
    Route("GET", "api/v1/message/{id}", show_message),
    Route("GET", "api/v1/message/{id}/headers", show_headers),
    Route("GET", "api/v1/message/{id}/raw", show_raw),
    Route("GET", "api/v1/message/{id}/part/{part}", show_part),
    Route(
        "GET",
        "api/v1/message/{id}/part/{part}/thumb",
        refused("thumbnails are not emulated: the server decodes no image; GET the part itself"),
    ),
    Route("GET", "api/v1/message/{id}/html-check", refused(f"{OFFLINE}html-check is not emulated")),
    Route("GET", "api/v1/message/{id}/link-check", refused(f"{OFFLINE}link-check is not emulated")),
    Route("GET", "api/v1/message/{id}/sa-check", refused("sa-check is not emulated: there is no SpamAssassin")),
    Route("POST", "api/v1/message/{id}/release", refused("release is not emulated: no mail leaves mockmail")),
    Route("POST", "api/v1/send", send_message),
    Route("GET", "api/v1/tags", list_tags),
    Route("PUT", "api/v1/tags", set_tags),
    Route("PUT", "api/v1/tags/{tag}", rename_tag),
    Route("DELETE", "api/v1/tags/{tag}", delete_tag),
    *SERVER_ROUTES,
    *VIEW_ROUTES,
)
