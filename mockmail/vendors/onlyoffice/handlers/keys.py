"""`/api/2.0/keys`: API keys (docs/wire/onlyoffice.md 2; DocSpace-server, ApiKeysController.cs and ApiKeyManager.cs)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from mockmail.core.state.store import Records
from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.answer import Answer
from mockmail.vendors.onlyoffice.authentication import API_KEY, READ, WRITE, Caller, api_key, bearer
from mockmail.vendors.onlyoffice.errors import (
    ARGUMENT_OUT_OF_RANGE,
    UNAUTHORIZED_ACCESS,
    NoBody,
    access_denied,
    bad_argument,
    null_reference,
)
from mockmail.vendors.onlyoffice.moments import api_date_time, is_past, read
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.parameters import ApiKeyChange, NewApiKey
from mockmail.vendors.onlyoffice.records import VENDOR, ApiKey, User

EVERYTHING = "*"
LOCAL_SCOPES = ("accounts", "accounts.self", "files", "rooms")
PERMISSIONS = (EVERYTHING, READ, WRITE, *(f"{scope}:{what}" for scope in LOCAL_SCOPES for what in ("read", "write")))

KEY_DIGITS = 64
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def create(call: Call[Caller, Options], params: NewApiKey) -> dict[str, Any]:
    """An API key of the caller's. Nobody sees the whole of it again."""
    if call.caller.user.role == "guest":
        raise access_denied(call.options, UNAUTHORIZED_ACCESS)
    _check(call, params.permissions)
    given = params.permissions or ()
    now = call.world.clock.now()
    expires = None if params.expiresInDays is None else now + timedelta(days=params.expiresInDays)
    key = ApiKey(
        id=call.world.ids.uuid(),
        name=params.name,
        apiKey=f"{API_KEY}{call.world.ids.hexadecimal(KEY_DIGITS)}",
        permissions=() if EVERYTHING in given else given,
        createOn=api_date_time(now),
        createBy=call.caller.user.id,
        expiresAt=None if expires is None else api_date_time(expires),
    )
    return _document(call, _keys(call).add(key)) | {"key": key.apiKey}


def show_all(call: Call[Caller, Options], params: None) -> Answer:
    """The caller's keys, and to an admin everybody's, the newest first. The server counts the list as one thing."""
    kept = _keys(call)
    mine = kept if call.caller.user.is_admin else kept.find("createBy", call.caller.user.id)
    newest_first = sorted(mine, key=lambda one: read(one.createOn), reverse=True)
    return Answer(response=[_document(call, one) for one in newest_first], count=1)


def show_own(call: Call[Caller, Options], params: None) -> dict[str, Any]:
    """The key that the call came with; the server stumbles over a call that came without one."""
    authorization = call.request.headers.get("Authorization")
    if not authorization:
        words = "startIndex cannot be larger than length of string."
        raise bad_argument(call.options, words, "startIndex", ARGUMENT_OUT_OF_RANGE)
    found = api_key(call.world, bearer(authorization) or "")
    if found is None:
        raise null_reference(call.options)
    return _document(call, found)


def show_permissions(call: Call[Caller, Options], params: None) -> list[str]:
    """What a key may be permitted."""
    return list(PERMISSIONS)


def update(call: Call[Caller, Options], params: ApiKeyChange) -> bool:
    """Change what is given of a key, but for empty names and lists; False for one that is expired or another's."""
    key = _named(call)
    if is_past(key.expiresAt, call.world.clock.now()) or not _is_theirs(call, key):
        return False
    _check(call, params.permissions)
    given = () if params.permissions == (EVERYTHING,) else params.permissions
    changed = key.replace(
        name=params.name or key.name,
        permissions=given if params.permissions and given is not None else key.permissions,
        isActive=key.isActive if params.isActive is None else params.isActive,
    )
    _keys(call).put(changed)
    return True


def delete(call: Call[Caller, Options], params: None) -> bool:
    """Take a key away; False for one that is not the caller's."""
    key = _named(call)
    if not _is_theirs(call, key):
        return False
    _keys(call).remove(key.key)
    return True


def _named(call: Call[Caller, Options]) -> ApiKey:
    """The key of the path. Raises NoBody (404) for what is no GUID; over one that is not there the server stumbles."""
    if not _GUID.fullmatch(call.path["keyId"]):
        raise NoBody(404)
    found = _keys(call).get(call.path["keyId"].lower())
    if found is None:
        raise null_reference(call.options)
    return found


def _is_theirs(call: Call[Caller, Options], key: ApiKey) -> bool:
    return call.caller.user.is_admin or key.createBy == call.caller.user.id


def _check(call: Call[Caller, Options], permissions: tuple[str, ...] | None) -> None:
    if not set(PERMISSIONS).issuperset(permissions or ()):
        raise bad_argument(call.options, "Permissions are not valid.", None)


def _keys(call: Call[Caller, Options]) -> Records[ApiKey]:
    return call.world.store.records(VENDOR, ApiKey)


def _document(call: Call[Caller, Options], key: ApiKey) -> dict[str, Any]:
    """A key as all but its maker see it."""
    creator = call.world.store.records(VENDOR, User).get(key.createBy)
    postfix = key.apiKey[-4:]
    return {
        "id": key.id,
        "name": key.name,
        "key": f"{API_KEY}***{postfix}",
        "keyPostfix": postfix,
        "permissions": list(key.permissions),
        **({} if key.lastUsed is None else {"lastUsed": key.lastUsed}),
        "createOn": key.createOn,
        "createBy": {
            "id": key.createBy,
            "displayName": "" if creator is None else creator.display_name,
            "hasAvatar": False,
            "isAnonim": False,
        },
        **({} if key.expiresAt is None else {"expiresAt": key.expiresAt}),
        "isActive": key.isActive,
    }
