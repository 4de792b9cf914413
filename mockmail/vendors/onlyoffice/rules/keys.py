"""`/api/2.0/keys`: make an API key (wire/onlyoffice.md 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.authentication import READ, WRITE, Caller
from mockmail.vendors.onlyoffice.errors import UNAUTHORIZED_ACCESS, access_denied, bad_argument
from mockmail.vendors.onlyoffice.moments import api_date_time
from mockmail.vendors.onlyoffice.parameters import NewApiKey
from mockmail.vendors.onlyoffice.records import VENDOR, ApiKey

LOCAL_SCOPES = ("accounts", "accounts.self", "files", "rooms")
SCOPES = {"*", READ, WRITE} | {f"{scope}:{what}" for scope in LOCAL_SCOPES for what in ("read", "write")}

KEY_DIGITS = 64


def create(call: Call[Caller], params: NewApiKey) -> dict[str, Any]:
    """An API key of the caller's. Nobody sees the whole of it again."""
    if call.caller.user.role == "guest":
        raise access_denied(call.options, UNAUTHORIZED_ACCESS)
    if not SCOPES.issuperset(params.permissions or ()):
        raise bad_argument(call.options, "Permissions are not valid.", None)
    now = call.world.clock.now()
    expires = None if params.expiresInDays is None else now + timedelta(days=params.expiresInDays)
    key = ApiKey(
        id=call.world.ids.uuid(),
        name=params.name,
        apiKey=f"sk-{call.world.ids.hexadecimal(KEY_DIGITS)}",
        permissions=() if "*" in (params.permissions or ()) else (params.permissions or ()),
        createOn=api_date_time(now),
        createBy=call.caller.user.id,
        expiresAt=None if expires is None else api_date_time(expires),
    )
    return _document(call.world.store.records(VENDOR, ApiKey).add(key), call.caller)


def _document(key: ApiKey, creator: Caller) -> dict[str, Any]:
    user = creator.user
    return {
        "id": key.id,
        "name": key.name,
        "key": key.apiKey,
        "keyPostfix": key.apiKey[-4:],
        "permissions": list(key.permissions),
        "createOn": key.createOn,
        "createBy": {"id": user.id, "displayName": user.display_name, "hasAvatar": False, "isAnonim": False},
        **({} if key.expiresAt is None else {"expiresAt": key.expiresAt}),
        "isActive": key.isActive,
    }
