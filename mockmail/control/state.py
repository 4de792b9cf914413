"""`/_mockmail/state` and `/_mockmail/reset`: a sandbox's state as one document, out, in, and back to its beginning."""

from __future__ import annotations

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.core.names import vendor_named
from mockmail.core.seeds import SeedDocument, snapshot_of

_ONE = Parameter(name="vendor", help="only this vendor's records, for PATCH; everything, mail too, without one")
_RESET = (Parameter(name="vendor", help="only this vendor's state; everything, mail and journal too, without one"),)


async def show_state(ask: ControlRequest) -> ControlResponse:
    """The whole state, or a vendor's alone: versioned, and the same for the same state."""
    name = ask.query.get("vendor")
    state = ask.world.snapshot() if name is None else snapshot_of(ask.world, vendor_named(ask.vendors, name))
    return ControlResponse(state, exact=True)


async def replace_state(ask: ControlRequest) -> ControlResponse:
    """Take a document's state in place of the sandbox's own."""
    ask.world.restore(ask.json())
    return ControlResponse(status=204)


async def add_state(ask: ControlRequest) -> ControlResponse:
    """Add a document's records, replacing those of the same key: all of them or, where one does not fit, none."""
    seed = SeedDocument.from_document(ask.json(), "body")
    chosen = [(vendor_named(ask.vendors, name), tables) for name, tables in seed.vendors.items()]
    for vendor, _ in chosen:
        ask.world.ensure_seeded(vendor)
    with ask.world.store.transaction():
        for vendor, tables in chosen:
            ask.world.store.load(vendor, tables, where=f"body: vendors.{vendor.name}")
    return ControlResponse(status=204)


async def reset(ask: ControlRequest) -> ControlResponse:
    """Back to the seeded state."""
    name = checked_body(ask.json(), _RESET)["vendor"]
    ask.world.reset(vendor_named(ask.vendors, name) if name is not None else None)
    return ControlResponse(status=204)


ROUTES = (
    Route(
        method="GET",
        path="state",
        handler=show_state,
        summary="The sandbox's whole state, or a vendor's, as one JSON document.",
        query=(_ONE,),
        answers={200: "The document, for PUT or PATCH.", 400: "There is no such vendor."},
    ),
    Route(
        method="PUT",
        path="state",
        handler=replace_state,
        summary="Replace the sandbox's state by a document's.",
        open_body=True,
        answers={204: "Done.", 400: "It does not fit: the error names the place; nothing was changed."},
    ),
    Route(
        method="PATCH",
        path="state",
        handler=add_state,
        summary='Add records: {"vendors": {vendor: {table: [...]}}}.',
        open_body=True,
        answers={204: "Done.", 400: "It does not fit: the error names the place; nothing was changed."},
    ),
    Route(
        method="POST",
        path="reset",
        handler=reset,
        summary="Back to the seeded state, whole or one vendor.",
        body=_RESET,
        answers={204: "Done.", 400: "There is no such vendor."},
    ),
)
