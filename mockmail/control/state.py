"""`/_mockmail/state` and `/_mockmail/reset`: read, replace, extend and reset a sandbox's state."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.seeds import SeedDocument, snapshot_of


class StateQuery(Fields, frozen=True, kw_only=True):
    """Which part of the state to show."""

    vendor: Annotated[
        str | None, Meta(description="the vendor whose records to show; without it, the whole state, mail included")
    ] = None


class ResetBody(Fields, frozen=True, kw_only=True):
    """Which part of the state to reset."""

    vendor: Annotated[
        str | None, Meta(description="the vendor to reset; without it, everything, mail and journal included")
    ] = None


_CHANGED = {204: "Done.", 400: "The document is invalid; `error` names the path in it. Nothing was changed."}


@route(
    "GET",
    "state",
    query=StateQuery,
    responses={200: "The document, for PUT or PATCH.", 400: "There is no such vendor."},
)
async def show_state(request: ControlRequest) -> ControlResponse:
    """Show the whole state, or one vendor's records; the same state gives the same document."""
    query: StateQuery = request.query
    if query.vendor is None:
        return ControlResponse(request.world.snapshot(), exact=True)
    return ControlResponse(snapshot_of(request.world, request.vendors.named(query.vendor)), exact=True)


@route("PUT", "state", body=dict, responses=_CHANGED)
async def replace_state(request: ControlRequest) -> ControlResponse:
    """Replace the sandbox's state by a document's."""
    request.world.restore(request.body)
    return ControlResponse(status=204)


@route("PATCH", "state", body=dict, responses=_CHANGED)
async def add_state(request: ControlRequest) -> ControlResponse:
    """Add a document's records and replace those with the same key; change nothing if one record is invalid."""
    seed = SeedDocument.from_document(request.body, "body")
    chosen = [(request.vendors.named(name), tables) for name, tables in seed.vendors.items()]
    for vendor, _ in chosen:
        request.world.ensure_seeded(vendor)
    with request.world.store.transaction():
        for vendor, tables in chosen:
            request.world.store.load(vendor, tables, where=f"body: vendors.{vendor.name}")
    return ControlResponse(status=204)


@route("POST", "reset", body=ResetBody, responses={204: "Done.", 400: "There is no such vendor."})
async def reset(request: ControlRequest) -> ControlResponse:
    """Reset the whole sandbox, or one vendor's records, to the seeded state."""
    body: ResetBody = request.body
    request.world.reset(request.vendors.named(body.vendor) if body.vendor is not None else None)
    return ControlResponse(status=204)


ROUTES = (show_state, replace_state, add_state, reset)
