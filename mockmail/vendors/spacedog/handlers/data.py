"""`/1/data`: the objects of a backend, which templates name.

services/.../DataResource.java, SearchResource.java; docs/wire/spacedog.md 11.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.vendors.spacedog.authentication import SpaceDogCall
from mockmail.vendors.spacedog.errors import Forbidden, IllegalArgument, IndexNotFound, NotFound
from mockmail.vendors.spacedog.handlers.credentials import ID_LENGTH
from mockmail.vendors.spacedog.handlers.schemas import find_schema
from mockmail.vendors.spacedog.parameters import Form, NewObject, as_text, page_of
from mockmail.vendors.spacedog.records import DataObject, timestamp
from mockmail.vendors.spacedog.schemas import check_object, is_type, permits, searchable_types
from mockmail.vendors.spacedog.views import Result, object_document, saved, success

SCORE = 1.0
"""Elasticsearch's score of each object if all match."""


def list_(call: SpaceDogCall, params: Form) -> Result:
    """List the objects of all types that the caller may search."""
    return _search(call, searchable_types(call), params)


def list_type(call: SpaceDogCall, params: Form) -> Result:
    """List the objects of a type."""
    name = call.path["type"]
    if not permits(call, name, "search"):
        raise Forbidden(f"forbidden to search [{name}] objects")
    if not is_type(call, name):
        raise IndexNotFound
    return _search(call, [name], params)


def create(call: SpaceDogCall, params: NewObject) -> Result:
    """Create an object; its schema or the parameter `id` may name its id."""
    backend, name = call.caller.backend, call.path["type"]
    if not permits(call, name, "create"):
        raise Forbidden(f"forbidden to create [{name}] objects")
    if not params.body.text:
        raise IllegalArgument("[JSON body] is null or empty")
    source = params.body.checked_object()
    schema = find_schema(call)
    path = schema.source[name].get("_id")
    given_id = params.id if path is None else _id_at(source, path, name)
    check_object(schema, source)
    key = given_id or call.world.ids.token(ID_LENGTH, URL_SAFE)
    old = call.records(DataObject).get(f"{backend}/{name}/{key}")
    user, now = str(call.caller), timestamp(call.world.clock.now())
    meta = {"createdBy": user, "updatedBy": user, "createdAt": now, "updatedAt": now}
    version = 1 if old is None else old.version + 1
    call.records(DataObject).put(
        DataObject(backendId=backend, type=name, id=key, source={**source, "meta": meta}, version=version)
    )
    return saved(call, backend, f"data/{name}/{key}", key, created=True, version=version, type_name=name)


def show(call: SpaceDogCall, params: None) -> Result:
    """Show an object; the permission `read` is for one's own objects."""
    name = call.path["type"]
    reads_all = permits(call, name, "read_all", "search")
    if not reads_all and not permits(call, name, "read"):
        raise Forbidden(f"forbidden to read [{name}] objects")
    found = _find(call)
    if not reads_all and not _is_own(call, found):
        raise Forbidden(f"not the owner of [{name}][{found.id}] object")
    return Result(object_document(found))


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete an object; the permission `delete` is for one's own objects."""
    name = call.path["type"]
    deletes_all = permits(call, name, "delete_all")
    if not deletes_all and not permits(call, name, "delete"):
        raise Forbidden(f"forbidden to delete [{name}] objects")
    try:
        found = _find(call)
    except NotFound:
        if not deletes_all:
            raise
        key, backend = call.path["id"], call.caller.backend
        raise NotFound(f"[{name}][{key}] not found in backend [{backend}]") from None
    if not deletes_all and not _is_own(call, found):
        raise Forbidden(f"not the owner of object of type [{name}] and id [{found.id}]")
    call.records(DataObject).remove(found.key)
    return success()


def _search(call: SpaceDogCall, names: list[str], params: Form) -> Result:
    page = page_of(params, too_far="from + size must be less than or equal to 1000")
    objects = call.records(DataObject)
    results: list[dict[str, Any]] = []
    total = 0
    for key in [(call.caller.backend, name) for name in names]:
        # Only the objects of the page are read, since a type may have very many.
        skipped, left = max(0, page.start - total), page.stop - page.start - len(results)
        results += [object_document(stored, score=SCORE) for stored in objects.page_of("type", key, skipped, left)]
        total += objects.count("type", key)
    return Result({"took": 0, "total": total, "results": results})


def _find(call: SpaceDogCall) -> DataObject:
    name, key = call.path["type"], call.path["id"]
    if not is_type(call, name):
        raise IndexNotFound
    found = call.records(DataObject).get(f"{call.caller.backend}/{name}/{key}")
    if found is None:
        raise NotFound(f"object [{key}] of type [{name}] not found")
    return found


def _is_own(call: SpaceDogCall, found: DataObject) -> bool:
    meta = found.source.get("meta")
    return isinstance(meta, dict) and meta.get("createdBy") == str(call.caller)


def _id_at(source: dict[str, Any], path: str, type_name: str) -> str:
    value: Any = source
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        raise IllegalArgument(f"id path [{path}] of type [{type_name}] is null or missing")
    return as_text(value)
