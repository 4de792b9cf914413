"""The schemas of a backend's data: their checks, and the roles that may read and write objects of each type.

services/.../SchemaResource.java, DataAccessControl.java; sdk/.../SchemaValidator.java, SchemaSettings.java
(docs/wire/spacedog.md 11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.authentication import SpaceDogCall
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, SpaceDogError, UnknownField
from mockmail.vendors.spacedog.jackson import MAPPING_EXCEPTION
from mockmail.vendors.spacedog.records import DataObject, Schema
from mockmail.wire.json_text import write_json

PERMISSIONS = ("create", "read", "read_all", "search", "update", "update_all", "delete", "delete_all")
DEFAULT_ACL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "key": ("read_all",),
        "user": ("create", "update", "search", "delete"),
        "admin": ("create", "update_all", "search", "delete_all"),
    }
)
"""The permissions of each role for a type whose schema has no `_acl`."""
RESERVED = "settings"
TYPES = (
    *("object", "text", "string", "boolean", "geopoint", "integer", "float"),
    *("long", "double", "date", "time", "timestamp", "enum", "stash"),
)

_KINDS = {str: "string", dict: "object", int: "number", float: "number", list: "array", bool: "boolean"}
_DIRECTIVES = {
    "_required": bool,
    "_array": bool,
    "_extra": dict,
    "_values": list,
    "_examples": list,
    "_language": str,
    "_gt": float,
    "_gte": float,
    "_lt": float,
    "_lte": float,
    "_pattern": str,
    "_labels": dict,
    "_ref_type": str,
}


def is_type(call: SpaceDogCall, name: str) -> bool:
    """Return whether the backend has a schema or objects of this type."""
    backend = call.caller.backend
    return f"{backend}/{name}" in call.records(Schema) or call.records(DataObject).count("type", (backend, name)) > 0


def permits(call: SpaceDogCall, type_name: str, *permissions: str) -> bool:
    """Return whether the caller has one of the permissions for objects of a type."""
    acl = settings.load(call, call.caller.backend, "schema")["acl"].get(type_name, DEFAULT_ACL)
    return any(not set(acl.get(role, ())).isdisjoint(permissions) for role in call.caller.roles)


def searchable_types(call: SpaceDogCall) -> list[str]:
    """Return the types with a schema whose objects the caller may search."""
    found = call.records(Schema).find("backend", call.caller.backend)
    return [schema.type for schema in found if permits(call, schema.type, "search")]


def acl_of(root: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the permissions of each role that a schema gives. Raise IllegalArgument."""
    given = root.get("_acl")
    if given is None:
        return {role: list(permissions) for role, permissions in DEFAULT_ACL.items()}
    for permissions in given.values():
        if not isinstance(permissions, list):
            raise _invalid_acl("Can not deserialize instance of java.util.HashSet")
        for permission in permissions:
            if permission not in PERMISSIONS:
                known = ", ".join(PERMISSIONS)
                reason = f"value not one of declared Enum instance names: [{known}]"
                raise _invalid_acl(f"Can not construct instance of io.spacedog.model.DataPermission: {reason}")
    return {role: list(dict.fromkeys(permissions)) for role, permissions in given.items()}


def check_schema(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the root of a schema, the object under its name. Raise SpaceDogError, IllegalArgument."""
    root: dict[str, Any] | None = _directive(schema, name, dict)
    if root is None:
        raise _invalid(f"field [{name}] required")
    for field in schema:
        if field != name:
            raise _invalid(f"invalid field [{field}]: expected fields [{name}]")
    kind = _directive(root, "_type", str) or "object"
    if kind != "object":
        raise _invalid(f"invalid schema type [{kind}]")
    _check_directives(root)
    _directive(root, "_id", str)
    _directive(root, "_acl", dict)
    _check_fields(name, root)
    return root


def check_object(schema: Schema, source: Mapping[str, Any]) -> None:
    """Raise UnknownField for an object with a field that its schema does not have; values are not checked."""
    root = schema.source[schema.type]
    _check_names({**root, "meta": {"_type": "stash"}}, source, schema.type)


def _check_names(fields: Mapping[str, Any], source: Mapping[str, Any], path: str) -> None:
    for name, value in source.items():
        field = None if name.startswith("_") else fields.get(name)
        if field is None:
            said = f"dynamic introduction of [{name}] within [{path}] is not allowed"
            raise UnknownField(f"mapping set to strict, {said}")
        if field.get("_type", "object") == "object":
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    _check_names(field, each, name)


def _check_fields(name: str, schema: Mapping[str, Any]) -> None:
    names = list(_field_names(schema))
    for field in names:
        if not field:
            raise _invalid(f"schema object field [{name}] contains empty field names")
        _check_property(field, schema[field])
    if not names:
        raise _invalid(f"no fields in sub object [{name}]")


def _check_property(name: str, schema: Any) -> None:
    if not isinstance(schema, dict):
        raise _invalid(f"invalid schema [{write_json(schema).decode()}] for field [{name}]")
    kind = _directive(schema, "_type", str) or "object"
    if kind.lower() not in TYPES:
        raise _invalid(f"invalid type [{kind}] for field [{name}]")
    _check_directives(schema)
    if kind == "object":
        _check_fields(name, schema)
        return
    for field in _field_names(schema):
        raise _invalid(f"invalid field [{field}]: expected fields []")
    if kind not in TYPES:
        raise IllegalArgument(f"invalid type [{kind}] for property [{name}]")


def _check_directives(schema: Mapping[str, Any]) -> None:
    for name, kind in _DIRECTIVES.items():
        _directive(schema, name, kind)


def _directive(schema: Mapping[str, Any], name: str, kind: type) -> Any:
    value = schema.get(name)
    if value is not None and _KINDS[type(value)] != _KINDS[kind]:
        said = f"invalid type [{_KINDS[type(value)]}] for schema field [{name}]"
        raise _invalid(f"{said}. Must be [{_KINDS[kind].upper()}]")
    return value


def _field_names(schema: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in schema if not name.startswith("_"))


def _invalid(message: str) -> SpaceDogError:
    return SpaceDogError(message, code="400")


def _invalid_acl(reason: str) -> IllegalArgument:
    return IllegalArgument("invalid schema [_acl] json field", cause=Cause(reason, MAPPING_EXCEPTION))
