"""The documents of SpaceDog's responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.vendors.spacedog.authentication import OWN_ROLES, SpaceDogCall, backend_of, is_enabled
from mockmail.vendors.spacedog.records import Credentials, DataObject


@dataclass(frozen=True, slots=True)
class Result:
    """A response's data. document: any JSON value. object_id: the value of the header `x-spacedog-object-id`.

    as_text: whether the vendor stores the document as text, to which it adds no debug data.
    """

    document: Any
    status: int = 200
    object_id: str | None = None
    as_text: bool = False


def success(**fields: Any) -> Result:
    """Return `success` and `status`, and further fields."""
    return Result({"success": True, "status": 200, **fields})


def saved(
    call: SpaceDogCall,
    backend: str,
    path: str,
    object_id: str,
    *,
    created: bool,
    version: int | None = None,
    type_name: str | None = None,
) -> Result:
    """Return the id, type and location of an object that was saved.

    path: its path under `/1/`. type_name: the type unless it is the first segment of the path.
    """
    status = 201 if created else 200
    document: dict[str, Any] = {"success": True, "status": status, "id": object_id}
    document["type"] = type_name or path.partition("/")[0]
    document["location"] = f"{_root_url(call, backend)}/1/{path}"
    if version is not None:
        document["version"] = version
    return Result(document, status, object_id)


def saved_credentials(call: SpaceDogCall, user: Credentials, *, created: bool = False, **fields: Any) -> Result:
    """Return the location of credentials that were saved, and further fields."""
    version = None if created else user.version
    result = saved(call, user.backendId, f"credentials/{user.id}", user.id, created=created, version=version)
    result.document.update(fields)
    return result


def credentials_document(call: SpaceDogCall, user: Credentials, backend: str | None = None) -> dict[str, Any]:
    """Return credentials as responses show them. backend: shown in place of a superdog's own."""
    return {
        "id": user.id,
        "backendId": backend if backend is not None and user.level == "SUPERDOG" else user.backendId,
        "username": user.username,
        "email": user.email,
        "reallyEnabled": is_enabled(user, call.world.clock.now()),
        "enabled": user.enabled,
        "enableAfter": user.enableAfter,
        "disableAfter": user.disableAfter,
        "invalidChallenges": user.invalidChallenges,
        "lastInvalidChallengeAt": user.lastInvalidChallengeAt,
        "level": user.level,
        "roles": all_roles(user),
        "createdAt": user.createdAt or None,
        "updatedAt": user.updatedAt or None,
    }


def object_document(found: DataObject, **meta: Any) -> dict[str, Any]:
    """Return an object as responses and templates show it. meta: further members of its meta data."""
    own = found.source.get("meta")
    described = {"id": found.id, "type": found.type, "version": found.version, **meta}
    return {**found.source, "meta": {**(own if isinstance(own, dict) else {}), **described}}


def all_roles(user: Credentials) -> list[str]:
    """Return the roles of the level, then the user's own."""
    return list(dict.fromkeys((*OWN_ROLES[user.level], *user.roles)))


def _root_url(call: SpaceDogCall, backend: str) -> str:
    called = backend_of(call.request, call.options)
    scheme, separator, rest = call.request.base_url.partition("://")
    if called != backend and rest.lower().startswith(f"{called}."):
        return f"{scheme}{separator}{backend}{rest[len(called) :]}"
    return call.request.base_url
