"""`/1/settings`: documents by id, and their fields (services/.../SettingsResource.java; docs/wire/spacedog.md 5)."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.authentication import SpaceDogCall, require_level, require_role
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, NotFound, SpaceDogError
from mockmail.vendors.spacedog.jackson import JavaClass, MappingError, map_document
from mockmail.vendors.spacedog.parameters import Form, JsonBody, page_of
from mockmail.vendors.spacedog.records import Settings
from mockmail.vendors.spacedog.views import Result, saved, success

NOT_DIRECTLY_UPDATABLE = ("schema",)


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
        raise NotFound("no such index")
    for document in found:
        records.remove(document.key)
    return success()


def show(call: SpaceDogCall, params: None) -> Result:
    """Show settings; secrets are in clear (docs/wire/spacedog.md 5)."""
    settings_id = _readable_id(call)
    return Result(settings.load(call, call.caller.backend, settings_id), as_text=True)


def put(call: SpaceDogCall, params: JsonBody) -> Result:
    """Replace settings; missing fields get their defaults."""
    settings_id = _updatable_id(call)
    model = settings.CLASSES.get(settings_id)
    if model is None:
        return _save(call, settings_id, _source(params))
    try:
        document = _mapped(model, params)
    except MappingError as error:
        cause = Cause(str(error), settings.MAPPING_EXCEPTION)
        raise IllegalArgument(f"invalid [{settings_id}] settings", cause=cause) from error
    return _save(call, settings_id, document, mapped=True)


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete settings."""
    settings.delete(call, call.caller.backend, _updatable_id(call))
    return success()


def show_field(call: SpaceDogCall, params: None) -> Result:
    """Show a field's value; null for a field that is missing."""
    document = settings.load(call, call.caller.backend, _readable_id(call))
    return Result(document.get(call.path["field"]))


def put_field(call: SpaceDogCall, params: JsonBody) -> Result:
    """Set one field, without checking that the settings still fit their class (docs/wire/spacedog.md 5)."""
    settings_id = _updatable_id(call)
    try:
        document = settings.load(call, call.caller.backend, settings_id)
    except NotFound:
        document = {}
    return _save(call, settings_id, {**document, call.path["field"]: params.checked_value()})


def delete_field(call: SpaceDogCall, params: None) -> Result:
    """Remove one field."""
    settings_id = _updatable_id(call)
    document = settings.load(call, call.caller.backend, settings_id)
    remaining = {name: value for name, value in document.items() if name != call.path["field"]}
    return _save(call, settings_id, remaining)


def _save(call: SpaceDogCall, settings_id: str, document: dict[str, Any], *, mapped: bool = False) -> Result:
    backend = call.caller.backend
    stored, is_new = settings.save(call, backend, settings_id, document, mapped=mapped)
    # Settings with a class exist by default, so that setting a field creates nothing.
    created = is_new and (mapped or settings_id not in settings.CLASSES)
    return saved(call, backend, f"settings/{settings_id}", settings_id, created=created, version=stored.version)


def _mapped(model: type[JavaClass], params: JsonBody) -> dict[str, Any]:
    if params.broken is not None or params.value is None:
        raise MappingError(params.broken or "No content to map due to end-of-input")
    return map_document(model, params.value)


def _source(params: JsonBody) -> dict[str, Any]:
    # Elasticsearch stores settings without a class: any object, and nothing else.
    if not isinstance(params.value, dict):
        raise SpaceDogError("failed to parse", cause=Cause(params.broken) if params.broken else None)
    return params.value


def _readable_id(call: SpaceDogCall) -> str:
    _require_right(call, "read")
    return call.path["id"]


def _updatable_id(call: SpaceDogCall) -> str:
    _require_right(call, "update")
    settings_id = call.path["id"]
    if settings_id in NOT_DIRECTLY_UPDATABLE:
        raise IllegalArgument(f"[{settings_id}] settings is not directly updatable")
    return settings_id


def _require_right(call: SpaceDogCall, right: str) -> None:
    if call.caller.is_at_least("SUPER_ADMIN"):
        return
    acl = settings.load_as(call, call.caller.backend, "settings", settings.SettingsSettings)["acl"] or {}
    require_role(call, ["super_admin", *((acl.get(call.path["id"]) or {}).get(right) or ())])
