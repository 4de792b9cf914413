"""`/api/2.0/keys`: API keys (docs/wire/onlyoffice.md 2; DocSpace-server, ApiKeysController.cs and ApiKeyManager.cs)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mockmail.core.state.records import is_past, read_timestamp
from mockmail.vendors.onlyoffice.authentication import READ, WRITE, SignedInCall, bearer_token
from mockmail.vendors.onlyoffice.errors import (
    ARGUMENT_OUT_OF_RANGE,
    UNAUTHORIZED_ACCESS,
    AccessDenied,
    BadArgument,
    NoBody,
    NullReference,
)
from mockmail.vendors.onlyoffice.parameters import ApiKeyChange, NewApiKey
from mockmail.vendors.onlyoffice.records import API_KEY_PREFIX, GUID, ApiKey, User
from mockmail.vendors.onlyoffice.views import Result, api_key_document
from mockmail.wire.json_text import dotnet_timestamp

ALL = "*"
SCOPES = ("accounts", "accounts.self", "files", "rooms")
PERMISSIONS = (ALL, READ, WRITE, *(f"{scope}:{right}" for scope in SCOPES for right in ("read", "write")))

KEY_DIGITS = 64


def create(call: SignedInCall, params: NewApiKey) -> dict[str, Any]:
    """Create an API key of the caller. No other response shows its secret."""
    if call.caller.user.role == "guest":
        raise AccessDenied(UNAUTHORIZED_ACCESS)
    _check_permissions(params.permissions)
    permissions = params.permissions or ()
    now = call.world.clock.now()
    expires = None if params.expiresInDays is None else now + timedelta(days=params.expiresInDays)
    key = ApiKey(
        id=call.world.ids.uuid(),
        name=params.name,
        apiKey=f"{API_KEY_PREFIX}{call.world.ids.hexadecimal(KEY_DIGITS)}",
        permissions=() if ALL in permissions else permissions,
        createOn=dotnet_timestamp(now),
        createBy=call.caller.user.id,
        expiresAt=None if expires is None else dotnet_timestamp(expires),
    )
    return _document(call, call.records(ApiKey).add(key)) | {"key": key.apiKey}


def show_all(call: SignedInCall, params: None) -> Result:
    """List the caller's keys, or for an admin all keys, the newest first. The server's `count` is 1 for any list."""
    keys = call.records(ApiKey)
    visible = keys if call.caller.user.is_admin else keys.find("createBy", call.caller.user.id)
    newest_first = sorted(visible, key=lambda key: read_timestamp(key.createOn), reverse=True)
    return Result(response=[_document(call, key) for key in newest_first], count=1)


def show_own(call: SignedInCall, params: None) -> dict[str, Any]:
    """Show the key in the Authorization header. The server fails if the header has none."""
    if not call.request.headers.get("Authorization"):
        message = "startIndex cannot be larger than length of string."
        raise BadArgument(message, "startIndex", ARGUMENT_OUT_OF_RANGE)
    key = call.records(ApiKey).first("key", bearer_token(call.request) or "")
    if key is None:
        raise NullReference
    return _document(call, key)


def show_permissions(call: SignedInCall, params: None) -> list[str]:
    """List the permissions that a key may have."""
    return list(PERMISSIONS)


def update(call: SignedInCall, params: ApiKeyChange) -> bool:
    """Change the given properties of a key; empty names and lists change nothing.

    Returns False for a key that expired, or that the caller may not change.
    """
    key = _key_in_path(call)
    if is_past(key.expiresAt, call.world.clock.now()) or not _may_change(call, key):
        return False
    _check_permissions(params.permissions)
    permissions = () if params.permissions == (ALL,) else params.permissions or key.permissions
    changed = key.replace(
        name=params.name or key.name,
        permissions=permissions,
        isActive=key.isActive if params.isActive is None else params.isActive,
    )
    call.records(ApiKey).put(changed)
    return True


def delete(call: SignedInCall, params: None) -> bool:
    """Delete a key. Returns False for a key that the caller may not change."""
    key = _key_in_path(call)
    if not _may_change(call, key):
        return False
    call.records(ApiKey).remove(key.key)
    return True


def _key_in_path(call: SignedInCall) -> ApiKey:
    key_id = call.path["keyId"].lower()
    if not GUID.fullmatch(key_id):
        raise NoBody(404).because(f"keyId must be a GUID, not {key_id!r}")
    key = call.records(ApiKey).get(key_id)
    if key is None:
        raise NullReference
    return key


def _may_change(call: SignedInCall, key: ApiKey) -> bool:
    return call.caller.user.is_admin or key.createBy == call.caller.user.id


def _check_permissions(permissions: tuple[str, ...] | None) -> None:
    if not set(PERMISSIONS).issuperset(permissions or ()):
        raise BadArgument("Permissions are not valid.")


def _document(call: SignedInCall, key: ApiKey) -> dict[str, Any]:
    return api_key_document(key, call.records(User).get(key.createBy))
