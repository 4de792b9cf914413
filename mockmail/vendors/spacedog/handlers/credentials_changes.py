"""Changes of `/1/credentials/{id}`: names, passwords, roles (services/.../CredentialsResource.java)."""

from __future__ import annotations

import re
from typing import Any

from mockmail.core.state.records import read_timestamp
from mockmail.vendors.spacedog.authentication import (
    SpaceDogCall,
    insufficient_credentials,
    require_level,
    require_self_or_admin,
)
from mockmail.vendors.spacedog.errors import Forbidden, IllegalArgument
from mockmail.vendors.spacedog.handlers.credentials import (
    check,
    end_sessions,
    find_user,
    save_changes,
)
from mockmail.vendors.spacedog.parameters import Form, JsonBody, as_text
from mockmail.vendors.spacedog.records import Credentials, timestamp
from mockmail.vendors.spacedog.views import Result, all_roles, saved_credentials

NO_INVALID_CHALLENGES: dict[str, Any] = {"invalidChallenges": 0, "lastInvalidChallengeAt": None}

_ROLE = re.compile(r"[a-z]{3,}")


def update(call: SpaceDogCall, params: JsonBody) -> Result:
    """Change credentials: name, e-mail address, password, and for admins whether they are enabled."""
    require_self_or_admin(call)
    if call.caller.level == "USER":
        _require_challenge(call)
    data = params.checked_object()
    user = find_user(call)
    username, email, password = (as_text(data.get(name)) for name in ("username", "email", "password"))
    if username:
        check(call, "username", username)
    if password:
        _require_challenge(call)
        check(call, "password", password)
        user = _replace_password(call, user, password)
    changes = {"username": username or user.username, "email": email or user.email, **_admin_changes(call, data)}
    return saved_credentials(call, save_changes(call, user, **changes))


def set_password(call: SpaceDogCall, params: JsonBody | Form) -> Result:
    """Set a password, a JSON text or a parameter; the caller must be authenticated by their own password."""
    require_self_or_admin(call)
    _require_challenge(call)
    user = find_user(call)
    if isinstance(params, JsonBody):
        password: str | None = params.checked_scalar(str, "string")
    else:
        password = params.get("password")
    check(call, "password", password)
    return saved_credentials(call, _replace_password(call, user, password))


def delete_password(call: SpaceDogCall, params: None) -> Result:
    """Delete a password, and return a code to set another with."""
    require_level(call, "ADMIN")
    user, code = find_user(call), call.world.ids.uuid()
    end_sessions(call, user)
    user = save_changes(call, user, **NO_INVALID_CHALLENGES, password=None, passwordResetCode=code)
    return saved_credentials(call, user, passwordResetCode=code)


def reset_password(call: SpaceDogCall, params: Form) -> Result:
    """Set a password with a code."""
    user = find_user(call)
    password, code = params.get("password"), params.get("passwordResetCode")
    check(call, "password", password)
    for name, value in (("password", password), ("passwordResetCode", code)):
        if not value:
            raise IllegalArgument(f"[{name}] is null or empty")
    if code != user.passwordResetCode:
        raise IllegalArgument(f"password reset code [{code}] invalid")
    return saved_credentials(call, _replace_password(call, user, password))


def require_change(call: SpaceDogCall, params: JsonBody) -> Result:
    """Set whether a password must be changed before any other call."""
    require_level(call, "ADMIN")
    user, value = find_user(call), params.checked_scalar(bool, "boolean")
    return saved_credentials(call, save_changes(call, user, passwordMustChange=value))


def enable(call: SpaceDogCall, params: JsonBody) -> Result:
    """Enable or disable credentials."""
    require_level(call, "ADMIN")
    value = params.checked_value()
    if not isinstance(value, bool):
        raise IllegalArgument(f"body not a boolean but [{params.text}]")
    return saved_credentials(call, save_changes(call, find_user(call), **_enabled(value)))


def list_roles(call: SpaceDogCall, params: None) -> Result:
    """List the roles of credentials."""
    require_self_or_admin(call)
    return Result(all_roles(find_user(call)), as_text=True)


def delete_roles(call: SpaceDogCall, params: None) -> Result:
    """Delete all roles except those of the level."""
    require_level(call, "ADMIN")
    return saved_credentials(call, save_changes(call, find_user(call), roles=()))


def add_role(call: SpaceDogCall, params: None) -> Result:
    """Add a role to credentials."""
    require_level(call, "ADMIN")
    role = call.path["role"]
    if not _ROLE.fullmatch(role):
        raise IllegalArgument("roles must be at least 3 characters long and composed of a-z characters")
    user = find_user(call)
    if role not in all_roles(user):
        user = save_changes(call, user, roles=(*user.roles, role))
    return saved_credentials(call, user)


def delete_role(call: SpaceDogCall, params: None) -> Result:
    """Delete a role of credentials."""
    require_level(call, "ADMIN")
    user, role = find_user(call), call.path["role"]
    if role not in all_roles(user):
        return Result({"success": False, "status": 404}, 404)
    user = save_changes(call, user, roles=tuple(other for other in user.roles if other != role))
    return saved_credentials(call, user)


def _admin_changes(call: SpaceDogCall, data: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    dates = [name for name in ("enableAfter", "disableAfter") if name in data]
    if (dates or data.get("enabled") is not None) and not call.caller.is_at_least("ADMIN"):
        raise insufficient_credentials(call)
    if data.get("enabled") is not None:
        changes |= _enabled(data["enabled"] is True or data["enabled"] == "true")
    for name in dates:
        changes[name] = None if data[name] is None else _normalized_date(as_text(data[name]))
    return changes


def _normalized_date(text: str) -> str:
    try:
        return timestamp(read_timestamp(text))
    except (ValueError, OverflowError) as error:
        raise IllegalArgument(f'Invalid format: "{text}"') from error


def _enabled(value: bool) -> dict[str, Any]:
    return {"enabled": True, **NO_INVALID_CHALLENGES} if value else {"enabled": False}


def _replace_password(call: SpaceDogCall, user: Credentials, password: str | None) -> Credentials:
    end_sessions(call, user)
    changes = {"password": password, "passwordResetCode": None, "passwordMustChange": False}
    return save_changes(call, user, **NO_INVALID_CHALLENGES, **changes)


def _require_challenge(call: SpaceDogCall) -> None:
    if not call.caller.challenged:
        raise Forbidden("password must be challenged", code="unchallenged-password")
