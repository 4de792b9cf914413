"""`/1/credentials`: sign-up, and credentials as lists show them (services/.../CredentialsResource.java)."""

from __future__ import annotations

from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.access import Caller, insufficient, require_level, require_self_or_admin
from mockmail.vendors.spacedog.answer import Answer, saved, success
from mockmail.vendors.spacedog.backends import root_url
from mockmail.vendors.spacedog.bodies import Form, JsonBody
from mockmail.vendors.spacedog.errors import Forbidden, IllegalArgument, NotFound, SpaceDogError
from mockmail.vendors.spacedog.handlers import json_nodes, patterns, stored_settings
from mockmail.vendors.spacedog.handlers.credentials_views import end_sessions, view
from mockmail.vendors.spacedog.handlers.paging import page_of
from mockmail.vendors.spacedog.moments import iso
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import LEVELS, VENDOR, Backend, Credentials
from mockmail.vendors.spacedog.settings_classes import PASSWORD_REGEX, USERNAME_REGEX

ID_LENGTH = 20


def sign_up(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Create credentials; without a password the answer has a code to set one with."""
    if stored_settings.load(call.world, call.caller.backend, "credentials")["disableGuestSignUp"]:
        require_level(call, "USER")
    data = json_nodes.object_(params)
    created = create(call, call.caller.backend, _level(call, data), data)
    more: dict[str, Any] = {} if created.passwordResetCode is None else {"passwordResetCode": created.passwordResetCode}
    return saved(location(call, created), "credentials", created.id, created=True, **more)


def create(call: Call[Caller, Options], backend: str, level: str, data: dict[str, Any]) -> Credentials:
    """New credentials of a sign-up document. Raises SpaceDogError."""
    settings = stored_settings.load(call.world, call.caller.backend, "credentials")
    username = json_nodes.text_of(data, "username")
    check_username(username, settings)
    email = json_nodes.text_of(data, "email")
    password = None if data.get("password") is None else json_nodes.as_text(data["password"])
    if password is not None:
        check_password(password, settings)
    records = call.world.store.records(VENDOR, Credentials)
    if records.count("name", (backend, username)):
        raise SpaceDogError(f"[credentials][{username}] already exists", code="already-exists")
    now = iso(call.world.clock.now())
    _know(call, backend)
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


def list_(call: Call[Caller, Options], params: Form) -> Answer:
    """Credentials of the backend, by user name or e-mail address if one is given."""
    require_level(call, "USER")
    found = _chosen(call, params)
    start, end = page_of(params)
    return Answer({"total": len(found), "results": [view(call.world, one) for one in found[start:end]]})


def delete_all(call: Call[Caller, Options], params: Form) -> Answer:
    """Delete the credentials of the backend, all but superadmins'."""
    require_level(call, "SUPER_ADMIN")
    for one in _chosen(call, params):
        if one.level != "SUPER_ADMIN":
            _remove(call, one)
    return success()


def show_me(call: Call[Caller, Options], params: None) -> Answer:
    """The caller's own credentials."""
    return Answer(view(call.world, require_level(call, "USER"), call.caller.backend))


def show(call: Call[Caller, Options], params: None) -> Answer:
    """Credentials by id: one's own, or any for an admin."""
    require_self_or_admin(call, call.path["id"])
    return Answer(view(call.world, by_id(call, call.path["id"])))


def delete_me(call: Call[Caller, Options], params: None) -> Answer:
    """Delete the caller's own credentials."""
    return _delete(call, require_level(call, "USER"))


def delete(call: Call[Caller, Options], params: None) -> Answer:
    """Delete credentials; the last superadmin of a backend stays."""
    require_self_or_admin(call, call.path["id"])
    return _delete(call, by_id(call, call.path["id"]))


def by_id(call: Call[Caller, Options], credentials_id: str) -> Credentials:
    """Credentials by their id. Raises NotFound."""
    found = call.world.store.records(VENDOR, Credentials).get(credentials_id)
    if found is None:
        raise NotFound(f"[credentials][{credentials_id}] not found in backend [{call.caller.backend}]")
    return found


def location(call: Call[Caller, Options], one: Credentials) -> str:
    """Where credentials are."""
    return f"{root_url(call.request, one.backendId, call.options)}/1/credentials/{one.id}"


def check_username(username: str, settings: dict[str, Any]) -> None:
    """See that a user name is as the settings want it."""
    patterns.check(username, settings["usernameRegex"] or USERNAME_REGEX, "username")


def check_password(password: str | None, settings: dict[str, Any]) -> None:
    """See that a password is as the settings want it."""
    if password is None:
        raise IllegalArgument("[password] is null")
    patterns.check(password, settings["passwordRegex"] or PASSWORD_REGEX, "password")


def _level(call: Call[Caller, Options], data: dict[str, Any]) -> str:
    level = json_nodes.as_text(data.get("level"))
    if not level:
        return "USER"
    if level not in LEVELS:
        raise IllegalArgument(f"No enum constant io.spacedog.utils.Credentials.Level.{level}")
    if not call.caller.is_at_least(level):
        raise insufficient(call)
    return level


def _know(call: Call[Caller, Options], backend: str) -> None:
    backends = call.world.store.records(VENDOR, Backend)
    if backend not in backends:
        backends.add(Backend(id=backend))


def _chosen(call: Call[Caller, Options], params: Form) -> list[Credentials]:
    records = call.world.store.records(VENDOR, Credentials)
    backend, username, email = call.caller.backend, params.get("username"), params.get("email")
    if username:
        found = records.find("name", (backend, username))
    elif email:
        found = records.find("email", (backend, email))
    else:
        found = records.find("backend", backend)
    level = params.get("level")
    return [one for one in found if (not email or one.email == email) and (not level or one.level == level)]


def _delete(call: Call[Caller, Options], one: Credentials) -> Answer:
    caller = call.caller
    own = caller.credentials is not None and caller.credentials.id == one.id
    over = caller.is_at_least("ADMIN") and one.backendId == caller.backend and caller.is_at_least(one.level)
    if not (own or over or caller.level == "SUPERDOG"):
        raise insufficient(call)
    superadmins = call.world.store.records(VENDOR, Credentials).count("superadmins", one.backendId)
    if one.level == "SUPER_ADMIN" and superadmins == 1:
        raise Forbidden(f"backend [{one.backendId}] must at least have one superadmin")
    _remove(call, one)
    return success()


def _remove(call: Call[Caller, Options], one: Credentials) -> None:
    end_sessions(call.world, one)
    call.world.store.records(VENDOR, Credentials).remove(one.key)
