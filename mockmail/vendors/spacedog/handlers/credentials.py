"""`/1/login`, `/1/logout`; `/1/credentials`: sign up, list, show, delete.

services/.../CredentialsResource.java; docs/wire/spacedog.md 3.
"""

from __future__ import annotations

import base64
import math
import re
from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.authentication import (
    SpaceDogCall,
    insufficient_credentials,
    require_level,
    require_self_or_admin,
)
from mockmail.vendors.spacedog.errors import Forbidden, IllegalArgument, NotFound, SpaceDogError
from mockmail.vendors.spacedog.parameters import (
    LONG_LIMIT,
    Form,
    JsonBody,
    as_text,
    page_of,
    required_text,
    whole_number,
)
from mockmail.vendors.spacedog.records import LEVELS, Backend, Credentials, Session, timestamp
from mockmail.vendors.spacedog.settings import DEFAULT_PATTERNS
from mockmail.vendors.spacedog.views import Result, credentials_document, saved_credentials, success

ID_LENGTH = 20
MAX_SESSIONS = 10
MAX_PATTERN = 1000
MAX_MATCHED = 200
MAX_QUANTIFIERS = 3

_SET_OPERATION = re.compile(
    r"\[[^\]]*(?:\[|&&|\|\||--|~~)"
)  # Java and Python read set operations in patterns differently


def login(call: SpaceDogCall, params: Form) -> Result:
    """Open a session for a caller with a password, or return the session of a token (docs/wire/spacedog.md 3)."""
    user = require_level(call, "USER")
    session = call.caller.session
    if call.caller.challenged:
        session = _open_session(call, user, _lifetime(call, params))
        user = save_changes(call, user)
    return success(
        accessToken=session.accessToken if session else None,
        expiresIn=max(0, math.ceil(session.expiresAt - call.world.clock.timestamp())) if session else 0,
        credentials=credentials_document(call, user, call.caller.backend),
    )


def logout(call: SpaceDogCall, params: None) -> Result:
    """Close the session of the caller's token (docs/wire/spacedog.md 3)."""
    user = require_level(call, "USER")
    if call.caller.session is not None:
        call.records(Session).remove(call.caller.session.key)
        save_changes(call, user)
    return success()


def sign_up(call: SpaceDogCall, params: JsonBody) -> Result:
    """Create credentials; without a password the response has a code to set one with (docs/wire/spacedog.md 1)."""
    if load_rules(call)["disableGuestSignUp"]:
        require_level(call, "USER")
    data = params.checked_object()
    user = add_credentials(call, call.caller.backend, _level(call, data), data)
    code = {} if user.passwordResetCode is None else {"passwordResetCode": user.passwordResetCode}
    return saved_credentials(call, user, created=True, **code)


def list_(call: SpaceDogCall, params: Form) -> Result:
    """List the credentials of the backend, by user name or e-mail address if one is given."""
    require_level(call, "USER")
    found = _matching(call, params)
    results = [credentials_document(call, user) for user in found[page_of(params)]]
    return Result({"total": len(found), "results": results})


def delete_all(call: SpaceDogCall, params: Form) -> Result:
    """Delete the credentials of the backend, except superadmins."""
    require_level(call, "SUPER_ADMIN")
    for user in _matching(call, params):
        if user.level != "SUPER_ADMIN":
            _remove(call, user)
    return success()


def show_me(call: SpaceDogCall, params: None) -> Result:
    """Show the caller's own credentials."""
    return Result(credentials_document(call, require_level(call, "USER"), call.caller.backend))


def show(call: SpaceDogCall, params: None) -> Result:
    """Show credentials: the caller's own, or any for an admin."""
    require_self_or_admin(call)
    return Result(credentials_document(call, find_user(call)))


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete credentials, except those of a backend's last superadmin."""
    require_self_or_admin(call)
    user, caller = find_user(call), call.caller
    is_own = caller.credentials is not None and caller.credentials.id == user.id
    is_below = caller.is_at_least("ADMIN") and user.backendId == caller.backend and caller.is_at_least(user.level)
    if not (is_own or is_below or caller.level == "SUPERDOG"):
        raise insufficient_credentials(call)
    superadmins = call.records(Credentials).count("superadmins", user.backendId)
    if user.level == "SUPER_ADMIN" and superadmins == 1:
        raise Forbidden(f"backend [{user.backendId}] must at least have one superadmin")
    _remove(call, user)
    return success()


def add_credentials(call: SpaceDogCall, backend: str, level: str, data: dict[str, Any]) -> Credentials:
    """Store the credentials of a sign-up document. Raise SpaceDogError."""
    username = required_text(data, "username")
    check(call, "username", username)
    email = required_text(data, "email")
    password = None if data.get("password") is None else as_text(data["password"])
    if password is not None:
        check(call, "password", password)
    records = call.records(Credentials)
    if records.count("name", (backend, username)):
        raise SpaceDogError(f"[credentials][{username}] already exists", code="already-exists")
    now = timestamp(call.world.clock.now())
    if backend not in call.records(Backend):
        call.records(Backend).add(Backend(id=backend))
    return records.add(
        Credentials(
            id=call.world.ids.token(ID_LENGTH, URL_SAFE),
            backendId=backend,
            username=username,
            email=email,
            level=level,
            password=password,
            passwordResetCode=call.world.ids.uuid() if password is None else None,
            createdAt=now,
            updatedAt=now,
        )
    )


def find_user(call: SpaceDogCall) -> Credentials:
    """Return the credentials with the path's id, the caller's own for a path without one. Raise NotFound."""
    if "id" not in call.path:
        return require_level(call, "USER")
    found = call.records(Credentials).get(call.path["id"])
    if found is None:
        raise NotFound(f"[credentials][{call.path['id']}] not found in backend [{call.caller.backend}]")
    return found


def save_changes(call: SpaceDogCall, user: Credentials, **changes: Any) -> Credentials:
    """Store the next version of credentials."""
    return call.records(Credentials).put(user.updated(call.world.clock.now(), **changes))


def end_sessions(call: SpaceDogCall, user: Credentials) -> None:
    """Close all sessions of credentials."""
    sessions = call.records(Session)
    for session in sessions.find("credentials", user.id):
        sessions.remove(session.key)


def load_rules(call: SpaceDogCall) -> dict[str, Any]:
    """Return the settings `credentials` of the backend."""
    return settings.load(call, call.caller.backend, "credentials")


def check(call: SpaceDogCall, name: str, value: str | None) -> None:
    """Raise IllegalArgument for a `username` or `password` that the settings do not allow.

    A backend's own pattern that could take very long, or that Python cannot read, allows every value.
    """
    if value is None:
        raise IllegalArgument(f"[{name}] is null")
    pattern = load_rules(call)[f"{name}Regex"] or DEFAULT_PATTERNS[name]
    if pattern not in DEFAULT_PATTERNS.values() and not _is_harmless(pattern, value):
        return
    if re.fullmatch(pattern, value) is None:
        raise IllegalArgument(f"[{name}] is invalid: does not comply [{pattern}] regex")


def _is_harmless(pattern: str, value: str) -> bool:
    if (
        len(pattern) > MAX_PATTERN
        or len(value) > MAX_MATCHED
        or "(" in pattern
        or _SET_OPERATION.search(pattern)
        or len(re.findall(r"[*+?{]", pattern)) > MAX_QUANTIFIERS
    ):
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _level(call: SpaceDogCall, data: dict[str, Any]) -> str:
    level = as_text(data.get("level"))
    if not level:
        return "USER"
    if level not in LEVELS:
        raise IllegalArgument(f"No enum constant io.spacedog.utils.Credentials.Level.{level}")
    if not call.caller.is_at_least(level):
        raise insufficient_credentials(call)
    return level


def _matching(call: SpaceDogCall, params: Form) -> list[Credentials]:
    users, backend = call.records(Credentials), call.caller.backend
    username, email, level = (params.get(name) for name in ("username", "email", "level"))
    if username:
        found = users.find("name", (backend, username))
    elif email:
        found = users.find("email", (backend, email))
    else:
        found = users.find("backend", backend)
    return [user for user in found if (not email or user.email == email) and (not level or user.level == level)]


def _remove(call: SpaceDogCall, user: Credentials) -> None:
    end_sessions(call, user)
    call.records(Credentials).remove(user.key)


def _lifetime(call: SpaceDogCall, params: Form) -> int:
    longest = load_rules(call)["sessionMaximumLifetime"]
    lifetime = whole_number(params.get("lifetime"), longest, limit=LONG_LIMIT)
    if lifetime > longest:
        raise Forbidden(f"maximum access token lifetime is [{longest}] seconds")
    return lifetime


def _open_session(call: SpaceDogCall, user: Credentials, lifetime: int) -> Session:
    records = call.records(Session)
    token = base64.b64encode(call.world.ids.uuid().encode()).decode()
    now = call.world.clock.timestamp()
    session = records.add(Session(accessToken=token, credentialsId=user.id, createdAt=now, expiresAt=now + lifetime))
    for old in records.find("credentials", user.id)[:-MAX_SESSIONS]:
        records.remove(old.key)
    return session
