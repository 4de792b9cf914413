"""Settings as they are kept: read through their classes, written with versions (services/.../SettingsResource.java)."""

from __future__ import annotations

from typing import Any

from mockmail.core.world import World
from mockmail.vendors.spacedog.errors import Cause, NotFound, ServerFailure
from mockmail.vendors.spacedog.mapping import MappingError, defaults, mapped
from mockmail.vendors.spacedog.records import VENDOR, Settings, settings_key
from mockmail.vendors.spacedog.settings_classes import CLASSES, SettingsClass

REMEMBERED = 60.0
"""Seconds for which the version of deleted settings counts on (Elasticsearch's `index.gc_deletes`)."""

MAPPING_EXCEPTION = "com.fasterxml.jackson.databind.JsonMappingException"


def load(world: World, backend: str, settings_id: str) -> dict[str, Any]:
    """The settings, written out by their class where they have one; defaults where nothing is stored.

    Raises NotFound for settings without a class, ServerFailure for a document that does not fit its class.
    """
    model = CLASSES.get(settings_id)
    if model is not None:
        return load_as(world, backend, settings_id, model)
    found = world.store.records(VENDOR, Settings).get(settings_key(backend, settings_id))
    if found is None or found.source is None:
        raise not_found(backend, settings_id)
    return found.source


def load_as(world: World, backend: str, settings_id: str, model: type[SettingsClass]) -> dict[str, Any]:
    """The settings, written out by a class; its defaults where nothing is stored. Raises ServerFailure."""
    found = world.store.records(VENDOR, Settings).get(settings_key(backend, settings_id))
    if found is None or found.source is None:
        return defaults(model)
    if found.mapped:
        return found.source
    try:
        return mapped(model, found.source)
    except MappingError as error:
        message = f"error mapping [{settings_id}] settings to [{model.java.rpartition('.')[2]}] class"
        raise ServerFailure(message, cause=Cause(str(error), MAPPING_EXCEPTION)) from error


def save(
    world: World, backend: str, settings_id: str, source: dict[str, Any], *, mapped: bool
) -> tuple[Settings, bool]:
    """Keep a document. Returns it with its version, and whether it is new."""
    records = world.store.records(VENDOR, Settings)
    old = records.get(settings_key(backend, settings_id))
    created = old is None or old.source is None
    forgotten = old is None or (old.deletedAt is not None and world.clock.timestamp() - old.deletedAt > REMEMBERED)
    version = 1 if old is None or forgotten else old.version + 1
    kept = Settings(backendId=backend, id=settings_id, source=source, mapped=mapped, version=version)
    return records.put(kept), created


def delete(world: World, backend: str, settings_id: str) -> None:
    """Take a document away, all but its version. Raises NotFound."""
    records = world.store.records(VENDOR, Settings)
    old = records.get(settings_key(backend, settings_id))
    if old is None or old.source is None:
        raise not_found(backend, settings_id)
    records.put(old.replace(source=None, mapped=False, version=old.version + 1, deletedAt=world.clock.timestamp()))


def not_found(backend: str, settings_id: str) -> NotFound:
    """What is said of settings that are not stored."""
    return NotFound(f"[settings][{settings_id}] not found in backend [{backend}]")
