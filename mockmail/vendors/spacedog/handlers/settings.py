"""`/1/settings`: documents by id, and their fields (services/.../SettingsResource.java; docs/wire/spacedog.md 5)."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.authentication import SpaceDogCall, require_level, require_role
from mockmail.vendors.spacedog.errors import (
    Cause,
    IllegalArgument,
    IndexNotFound,
    NotFound,
    ServerFailure,
    SpaceDogError,
)
from mockmail.vendors.spacedog.jackson import MAPPING_EXCEPTION, JavaClass, MappingError, map_document
from mockmail.vendors.spacedog.parameters import Form, JsonBody, page_of
from mockmail.vendors.spacedog.records import Settings
from mockmail.vendors.spacedog.views import Result, saved, success

VERSION_LIFETIME = 60.0
"""Seconds for which the version of deleted settings continues (Elasticsearch's `index.gc_deletes`)."""


def list_(call: SpaceDogCall, params: Form) -> Result:
    """List all stored settings of a backend, by id."""
    require_level(call, "SUPER_ADMIN")
    found = call.records(Settings).find("backend", call.caller.backend)
    if not found:
        return success(took=0, total=0, results={})
    stored = [document for document in found if document.source is not None]
    return Result({document.id: document.source for document in stored[page_of(params)]})


def delete_all(call: SpaceDogCall, params: None) -> Result:
    """Delete all settings of a backend with their versions."""
    require_level(call, "SUPER_ADMIN")
    records = call.records(Settings)
    found = records.find("backend", call.caller.backend)
    if not found:
        raise IndexNotFound
    for document in found:
        records.remove(document.key)
    return success()


def show(call: SpaceDogCall, params: None) -> Result:
    """Show settings; secrets are in clear (docs/wire/spacedog.md 5)."""
    return Result(_load(call), as_text=True)


def put(call: SpaceDogCall, params: JsonBody) -> Result:
    """Replace settings; missing fields get their defaults."""
    _require_updatable(call)
    model = settings.CLASSES.get(call.path["id"])
    document = _source(params) if model is None else _mapped(call.path["id"], model, params)
    return _save(call, document, mapped=model is not None)


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete settings; their version continues for a while."""
    _require_updatable(call)
    old = settings.stored(call, call.caller.backend, call.path["id"])
    now = call.world.clock.timestamp()
    call.records(Settings).put(old.replace(source=None, mapped=False, version=old.version + 1, deletedAt=now))
    return success()


def show_field(call: SpaceDogCall, params: None) -> Result:
    """Show a field's value; null for a field that is missing."""
    return Result(_load(call).get(call.path["field"]))


def put_field(call: SpaceDogCall, params: JsonBody) -> Result:
    """Set one field, without checking that the settings still fit their class (docs/wire/spacedog.md 5)."""
    _require_updatable(call)
    try:
        document = settings.load(call, call.caller.backend, call.path["id"])
    except NotFound:
        document = {}
    return _save(call, {**document, call.path["field"]: params.checked_value()})


def delete_field(call: SpaceDogCall, params: None) -> Result:
    """Remove one field."""
    _require_updatable(call)
    document = settings.load(call, call.caller.backend, call.path["id"])
    return _save(call, {name: value for name, value in document.items() if name != call.path["field"]})


def _load(call: SpaceDogCall) -> dict[str, Any]:
    _require_right(call, "read")
    return settings.load(call, call.caller.backend, call.path["id"])


def _save(call: SpaceDogCall, document: dict[str, Any], *, mapped: bool = False) -> Result:
    backend, settings_id, now = call.caller.backend, call.path["id"], call.world.clock.timestamp()
    old = call.records(Settings).get(f"{backend}/{settings_id}")
    is_new = old is None or old.source is None
    forgotten = old is None or (old.deletedAt is not None and now - old.deletedAt > VERSION_LIFETIME)
    version = 1 if old is None or forgotten else old.version + 1
    call.records(Settings).put(
        Settings(backendId=backend, id=settings_id, source=document, mapped=mapped, version=version)
    )
    # Settings with a class exist by default, so that setting a field creates nothing.
    created = is_new and (mapped or settings_id not in settings.CLASSES)
    return saved(call, backend, f"settings/{settings_id}", settings_id, created=created, version=version)


def _mapped(settings_id: str, model: type[JavaClass], params: JsonBody) -> dict[str, Any]:
    if params.text and params.broken is None and params.value is None:
        raise ServerFailure("", "java.lang.NullPointerException")
    reason = params.broken or "No content to map due to end-of-input"
    if params.value is not None:
        try:
            return map_document(model, params.value)
        except MappingError as error:
            reason = str(error)
    raise IllegalArgument(f"invalid [{settings_id}] settings", cause=Cause(reason, MAPPING_EXCEPTION))


def _source(params: JsonBody) -> dict[str, Any]:
    # Elasticsearch stores settings without a class: any object, and nothing else.
    if not isinstance(params.value, dict):
        raise SpaceDogError("failed to parse", cause=Cause(params.broken) if params.broken else None)
    return params.value


def _require_updatable(call: SpaceDogCall) -> None:
    _require_right(call, "update")
    if call.path["id"] == "schema":
        raise IllegalArgument("[schema] settings is not directly updatable")


def _require_right(call: SpaceDogCall, right: str) -> None:
    if call.caller.is_at_least("SUPER_ADMIN"):
        return
    acl = settings.load(call, call.caller.backend, "settings", settings.SettingsSettings)["acl"] or {}
    require_role(call, ["super_admin", *((acl.get(call.path["id"]) or {}).get(right) or ())])
