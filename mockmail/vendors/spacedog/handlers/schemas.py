"""`/1/schema`: the types of a backend's data (services/.../SchemaResource.java; docs/wire/spacedog.md 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.authentication import SpaceDogCall, require_level
from mockmail.vendors.spacedog.errors import IllegalArgument, IndexNotFound
from mockmail.vendors.spacedog.parameters import JsonBody
from mockmail.vendors.spacedog.records import DataObject, Schema, Settings
from mockmail.vendors.spacedog.schemas import RESERVED, acl_of, check_schema
from mockmail.vendors.spacedog.views import Result, saved, success

ACL = "schema"
"""The id of the settings that have the permissions for each type."""


def list_(call: SpaceDogCall, params: None) -> Result:
    """Show all schemas of the backend in one document."""
    found = call.records(Schema).find("backend", call.caller.backend)
    return Result({name: root for schema in found for name, root in schema.source.items()})


def show(call: SpaceDogCall, params: None) -> Result:
    """Show the schema of a type."""
    _check_name(call)
    return Result(find_schema(call).source)


def put(call: SpaceDogCall, params: JsonBody) -> Result:
    """Create or replace the schema of a type, and the permissions for its objects."""
    require_level(call, "ADMIN")
    _check_name(call)
    backend, name = call.caller.backend, call.path["type"]
    if not params.text:
        raise IllegalArgument(f"no default schema for type [{name}]")
    schema = params.checked_object()
    acl = acl_of(check_schema(name, schema))
    created = f"{backend}/{name}" not in call.records(Schema)
    call.records(Schema).put(Schema(backendId=backend, type=name, source=schema))
    _save_acl(call, {**_acl(call), name: acl})
    return saved(call, backend, f"schema/{name}", name, created=created)


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete the schema of a type, its objects, and the permissions for them."""
    require_level(call, "ADMIN")
    schema = find_schema(call)
    for stored in call.records(DataObject).find("type", (schema.backendId, schema.type)):
        call.records(DataObject).remove(stored.key)
    call.records(Schema).remove(schema.key)
    _save_acl(call, {name: acl for name, acl in _acl(call).items() if name != schema.type})
    return success()


def find_schema(call: SpaceDogCall) -> Schema:
    """Return the schema of the type that the path names. Raise IndexNotFound."""
    found = call.records(Schema).get(f"{call.caller.backend}/{call.path['type']}")
    if found is None:
        raise IndexNotFound
    return found


def _check_name(call: SpaceDogCall) -> None:
    if call.path["type"] == RESERVED:
        raise IllegalArgument(f"schema name [{RESERVED}] is reserved")


def _acl(call: SpaceDogCall) -> Mapping[str, Mapping[str, Sequence[str]]]:
    acl: Mapping[str, Any] = settings.load(call, call.caller.backend, ACL)["acl"]
    return acl


def _save_acl(call: SpaceDogCall, acl: Mapping[str, Any]) -> None:
    backend = call.caller.backend
    old = call.records(Settings).get(f"{backend}/{ACL}")
    version = 1 if old is None else old.version + 1
    document = Settings(backendId=backend, id=ACL, source={"acl": {**acl}}, mapped=True, version=version)
    call.records(Settings).put(document)
