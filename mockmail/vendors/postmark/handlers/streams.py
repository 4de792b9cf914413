"""`/message-streams`: the streams of a server (docs/wire/postmark.md 11)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Literal, cast

from mockmail.vendors.postmark.account_views import stream_document
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import NewStream, StreamChange, StreamSearch
from mockmail.vendors.postmark.records import DEFAULT_STREAMS, FOUNDED, Stream
from mockmail.vendors.postmark.views import timestamp

PURGED_AFTER = timedelta(days=45)
_ID = re.compile("[a-z][a-z0-9_-]{0,29}")


def index(call: PostmarkCall, params: StreamSearch) -> Any:
    """List the message streams of the server."""
    wanted = params.type.lower()
    found = [
        stream
        for stream in _streams(call).values()
        if wanted in ("", "all", stream.type.lower()) and (params.with_archived or stream.archived is None)
    ]
    return {"MessageStreams": [stream_document(stream) for stream in found], "TotalCount": len(found)}


def create(call: PostmarkCall, params: NewStream) -> Any:
    """Add a message stream."""
    stream_id = params.id.lower()
    if not _ID.fullmatch(stream_id):
        raise PostmarkError(
            f"The 'ID' of the stream must be letters, digits, '-' and '_', not '{params.id:.40}'.", code=1225
        )
    if params.type not in ("Transactional", "Broadcasts"):
        raise PostmarkError("The 'MessageStreamType' must be Transactional or Broadcasts.", code=1224)
    if stream_id in _streams(call):
        raise PostmarkError(f"The stream '{stream_id}' exists already on this server.", code=1228)
    stream = Stream(
        server=call.caller.server.id,
        id=stream_id,
        name=params.name or stream_id,
        type=cast("Literal['Transactional', 'Broadcasts']", params.type),
        unsubscribes="Postmark" if params.type == "Broadcasts" else "None",
        created=call.world.clock.now().isoformat(),
    )
    return _change(call, stream, params)


def show(call: PostmarkCall, params: None) -> Any:
    """Return one message stream."""
    return stream_document(find_stream(call))


def edit(call: PostmarkCall, params: StreamChange) -> Any:
    """Change the fields of a message stream that are given."""
    return _change(call, find_stream(call).replace(updated=call.world.clock.now().isoformat()), params)


def archive(call: PostmarkCall, params: None) -> Any:
    """Archive a message stream: it sends no more."""
    stream = find_stream(call)
    if stream.id in DEFAULT_STREAMS:
        raise PostmarkError("A default stream cannot be archived.", code=1230)
    now = call.world.clock.now()
    call.records(Stream).put(stream.replace(archived=now.isoformat()))
    purged = now.replace(hour=0, minute=0, second=0, microsecond=0) + PURGED_AFTER
    return {"ID": stream.id, "ServerID": stream.server, "ExpectedPurgeDate": timestamp(purged)}


def unarchive(call: PostmarkCall, params: None) -> Any:
    """Let an archived message stream send again."""
    return stream_document(call.records(Stream).put(find_stream(call).replace(archived=None)))


def find_stream(call: PostmarkCall) -> Stream:
    """Return the stream in the path. Raise PostmarkError (1226)."""
    stream = _stream(call, call.path["stream"].lower())
    if stream is None:
        raise PostmarkError("The message stream for the provided 'ID' was not found.", code=1226)
    return stream


def check_sends(call: PostmarkCall, name: str) -> None:
    """Raise PostmarkError for a stream that does not exist (1235) or does not send (1236)."""
    stream = _stream(call, name.lower())
    if stream is None or stream.archived is not None:
        raise PostmarkError(f"The stream provided: '{name:.80}' does not exist on this server.", code=1235)
    if stream.type == "Inbound":
        raise PostmarkError("Sending is not supported for this stream type.", code=1236)


def _streams(call: PostmarkCall) -> dict[str, Stream]:
    server = call.caller.server.id
    found = {name: _default(server, name) for name in DEFAULT_STREAMS}
    return found | {stream.id: stream for stream in call.records(Stream).find("server", server)}


def _stream(call: PostmarkCall, name: str) -> Stream | None:
    server = call.caller.server.id
    found = call.records(Stream).get(f"{server}/{name}")
    return _default(server, name) if found is None and name in DEFAULT_STREAMS else found


def _default(server: int, name: str) -> Stream:
    title, kind = DEFAULT_STREAMS[name]
    unsubscribes: Literal["Postmark", "None"] = "Postmark" if kind == "Broadcasts" else "None"
    return Stream(server=server, id=name, name=title, type=kind, unsubscribes=unsubscribes, created=FOUNDED)


def _change(call: PostmarkCall, stream: Stream, params: StreamChange) -> Any:
    changes: dict[str, Any] = {}
    if params.name:
        changes["name"] = params.name
    if params.description is not None:
        changes["description"] = params.description
    if params.subscriptions is not None and params.subscriptions.handling:
        if params.subscriptions.handling not in ("None", "Postmark", "Custom"):
            raise PostmarkError("The 'UnsubscribeHandlingType' must be None, Postmark or Custom.", code=1223)
        changes["unsubscribes"] = params.subscriptions.handling
    return stream_document(call.records(Stream).put(stream.replace(**changes)))
