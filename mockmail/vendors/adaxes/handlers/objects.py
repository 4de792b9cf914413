"""`directoryObjects`: show, create, modify and delete the objects of a directory.

Changes of properties are those of adaxes.com/sdk/REST_ModifyDirectoryObject and ADS_PROPERTY_OPERATION_ENUM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockmail.core.state.records import Document
from mockmail.vendors.adaxes.authentication import AdaxesCall, authorize_on, find_object
from mockmail.vendors.adaxes.errors import BadRequest, NotFound, OperationFailed
from mockmail.vendors.adaxes.handlers import business_rules
from mockmail.vendors.adaxes.identifiers import escaped, is_guid, normal_dn
from mockmail.vendors.adaxes.parameters import (
    ChangedObject,
    NewObject,
    ObjectIdentifier,
    ObjectToShow,
    PropertyChange,
    PropertyOperation,
)
from mockmail.vendors.adaxes.records import UNIT, WITH_ACCOUNT, DirectoryObject, spell_kind
from mockmail.vendors.adaxes.views import object_view, operation_result
from mockmail.wire.json_text import dotnet_timestamp

DOMAIN_SID = "S-1-5-21-3635565734-1729062999-1822655016"
FIRST_RELATIVE_ID = 2000
WITH_SID = (*WITH_ACCOUNT, "group")
PASSWORD = "unicodePwd"  # noqa: S105  # a property's name
NAMES = ("cn", "name", "displayName", "sAMAccountName", "ou")
MAX_NAME_LENGTH = 64
"""The most characters of a relative distinguished name in Active Directory's schema (cn and ou, rangeUpper)."""
OUT_OF_RANGE = "A value for the attribute was not in the acceptable range of values."


def get(call: AdaxesCall, params: ObjectToShow) -> Document:
    """Show an object with the properties that were asked for (docs/wire/adaxes.md 5)."""
    names = [name.strip() for name in params.properties.split(",") if name.strip()]
    return object_view(require_object(call, params.directory_object), names)


def create(call: AdaxesCall, params: NewObject) -> Document:
    """Create an object in a container (docs/wire/adaxes.md 5)."""
    kind = spell_kind(params.object_type.strip())
    changes = [PropertyChange(name=setting.name, values=setting.values) for setting in params.properties]
    properties = _changed({}, changes)
    dn = _new_dn(call, params.create_in.strip(), kind, properties)
    objects = call.records(DirectoryObject)
    if (normal_dn(dn) or "") in objects:
        raise OperationFailed(f"The object '{dn}' already exists.", dn=dn)
    messages, suspended = business_rules.run(call, dn, dn)
    if suspended is not None:
        return suspended
    created = DirectoryObject(
        dn=dn,
        guid=call.world.ids.uuid(),
        sid=_next_sid(call) if kind in WITH_SID else "",
        objectType=kind,
        properties=properties,
        **_password_fields(call, changes),
    )
    objects.add(created)
    return operation_result(call.options, messages=messages, dn=dn)


def modify(call: AdaxesCall, params: ChangedObject) -> Document:
    """Change properties of an object (docs/wire/adaxes.md 5). No change renames it."""
    target = require_object(call, params.directory_object)
    messages, suspended = business_rules.run(call, target.dn, target.dn)
    if suspended is not None:
        return suspended
    properties = _changed(target.properties, params.properties)
    call.records(DirectoryObject).put(
        target.replace(properties=properties, **_password_fields(call, params.properties))
    )
    return operation_result(call.options, messages=messages, dn=target.dn)


def delete(call: AdaxesCall, params: ObjectIdentifier) -> Document:
    """Delete an object (docs/wire/adaxes.md 5)."""
    target = require_object(call, params.directory_object)
    messages, suspended = business_rules.run(call, target.dn, target.dn)
    if suspended is not None:
        return suspended
    call.records(DirectoryObject).remove(target.key)
    return operation_result(call.options, messages=messages, dn=target.dn)


def require_object(call: AdaxesCall, identifier: str) -> DirectoryObject:
    """Return the object with this DN, GUID or SID, on which the caller may perform the operation.

    Raise Forbidden; NotFound, or OperationFailed if the options ask for it.
    """
    found = find_object(call, identifier)
    if found is not None:
        authorize_on(call, found)
        return found
    message = f"There is no such object: {identifier[:200]}"
    raise OperationFailed(message) if call.options.unknown_object_as_result else NotFound(message)


def _new_dn(call: AdaxesCall, create_in: str, kind: str, properties: Mapping[str, Any]) -> str:
    container = _container(call, create_in)
    by_name = {name.lower(): values for name, values in properties.items()}
    name = next((str(by_name[known.lower()][0]).strip() for known in NAMES if known.lower() in by_name), "")
    if not name:
        raise BadRequest({"properties": [f"An object needs a name: one of {', '.join(NAMES)}."]})
    if len(name) > MAX_NAME_LENGTH:
        raise OperationFailed(OUT_OF_RANGE)
    dn = f"{'OU' if kind == UNIT else 'CN'}={escaped(name)},{container}"
    if normal_dn(dn) is None:
        raise OperationFailed(OUT_OF_RANGE)
    return dn


def _container(call: AdaxesCall, text: str) -> str:
    # Named by DN or GUID (adaxes.com/sdk/REST_CreateDirectoryObject); by DN it need not exist.
    if is_guid(text):
        return require_object(call, text).dn
    if normal_dn(text) is None:
        raise BadRequest({"createIn": ["Expected the distinguished name or the GUID of a container."]})
    return text


def _next_sid(call: AdaxesCall) -> str:
    return f"{DOMAIN_SID}-{FIRST_RELATIVE_ID + call.world.store.next_number(call.vendor.name, 'relativeIds')}"


def _changed(properties: Mapping[str, Any], changes: Iterable[PropertyChange]) -> dict[str, Any]:
    after = dict(properties)
    spelled = {name.lower(): name for name in after}
    for change in changes:
        if change.name.lower() == PASSWORD.lower():
            continue
        name = spelled.setdefault(change.name.lower(), change.name)
        before = after.pop(name, [])
        values = _changed_values(list(before) if isinstance(before, list | tuple) else [before], change)
        if values:
            after[name] = values
    return after


def _changed_values(before: list[Any], change: PropertyChange) -> list[Any]:
    match change.operation:
        case PropertyOperation.NONE:
            return before
        case PropertyOperation.CLEAR:
            return []
        case PropertyOperation.UPDATE:
            return list(change.values)
        case PropertyOperation.APPEND:
            return [*before, *_without(change.values, before)]
        case PropertyOperation.DELETE:
            return _without(before, change.values)


def _without(values: Iterable[Any], excluded: Iterable[Any]) -> list[Any]:
    # Values are compared case-insensitively, as in a directory.
    lowered = {str(value).casefold() for value in excluded}
    return [value for value in values if str(value).casefold() not in lowered]


def _password_fields(call: AdaxesCall, changes: Iterable[PropertyChange]) -> dict[str, Any]:
    setting_operations = (PropertyOperation.UPDATE, PropertyOperation.APPEND)
    passwords = [
        str(change.values[0])
        for change in changes
        if change.name.lower() == PASSWORD.lower() and change.values and change.operation in setting_operations
    ]
    if not passwords:
        return {}
    return {"password": passwords[-1], "passwordChangedAtUtc": dotnet_timestamp(call.world.clock.now())}
