"""Who calls DocSpace: a cookie, a session token, an API key or Basic credentials (wire/onlyoffice.md 2)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.cookies import clear_cookie, session_cookie
from mockmail.vendors.onlyoffice.errors import NoBody
from mockmail.vendors.onlyoffice.moments import is_past
from mockmail.vendors.onlyoffice.records import VENDOR, ApiKey, Session, User
from mockmail.wire.basic import basic_credentials

READ = "*:read"
WRITE = "*:write"
EVERYTHING = frozenset({WRITE})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. scopes: what the credentials reach."""

    user: User
    scopes: frozenset[str] = EVERYTHING


def authenticate(call: Call[None]) -> Caller | None:
    """Who is calling; None for nobody, where the operation is for everybody. Raises NoBody (401, 403)."""
    caller = _caller(call)
    if call.operation.requires is None:
        return caller
    if caller is None:
        raise NoBody(401, [("Set-Cookie", one) for one in clear_cookie(call.request)])
    # These operations have no scope of their own: the global ones decide, and to write is also to read.
    if WRITE not in caller.scopes and (call.request.method != "GET" or READ not in caller.scopes):
        raise NoBody(403)
    return caller


def is_basic(authorization: str | None) -> bool:
    """Whether an `Authorization` header is taken for Basic credentials; the scheme's case matters to DocSpace."""
    return authorization is not None and authorization.startswith("Basic ")


def _caller(call: Call[None]) -> Caller | None:
    authorization = call.request.headers.get("Authorization") or None
    if is_basic(authorization):
        return _basic(call, authorization or "")
    token = (authorization or "").strip().removeprefix("Bearer ").strip()
    if authorization is not None and authorization.startswith("Bearer "):
        if token.count(".") == 2:  # noqa: PLR2004  # header, claims and signature: a JWT, which nobody here has issued
            return None
        if token.startswith("sk-"):
            return _api_key(call, token)
    cookie = session_cookie(call.request)
    return _session(call, token if cookie is None else cookie.strip().removeprefix("Bearer "))


def _session(call: Call[None], token: str) -> Caller | None:
    session = call.world.store.records(VENDOR, Session).get(token) if token else None
    if session is None or (session.expires is not None and is_past(session.expires, call.world.clock.now())):
        return None
    return _user(call, session.userId, EVERYTHING)


def _api_key(call: Call[None], token: str) -> Caller | None:
    key = call.world.store.records(VENDOR, ApiKey).first("key", token)
    if key is None or not key.isActive or is_past(key.expiresAt, call.world.clock.now()):
        return None
    everything = not key.permissions or "*" in key.permissions
    return _user(call, key.createBy, EVERYTHING if everything else frozenset(key.permissions))


def _basic(call: Call[None], authorization: str) -> Caller | None:
    given = basic_credentials(authorization)
    user = None if given is None else call.world.store.records(VENDOR, User).first("email", given[0].lower())
    if given is None or user is None or user.status != "active":
        return None
    return Caller(user) if hmac.compare_digest(user.password.encode(), given[1].encode()) else None


def _user(call: Call[None], user_id: str, scopes: frozenset[str]) -> Caller | None:
    user = call.world.store.records(VENDOR, User).get(user_id)
    return Caller(user, scopes) if user is not None and user.status == "active" else None
