"""`/_mockmail/state` and `/_mockmail/reset`: read, replace, extend and reset a sandbox's state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mockmail.control import records
from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.documents import MessageDocument, document_of
from mockmail.core.seeds import LONGEST_ID_SEED, MOST_DRAWN, SeedDocument, snapshot_of, snapshot_without_mail
from mockmail.core.state.documents import json_text
from mockmail.core.world import World
from mockmail.server.slices import in_slices
from mockmail.server.turns import Turns

LEVELS = 4
"""The levels of a state's document whose items have a line each: the last one has the records."""


class StateQuery(Fields, frozen=True, kw_only=True):
    """The part of the state to show."""

    vendor: Annotated[
        str | None, Meta(description="the vendor whose records to show; without it, the whole state, mail included")
    ] = None


class ResetBody(Fields, frozen=True, kw_only=True):
    """The part of the state to reset."""

    vendor: (
        Annotated[str, Meta(description="the vendor to reset; without it, everything, mail and journal included")]
        | UnsetType
    ) = UNSET


class ClockDocument(Fields, frozen=True, kw_only=True):
    """The time of a frozen clock, or the distance of a running one from the machine's time."""

    frozen_at: datetime | UnsetType = UNSET
    offset_seconds: float | UnsetType = UNSET


class IdsDocument(Fields, frozen=True, kw_only=True):
    """The seed of the ids, and how many were drawn."""

    seed: Annotated[str, Meta(max_length=LONGEST_ID_SEED)]
    drawn: Annotated[int, Meta(ge=0, le=MOST_DRAWN)]


Vendors = Annotated[dict[str, dict[str, list[dict[str, Any]]]], Meta(description="by vendor and table, the records")]


class StateDocument(Fields, frozen=True, kw_only=True):
    """The state of a sandbox, or only the records of a vendor. It describes a body; seeds.py reads it."""

    format: Annotated[Literal[1], Meta(description="the version of the format")] | UnsetType = UNSET
    mockmail: Annotated[str, Meta(description="the version that wrote the document")] | UnsetType = UNSET
    clock: ClockDocument | UnsetType = UNSET
    ids: IdsDocument | UnsetType = UNSET
    vendors: Vendors
    mail: list[MessageDocument] | UnsetType = UNSET


class SeedBody(Fields, frozen=True, kw_only=True):
    """Records to add. The other parts of a state's document are allowed and ignored, but `mail` must be empty."""

    format: Annotated[Literal[1], Meta(description="the version of the format")] | UnsetType = UNSET
    vendors: Vendors
    mockmail: Any = UNSET
    clock: Any = UNSET
    ids: Any = UNSET
    mail: Annotated[list[Any], Meta(max_length=0)] | UnsetType = UNSET


_SEED = {"format": 1, "vendors": {}}
_CHANGED = {204: "Done.", 400: "The document is invalid; `error` names the path in it. Nothing was changed."}


@route(
    "GET",
    "state",
    query=StateQuery,
    responses={200: "The document, for PUT or PATCH.", 400: "There is no such vendor."},
    returns=StateDocument,
)
async def show_state(request: ControlRequest) -> ControlResponse:
    """Show the whole state, or one vendor's records; the same state gives the same document."""
    query: StateQuery = request.query
    if query.vendor is None:
        return ControlResponse(await _whole_state(request.world, request.turns))
    snapshot = snapshot_of(request.world, request.vendors.named(query.vendor))
    return ControlResponse(await _written(snapshot, request.turns))


@route("PUT", "state", body=StateDocument, is_document=True, responses=_CHANGED, example=_SEED)
async def replace_state(request: ControlRequest) -> ControlResponse:
    """Replace the sandbox's state by a document's."""
    request.world.restore(request.body)
    return ControlResponse(status=204)


@route("PATCH", "state", body=SeedBody, is_document=True, responses=_CHANGED, example=_SEED)
async def add_state(request: ControlRequest) -> ControlResponse:
    """Add a document's records and replace those with the same key; change nothing if one record is invalid."""
    seed = SeedDocument.from_document(request.body, "body")
    chosen = [(request.vendors.named(name), tables) for name, tables in seed.vendors.items()]
    for vendor, _ in chosen:
        request.world.ensure_seeded(vendor)
    with request.world.store.transaction():
        for vendor, tables in chosen:
            request.world.store.load(vendor, tables, where=f"body: vendors.{vendor.name}")
        request.world.schedule.changed()
    return ControlResponse(status=204)


@route("POST", "reset", body=ResetBody, responses={204: "Done.", 400: "There is no such vendor."})
async def reset(request: ControlRequest) -> ControlResponse:
    """Reset the whole sandbox, or one vendor's records, to the seeded state."""
    body: ResetBody = request.body
    request.world.reset(request.vendors.named(body.vendor) if body.vendor is not UNSET else None)
    return ControlResponse(status=204)


async def _whole_state(world: World, turns: Turns) -> bytes:
    while True:
        generation = world.generation
        document = snapshot_without_mail(world)
        cursors = world.mail.cursors(Criteria()) if len(world.mail) else []
        messages = (message for cursor in cursors if (message := world.mail.at(cursor)) is not None)
        written = await _written({**document, "mail": map(document_of, messages)}, turns)
        if world.generation == generation:
            return written
        # The sandbox was reset in between, and its mail would not belong to the rest of the document.


async def _written(document: Mapping[str, Any], turns: Turns) -> bytes:
    written = BytesIO()
    async for piece in in_slices(_json_pieces(document, LEVELS), turns):
        written.write(piece.encode())
    written.write(b"\n")
    return written.getvalue()


def _json_pieces(value: Any, levels: int, line: str = "\n") -> Iterator[str]:
    """Return the JSON of a value in small pieces.

    Each item of the first `levels` levels has lines of its own, and each item of an iterator one line.
    """
    if not levels or not isinstance(value, (dict, list, Iterator)):
        yield json_text(value)
        return
    is_object = isinstance(value, dict)
    separator = inner = f"{line} "
    yield "{" if is_object else "["
    for item in value.items() if isinstance(value, dict) else value:
        name, content = item if is_object else ("", item)
        yield f"{separator}{json_text(name)}: " if is_object else separator
        yield from _json_pieces(content, 0 if isinstance(value, Iterator) else levels - 1, inner)
        separator = f",{inner}"
    yield ("" if separator == inner else line) + ("}" if is_object else "]")


ROUTES = (show_state, replace_state, add_state, reset, *records.ROUTES)
