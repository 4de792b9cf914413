"""`/v3/api_keys`, `/v3/scopes` and `/v3/user`: the account (docs/wire/sendgrid.md 8)."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.sendgrid.account_parameters import ApiKeyFields, ApiKeyName
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.composing import USER_ID
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.vendors.sendgrid.records import ApiKey
from mockmail.wire.json_dialect import JsonResponse

Document = dict[str, Any]

MOST_KEYS = 100
NO_CONTENT = JsonResponse(None, 204)


def create_key(call: SendGridCall, params: ApiKeyFields) -> Any:
    """Make an API key; only this response shows it."""
    keys, ids = call.records(ApiKey), call.world.ids
    if len(keys) >= MOST_KEYS:
        raise SendGridError("Cannot create more than 100 API Keys", status=403)
    key_id = ids.token(22)
    scopes = params.scopes or None
    key = ApiKey(id=key_id, name=params.name, token=f"SG.{key_id}.{ids.token(43)}", scopes=scopes)
    keys.put(key)
    return JsonResponse({"api_key": key.token, **_document(call, key)}, 201)


def list_keys(call: SendGridCall, params: None) -> Document:
    """List the API keys, without their tokens."""
    return {"result": [_summary(key) for key in call.records(ApiKey)]}


def show_key(call: SendGridCall, params: None) -> Document:
    """Return an API key, without its token."""
    return {"result": [_document(call, _find(call))]}


def rename_key(call: SendGridCall, params: ApiKeyName) -> Document:
    """Rename an API key."""
    return _summary(call.records(ApiKey).put(_find(call).replace(name=params.name)))


def edit_key(call: SendGridCall, params: ApiKeyFields) -> Document:
    """Change the name and the scopes of an API key."""
    changed = _find(call).replace(name=params.name, scopes=params.scopes or None)
    return _document(call, call.records(ApiKey).put(changed))


def delete_key(call: SendGridCall, params: None) -> Any:
    """Remove an API key."""
    call.records(ApiKey).remove(_find(call).id)
    return NO_CONTENT


def list_scopes(call: SendGridCall, params: None) -> Document:
    """Return the scopes of the API key that calls."""
    return {"scopes": _scopes(call, call.caller.key)}


def show_account(call: SendGridCall, params: None) -> Document:
    """Return the type and the reputation of the account."""
    return {"type": "paid", "reputation": 100}


def show_username(call: SendGridCall, params: None) -> Document:
    """Return the name of the account."""
    return {"username": "test_username", "user_id": USER_ID}


def show_email(call: SendGridCall, params: None) -> Document:
    """Return the address of the account."""
    return {"email": "test@example.com"}


def _find(call: SendGridCall) -> ApiKey:
    found = call.records(ApiKey).get(call.path["api_key"])
    if found is None:
        raise not_found("unable to find API Key")
    return found


def _summary(key: ApiKey) -> Document:
    return {"name": key.name, "api_key_id": key.id}


def _document(call: SendGridCall, key: ApiKey) -> Document:
    return {"api_key_id": key.id, "name": key.name, "scopes": _scopes(call, key)}


def _scopes(call: SendGridCall, key: ApiKey) -> list[str]:
    if key.scopes is not None:
        return list(key.scopes)
    return sorted({operation.requires for operation in call.vendor.operations if operation.requires is not None})
