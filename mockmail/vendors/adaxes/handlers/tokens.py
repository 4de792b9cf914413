"""`auth`: security tokens, issued for a session, renewed and destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.core.vendor import Call
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import BAD_TOKEN, HEADER, VENDOR, account_of, locate
from mockmail.vendors.adaxes.errors import Unauthenticated
from mockmail.vendors.adaxes.handlers.sessions import standing
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import AuthSession, DirectoryObject, Token

TOKEN_LENGTH = 64
BAD_SESSION = "The provided authentication session is either expired or invalid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The session that a token is for."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenNamed:
    """A token; empty for the one in the header."""

    token: str = ""


def issue(call: Call[None, Options], params: Issue) -> dict[str, Any]:
    """A token for a session that has not ended (docs/wire/adaxes.md 2)."""
    session = call.world.store.records(VENDOR, AuthSession).get(params.session_id)
    if session is None or moments.is_past(session.expiresAtUtc, call.world.clock.now()):
        raise Unauthenticated(BAD_SESSION)
    account = locate(call.world, session.account)
    if account is None:
        raise Unauthenticated(BAD_SESSION)
    refused = standing(call.world, account)
    if refused is not None:
        raise refused
    token = call.world.ids.token(TOKEN_LENGTH, URL_SAFE)
    return _keep(call, Token(token=token, account=account.object_guid, expiresAtUtc=_expiry(call)))


def renew(call: Call[DirectoryObject, Options], params: TokenNamed) -> dict[str, Any]:
    """The same token, good for as long again; one that never expires stays so."""
    token = _named(call, params)
    return _keep(call, token if token.expiresAtUtc is None else token.replace(expiresAtUtc=_expiry(call)))


def destroy(call: Call[DirectoryObject, Options], params: TokenNamed) -> None:
    """End a token."""
    call.world.store.records(VENDOR, Token).remove(_named(call, params).token)


def _named(call: Call[DirectoryObject, Options], params: TokenNamed) -> Token:
    """The token that is meant, which must be the caller's own account's."""
    name = params.token.strip() or call.request.headers.get(HEADER, "").strip()
    token = call.world.store.records(VENDOR, Token).get(name)
    if token is None or account_of(call.world, name).key != call.caller.key:
        raise Unauthenticated(BAD_TOKEN)
    return token


def _expiry(call: Call[Any, Options]) -> str:
    return moments.written(call.world.clock.now() + timedelta(minutes=call.options.token_minutes))


def _keep(call: Call[Any, Options], token: Token) -> dict[str, Any]:
    call.world.store.records(VENDOR, Token).put(token)
    return {"token": token.token, "expiresAtUtc": token.expiresAtUtc}
