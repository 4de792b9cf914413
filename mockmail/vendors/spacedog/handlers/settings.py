"""`/1/settings`: documents by id, and their fields (services/.../SettingsResource.java)."""

from __future__ import annotations

from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.access import Caller, require_level, require_role
from mockmail.vendors.spacedog.answer import Answer, saved, success
from mockmail.vendors.spacedog.backends import root_url
from mockmail.vendors.spacedog.bodies import Form, JsonBody
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, NotFound, SpaceDogError
from mockmail.vendors.spacedog.handlers import json_nodes, stored_settings
from mockmail.vendors.spacedog.handlers.paging import page_of
from mockmail.vendors.spacedog.mapping import MappingError, mapped
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Settings
from mockmail.vendors.spacedog.settings_classes import CLASSES, NOT_DIRECTLY_UPDATABLE, SettingsClass, SettingsSettings


def list_(call: Call[Caller, Options], params: Form) -> Answer:
    """All stored settings of a backend, by id."""
    require_level(call, "SUPER_ADMIN")
    found = call.world.store.records(VENDOR, Settings).find("backend", call.caller.backend)
    if not found:
        return success(took=0, total=0, results={})
    start, end = page_of(params)
    return Answer({one.id: one.source for one in [one for one in found if one.source is not None][start:end]})


def delete_all(call: Call[Caller, Options], params: None) -> Answer:
    """Drop all settings of a backend, versions and all."""
    require_level(call, "SUPER_ADMIN")
    records = call.world.store.records(VENDOR, Settings)
    found = records.find("backend", call.caller.backend)
    if not found:
        raise NotFound("no such index")
    for one in found:
        records.remove(one.key)
    return success()


def show(call: Call[Caller, Options], params: None) -> Answer:
    """A settings document; secrets are shown as they are stored (docs/wire/spacedog.md 5)."""
    settings_id = _readable(call)
    document = stored_settings.load(call.world, call.caller.backend, settings_id)
    return Answer(document, as_text=True)


def put(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Set a whole document; what it leaves out gets its default."""
    settings_id = _updatable(call)
    model = CLASSES.get(settings_id)
    if model is None:
        return _save(call, settings_id, _source(params), mapped=False)
    try:
        document = _mapped(model, params)
    except MappingError as error:
        cause = Cause(str(error), stored_settings.MAPPING_EXCEPTION)
        raise IllegalArgument(f"invalid [{settings_id}] settings", cause=cause) from error
    return _save(call, settings_id, document, mapped=True)


def delete(call: Call[Caller, Options], params: None) -> Answer:
    """Delete a document."""
    settings_id = _updatable(call)
    stored_settings.delete(call.world, call.caller.backend, settings_id)
    return success()


def show_field(call: Call[Caller, Options], params: None) -> Answer:
    """A field's value; null where there is none."""
    document = stored_settings.load(call.world, call.caller.backend, _readable(call))
    return Answer(document.get(call.path["field"]))


def put_field(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Set one field; whether the document still fits its class shows when it is next read (docs/wire/spacedog.md 5)."""
    settings_id = _updatable(call)
    try:
        document = stored_settings.load(call.world, call.caller.backend, settings_id)
        created = False
    except NotFound:
        document, created = {}, True
    changed = {**document, call.path["field"]: json_nodes.node(params)}
    return _save(call, settings_id, changed, mapped=False, created=created)


def delete_field(call: Call[Caller, Options], params: None) -> Answer:
    """Remove one field."""
    settings_id = _updatable(call)
    document = stored_settings.load(call.world, call.caller.backend, settings_id)
    kept = {name: value for name, value in document.items() if name != call.path["field"]}
    return _save(call, settings_id, kept, mapped=False, created=False)


def _save(
    call: Call[Caller, Options],
    settings_id: str,
    document: dict[str, Any],
    *,
    mapped: bool,
    created: bool | None = None,
) -> Answer:
    backend = call.caller.backend
    kept, new = stored_settings.save(call.world, backend, settings_id, document, mapped=mapped)
    location = f"{root_url(call.request, backend, call.options)}/1/settings/{settings_id}"
    new = new if created is None else created
    return saved(location, "settings", settings_id, created=new, version=kept.version)


def _mapped(model: type[SettingsClass], params: JsonBody) -> dict[str, Any]:
    if params.broken is not None or params.value is None:
        raise MappingError(params.broken or "No content to map due to end-of-input")
    return mapped(model, params.value)


def _source(params: JsonBody) -> dict[str, Any]:
    """The document of settings without a class: Elasticsearch takes any object, and nothing else."""
    if not isinstance(params.value, dict):
        raise SpaceDogError("failed to parse", cause=Cause(params.broken) if params.broken else None)
    return params.value


def _readable(call: Call[Caller, Options]) -> str:
    settings_id = call.path["id"]
    if not call.caller.is_at_least("SUPER_ADMIN"):
        require_role(call, _authorized(call, settings_id, "read"))
    return settings_id


def _updatable(call: Call[Caller, Options]) -> str:
    settings_id = call.path["id"]
    if not call.caller.is_at_least("SUPER_ADMIN"):
        require_role(call, _authorized(call, settings_id, "update"))
    if settings_id in NOT_DIRECTLY_UPDATABLE:
        raise IllegalArgument(f"[{settings_id}] settings is not directly updatable")
    return settings_id


def _authorized(call: Call[Caller, Options], settings_id: str, right: str) -> list[str]:
    """The roles that the settings named `settings` give a right to; superadmins always have it."""
    acl = stored_settings.load_as(call.world, call.caller.backend, "settings", SettingsSettings)["acl"] or {}
    return ["super_admin", *((acl.get(settings_id) or {}).get(right) or ())]
