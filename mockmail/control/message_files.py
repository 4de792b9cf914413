"""`/_mockmail/messages`, files: import messages from a file, and export them to one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from mockmail.control.message_criteria import MessageCriteria, criteria_of, has_criteria
from mockmail.control.route import EML, MBOX, ZIP, ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import InvalidValue, LimitReached, Problem
from mockmail.server.slices import in_slices, search_in_slices

if TYPE_CHECKING:
    from mockmail.core.mail.importing import Format, Imported
    from mockmail.core.world import World
    from mockmail.server.turns import Turns

PIECE = 64 << 10
"""About the bytes of a file that are sent at once."""

LARGE = 1 << 20
"""The bytes of a message from which on a thread makes its part of a file."""

_OF_MEDIA_TYPE: dict[str, Format] = {EML: "eml", MBOX: "mbox", ZIP: "zip"}
_MEDIA_TYPES = {"mbox": MBOX, "zip": ZIP}


class ImportQuery(Fields, frozen=True, kw_only=True):
    """The format of the file."""

    format: Annotated[
        Literal["", "eml", "mbox", "mboxo", "zip"],
        Meta(description="the format of the file; empty means that of the Content-Type; see docs/inbox.md"),
    ] = ""


class ImportedMessages(Fields, frozen=True, kw_only=True):
    """The response to an import: how many messages were stored."""

    imported: int


class ExportQuery(MessageCriteria, frozen=True, kw_only=True):
    """The messages to export, and the format."""

    format: Annotated[Literal["mbox", "zip"], Meta(description="the format of the file")] = "mbox"


@route(
    "POST",
    "messages/import",
    query=ImportQuery,
    body=bytes,
    body_types=(EML, MBOX, ZIP),
    returns=ImportedMessages,
)
async def import_messages(request: ControlRequest) -> ControlResponse:
    """Store the messages of a file, in order, as if they arrived now."""
    from mockmail.core.mail.importing import batches, read_messages, store

    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    format_ = request.query.format or _OF_MEDIA_TYPE.get(kind)
    if format_ is None or not request.body:
        raise Problem(400, f"send a file of messages as the body, with Content-Type: {EML}, {MBOX} or {ZIP}")
    source = batches(read_messages(BytesIO(request.body), format_))
    count = 0
    try:
        while batch := await asyncio.to_thread(_next, source):
            await request.turns.next()
            count += store(request.world, batch)
    except (InvalidValue, LimitReached) as error:
        raise type(error)(f"{error}; {count} messages before were imported") from error
    return ControlResponse(ImportedMessages(imported=count))


@route(
    "GET",
    "messages/export",
    query=ExportQuery,
    responses={200: "The file."},
    returns=bytes,
    media_type="*/*",
)
async def export_messages(request: ControlRequest) -> ControlResponse:
    """Return the messages that match, in order of arrival, as one file; without a query, all messages."""
    query: ExportQuery = request.query
    mail = request.world.mail
    has_criteria(query)
    cursors = await search_in_slices(mail, criteria_of(mail, query), request.turns, limit=len(mail))
    headers = {"Content-Disposition": f'attachment; filename="messages.{query.format}"'}
    pieces = _pieces(request.world, cursors, query.format, request.turns)
    return ControlResponse(content_type=_MEDIA_TYPES[query.format], headers=headers, stream=pieces)


async def _pieces(
    world: World, cursors: Sequence[int], format_: Literal["mbox", "zip"], turns: Turns
) -> AsyncGenerator[bytes, None]:
    from mockmail.core.mail.exporting import writer_of

    writer = writer_of(format_)
    ready = bytearray()
    async for cursor in in_slices(cursors, turns):
        message = world.mail.at(cursor)
        if message is None:
            continue
        ready += writer.add(message) if message.size < LARGE else await asyncio.to_thread(writer.add, message)
        while len(ready) >= PIECE:
            yield bytes(ready[:LARGE])
            del ready[:LARGE]
    ready += writer.finish(world.clock.now())
    yield bytes(ready)


def _next(source: Iterator[list[Imported]]) -> list[Imported]:
    return next(source, [])


ROUTES = (import_messages, export_messages)
