"""`/_mockmail/state/{vendor}/…`: the tables of a vendor, and single records by their keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from msgspec import Meta

from mockmail.control.listing import list_response
from mockmail.control.route import NO_CONTENT, ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import Problem, UnknownName
from mockmail.core.state.documents import json_text
from mockmail.core.state.typed_records import Records
from mockmail.core.vendor import Vendor
from mockmail.server.slices import in_slices

MOST_LISTED = 1000


class TableFacts(Fields, frozen=True, kw_only=True):
    """A table of a vendor. records: how many it has."""

    name: str
    records: int


class TableList(Fields, frozen=True, kw_only=True):
    """The tables of a vendor, by name."""

    tables: list[TableFacts]


class RecordQuery(Fields, frozen=True, kw_only=True):
    """The records to list."""

    query: Annotated[str, Meta(description="a text that the JSON of the record contains, case-insensitive")] = ""
    limit: Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many records to list")] = 200


class KeyedRecord(Fields, frozen=True, kw_only=True):
    """A record with its key: the values of its key fields, with slashes between them."""

    key: str
    record: dict[str, Any]


class RecordList(Fields, frozen=True, kw_only=True):
    """Records of a table, in the order they were added. total: how many match."""

    total: int
    records: list[KeyedRecord]


@route(
    "GET",
    "state/{vendor}",
    responses={200: "The tables.", 404: "There is no such vendor."},
    returns=TableList,
)
async def list_tables(request: ControlRequest) -> ControlResponse:
    """List the tables of a vendor, with the number of records in each."""
    vendor = _vendor(request)
    tables = request.world.store.tables(vendor)
    return ControlResponse(TableList(tables=[TableFacts(name=name, records=len(tables[name])) for name in tables]))


@route(
    "GET",
    "state/{vendor}/{table}",
    query=RecordQuery,
    responses={200: "The records, and `total`: how many match.", 404: "There is no such vendor or table."},
    returns=RecordList,
)
async def list_records(request: ControlRequest) -> ControlResponse:
    """List records of a table with their keys."""
    query: RecordQuery = request.query
    documents = _table(request).documents()
    total, found = len(documents), documents
    if query.query:
        text = query.query.casefold()
        items = in_slices(list(documents.items()), request.turns)
        found = {key: document async for key, document in items if text in json_text(document).casefold()}
        total = len(found)
    return await list_response(total, "records", _first(found, query.limit))


@route(
    "DELETE",
    "state/{vendor}/{table}/{key}",
    responses={204: "Done.", 404: "There is no such vendor, table or record."},
)
async def remove_record(request: ControlRequest) -> ControlResponse:
    """Remove one record; a slash in its key is written `%2F`."""
    key = request.path["key"]
    if _table(request).remove(key) is None:
        raise Problem(404, f"there is no record {key[:80]!r}; GET state/{{vendor}}/{{table}} lists the keys")
    return ControlResponse(status=NO_CONTENT)


async def _first(documents: Mapping[str, Mapping[str, Any]], limit: int) -> AsyncIterator[KeyedRecord]:
    for key in list(documents)[:limit]:
        yield KeyedRecord(key=key, record=dict(documents[key]))


def _vendor(request: ControlRequest) -> Vendor:
    try:
        vendor = request.vendors.named(request.path["vendor"])
    except UnknownName as error:
        raise Problem(404, str(error)) from error
    request.world.ensure_seeded(vendor)
    return vendor


def _table(request: ControlRequest) -> Records[Any]:
    try:
        return request.world.store.table(_vendor(request), request.path["table"])
    except UnknownName as error:
        raise Problem(404, str(error)) from error


ROUTES = (list_tables, list_records, remove_record)
