"""`/1/credentials/{id}` and what is below it: names, passwords, roles (services/.../CredentialsResource.java)."""

from __future__ import annotations

import re
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.access import Caller, insufficient, require_level, require_self_or_admin
from mockmail.vendors.spacedog.answer import Answer, saved
from mockmail.vendors.spacedog.bodies import Form, JsonBody
from mockmail.vendors.spacedog.errors import Forbidden, IllegalArgument
from mockmail.vendors.spacedog.handlers import json_nodes, stored_settings
from mockmail.vendors.spacedog.handlers.credentials import by_id, check_password, check_username, location
from mockmail.vendors.spacedog.handlers.credentials_views import end_sessions, roles_of, touched
from mockmail.vendors.spacedog.moments import iso, moment
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import Credentials

_ROLE = re.compile(r"[a-z]{3,}")
CLEARED: dict[str, Any] = {"passwordResetCode": None, "invalidChallenges": 0, "lastInvalidChallengeAt": None}


def update_me(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Change the caller's own credentials."""
    return _update(call, require_level(call, "USER").id, params)


def update(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Change credentials: name, e-mail address, password, and for admins whether they are enabled."""
    require_self_or_admin(call, call.path["id"])
    return _update(call, call.path["id"], params)


def set_my_password(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Set the caller's own password."""
    return _set_password(call, require_level(call, "USER").id, params)


def set_password(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Set a password; the caller must have given their own with the call."""
    require_self_or_admin(call, call.path["id"])
    return _set_password(call, call.path["id"], params)


def delete_password(call: Call[Caller, Options], params: None) -> Answer:
    """Take a password away, and get a code to set another with."""
    require_level(call, "ADMIN")
    one = by_id(call, call.path["id"])
    end_sessions(call.world, one)
    code = call.world.ids.uuid()
    changed = touched(call.world, one, **{**CLEARED, "password": None, "passwordResetCode": code})
    return saved(
        location(call, changed),
        "credentials",
        changed.id,
        created=False,
        version=changed.version,
        passwordResetCode=code,
    )


def reset_password(call: Call[Caller, Options], params: Form) -> Answer:
    """Set a password with a code, which was mailed perhaps."""
    one = by_id(call, call.path["id"])
    settings = stored_settings.load(call.world, call.caller.backend, "credentials")
    password, code = params.get("password"), params.get("passwordResetCode")
    check_password(password, settings)
    for name, value in (("password", password), ("passwordResetCode", code)):
        if not value:
            raise IllegalArgument(f"[{name}] is null or empty")
    if code != one.passwordResetCode:
        raise IllegalArgument(f"password reset code [{code}] invalid")
    return _saved(call, _with_password(call, one, password or ""))


def require_change(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Say whether a password must be changed before anything else."""
    require_level(call, "ADMIN")
    one = by_id(call, call.path["id"])
    value = json_nodes.node(params)
    if not isinstance(value, bool):
        raise IllegalArgument(f"json node [{params.text}] not a boolean")
    return _saved(call, touched(call.world, one, passwordMustChange=value))


def enable(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Enable or disable credentials."""
    require_level(call, "ADMIN")
    value = json_nodes.node(params)
    if not isinstance(value, bool):
        raise IllegalArgument(f"body not a boolean but [{params.text}]")
    return _saved(call, touched(call.world, by_id(call, call.path["id"]), **_enabled(value)))


def list_roles(call: Call[Caller, Options], params: None) -> Answer:
    """The roles of credentials."""
    require_self_or_admin(call, call.path["id"])
    return Answer(roles_of(by_id(call, call.path["id"])), as_text=True)


def delete_roles(call: Call[Caller, Options], params: None) -> Answer:
    """Take all roles away but the level's own."""
    require_level(call, "ADMIN")
    return _saved(call, touched(call.world, by_id(call, call.path["id"]), roles=()))


def add_role(call: Call[Caller, Options], params: None) -> Answer:
    """Give credentials a role."""
    require_level(call, "ADMIN")
    role = call.path["role"]
    if not _ROLE.fullmatch(role):
        raise IllegalArgument("roles must be at least 3 characters long and composed of a-z characters")
    one = by_id(call, call.path["id"])
    if role not in roles_of(one):
        one = touched(call.world, one, roles=(*one.roles, role))
    return _saved(call, one)


def delete_role(call: Call[Caller, Options], params: None) -> Answer:
    """Take a role away."""
    require_level(call, "ADMIN")
    one, role = by_id(call, call.path["id"]), call.path["role"]
    if role not in roles_of(one):
        return Answer({"success": False, "status": 404}, 404)
    return _saved(call, touched(call.world, one, roles=tuple(other for other in one.roles if other != role)))


def is_json(content_type: str) -> bool:
    """Whether a body says that it is JSON."""
    return content_type.lower().startswith("application/json")


def _update(call: Call[Caller, Options], credentials_id: str, params: JsonBody) -> Answer:
    if call.caller.level == "USER":
        _require_challenge(call)
    data = json_nodes.object_(params)
    one = by_id(call, credentials_id)
    settings = stored_settings.load(call.world, call.caller.backend, "credentials")
    changes: dict[str, Any] = {}
    username, email, password = (json_nodes.as_text(data.get(name)) for name in ("username", "email", "password"))
    if username:
        check_username(username, settings)
        changes["username"] = username
    if email:
        changes["email"] = email
    if password:
        _require_challenge(call)
        check_password(password, settings)
        one = _with_password(call, one, password)
    changes |= _admin_changes(call, data)
    return _saved(call, touched(call.world, one, **changes))


def _admin_changes(call: Call[Caller, Options], data: dict[str, Any]) -> dict[str, Any]:
    """What only admins may change."""
    changes: dict[str, Any] = {}
    dates = [name for name in ("enableAfter", "disableAfter") if name in data]
    if (dates or data.get("enabled") is not None) and not call.caller.is_at_least("ADMIN"):
        raise insufficient(call)
    if data.get("enabled") is not None:
        changes |= _enabled(data["enabled"] is True or data["enabled"] == "true")
    for name in dates:
        changes[name] = None if data[name] is None else _date(json_nodes.as_text(data[name]))
    return changes


def _date(text: str) -> str:
    """A moment as all are written. Raises IllegalArgument."""
    try:
        found = moment(text)
        return iso(found) if found else text
    except (ValueError, OverflowError) as error:
        raise IllegalArgument(f'Invalid format: "{text}"') from error


def _enabled(value: bool) -> dict[str, Any]:
    if not value:
        return {"enabled": False}
    return {"enabled": True, "invalidChallenges": 0, "lastInvalidChallengeAt": None}


def _set_password(call: Call[Caller, Options], credentials_id: str, params: JsonBody) -> Answer:
    _require_challenge(call)
    one = by_id(call, credentials_id)
    settings = stored_settings.load(call.world, call.caller.backend, "credentials")
    password: Any = (params.query or {}).get("password")
    if params.text and is_json(call.request.headers.get("Content-Type", "")):
        password = json_nodes.node(params)
        if not isinstance(password, str):
            raise IllegalArgument(f"json node [{params.text}] not a string")
    check_password(password, settings)
    return _saved(call, _with_password(call, one, password))


def _with_password(call: Call[Caller, Options], one: Credentials, password: str) -> Credentials:
    end_sessions(call.world, one)
    return touched(call.world, one, **CLEARED, password=password, passwordMustChange=False)


def _require_challenge(call: Call[Caller, Options]) -> None:
    if not call.caller.challenged:
        raise Forbidden("password must be challenged", "unchallenged-password")


def _saved(call: Call[Caller, Options], one: Credentials) -> Answer:
    return saved(location(call, one), "credentials", one.id, created=False, version=one.version)
