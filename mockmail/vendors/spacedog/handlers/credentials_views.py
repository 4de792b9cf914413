"""Credentials as answers show them, and as changes leave them."""

from __future__ import annotations

from typing import Any

from mockmail.core.world import World
from mockmail.vendors.spacedog.access import OWN_ROLES
from mockmail.vendors.spacedog.authentication import is_enabled
from mockmail.vendors.spacedog.moments import iso
from mockmail.vendors.spacedog.records import VENDOR, Credentials, Session


def view(world: World, one: Credentials, backend: str | None = None) -> dict[str, Any]:
    """What is shown of credentials; a superdog seems to be of the backend that is called."""
    return {
        "id": one.id,
        "backendId": backend if backend is not None and one.level == "SUPERDOG" else one.backendId,
        "username": one.username,
        "email": one.email,
        "reallyEnabled": is_enabled(world, one),
        "enabled": one.enabled,
        "enableAfter": one.enableAfter,
        "disableAfter": one.disableAfter,
        "invalidChallenges": one.invalidChallenges,
        "lastInvalidChallengeAt": one.lastInvalidChallengeAt,
        "level": one.level,
        "roles": roles_of(one),
        "createdAt": one.createdAt or None,
        "updatedAt": one.updatedAt or None,
    }


def roles_of(one: Credentials) -> list[str]:
    """The roles of the level, and further ones."""
    return list(dict.fromkeys((*OWN_ROLES[one.level], *one.roles)))


def touched(world: World, one: Credentials, **changes: Any) -> Credentials:
    """Keep credentials with some changes, the next version of them."""
    changed = one.replace(**changes, version=one.version + 1, updatedAt=iso(world.clock.now()))
    return world.store.records(VENDOR, Credentials).put(changed)


def end_sessions(world: World, one: Credentials) -> None:
    """Close all sessions of credentials."""
    sessions = world.store.records(VENDOR, Session)
    for session in sessions.find("credentials", one.id):
        sessions.remove(session.key)
