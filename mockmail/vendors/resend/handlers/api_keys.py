"""`/api-keys`: the keys of the account (docs/wire/resend.md 7)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Identity
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import ResendError, not_found
from mockmail.vendors.resend.paging import Page, list_document, uuid_in
from mockmail.vendors.resend.parameters import ApiKeyChange, NewApiKey
from mockmail.vendors.resend.records import ApiKey
from mockmail.vendors.resend.views import Document, api_key_document
from mockmail.wire.json_dialect import JsonResponse

LONGEST_NAME = 50


def create(call: ResendCall, params: NewApiKey) -> Any:
    """Make an API key; only this response shows its token."""
    _check_name(params.name)
    if params.permission not in ("full_access", "sending_access"):
        raise ResendError('Access must be "full_access" | "sending_access"', "invalid_access")
    if params.domain_id is not None and call.records(Identity).first("id", params.domain_id.lower()) is None:
        raise not_found("Domain")
    key = ApiKey(
        id=call.world.ids.uuid(),
        name=params.name,
        token=f"re_{call.world.ids.token(8)}_{call.world.ids.token(24)}",
        permission="sending_access" if params.permission == "sending_access" else "full_access",
        domain_id=params.domain_id and params.domain_id.lower(),
        created_at=call.world.clock.now().isoformat(),
    )
    call.records(ApiKey).add(key)
    return JsonResponse({"id": key.id, "token": key.token}, 201)


def index(call: ResendCall, params: Page) -> Document:
    """List the API keys, without their tokens."""
    return list_document(params, reversed(call.records(ApiKey)), api_key_document, lambda key: key.id)


def edit(call: ResendCall, params: ApiKeyChange) -> Document:
    """Change the name of an API key."""
    _check_name(params.name)
    key = call.records(ApiKey).put(_find(call).replace(name=params.name))
    return {"object": "api_key", "id": key.id}


def delete(call: ResendCall, params: None) -> Document:
    """Remove an API key."""
    key = _find(call)
    call.records(ApiKey).remove(key.id)
    return {"object": "api_key", "id": key.id, "deleted": True}


def _find(call: ResendCall) -> ApiKey:
    found = call.records(ApiKey).get(uuid_in(call.path["api_key"]))
    if found is None:
        raise not_found("API key")
    return found


def _check_name(name: str) -> None:
    if not name:
        raise ResendError("String must contain at least 1 character(s)")
    if len(name) > LONGEST_NAME:
        raise ResendError(f"String must contain at most {LONGEST_NAME} character(s)")
