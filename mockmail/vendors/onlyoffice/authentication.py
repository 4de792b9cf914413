"""Who calls DocSpace: a cookie, a session token, an API key or Basic credentials (docs/wire/onlyoffice.md 2)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from math import ceil

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.onlyoffice.attempts import Bound, seconds_blocked
from mockmail.vendors.onlyoffice.cookies import clear_cookie, session_cookie
from mockmail.vendors.onlyoffice.errors import NoBody, access_denied, not_in_plan
from mockmail.vendors.onlyoffice.moments import api_date_time, is_past
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.records import VENDOR, ApiKey, Session, User
from mockmail.wire.headers import basic_credentials

API_KEY = "sk-"
"""What API keys begin with."""
READ = "*:read"
WRITE = "*:write"
EVERYTHING = frozenset({WRITE})

SETTINGS_RIGHT = "EditPortalSettings"
"""The right of the owner and of the portal's admins."""

ANY_SCOPE = "an API key, whatever its scopes"
"""What an operation requires that scopes have no part in."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. scopes: what the credentials reach."""

    user: User
    scopes: frozenset[str] = EVERYTHING


TESTS = Bound(tries=5, window=900.0)
"""Test mails that a user may ask for, where that is limited (docs/wire/onlyoffice.md 5)."""


def authenticate(call: Call[None, Options]) -> Caller | None:
    """Return who is calling, or None where the operation is for everybody.

    Raises NoBody (401, 403); Problem for HEAD (405), and for too many test mails (429) where they are limited.
    """
    if call.request.method == "HEAD":
        methods = sorted(
            method for one in call.vendor.operations if one.path == call.operation.path for method in one.methods
        )
        raise Problem(405, "HEAD is no method of this API", {"Allow": ", ".join(methods)})
    caller = _authorized_caller(call)
    if call.options.limit_smtp_tests and call.operation.name == "smtp.test" and caller is not None:
        wait = seconds_blocked(call.world, f"smtp.test {caller.user.id}", TESTS)
        if wait:
            raise Problem(429, "Too many requests. Please try again later", _limit_headers(wait))
    return caller


def authorize(call: Call[Caller | None, Options]) -> None:
    """Raise a refusal unless the caller may change settings, and the plan includes SMTP settings."""
    if call.operation.requires != SETTINGS_RIGHT:
        return
    if call.caller is None or not call.caller.user.is_admin:
        raise access_denied(call.options)
    if call.options.hide_smtp_settings:
        raise not_in_plan(call.options)


def _limit_headers(wait: float) -> dict[str, str]:
    seconds = str(max(1, ceil(wait)))
    return {"Retry-After": seconds, "X-RateLimit-Limit": str(TESTS.tries), "X-RateLimit-Remaining": "0"}


def _authorized_caller(call: Call[None, Options]) -> Caller | None:
    """Return who is calling, or None for nobody. Raises NoBody.

    Where anybody may call, whoever comes with an API key needs its scopes all the same (DocSpace-server,
    ApiKeyScopesFilter.cs, since 3.7.1).
    """
    caller, requires = _caller(call), call.operation.requires
    if requires == ANY_SCOPE and caller is not None:
        return caller
    if requires is None and not _comes_with_api_key(call.request):
        return caller
    if caller is None and requires is not None:
        raise NoBody(401, [("Set-Cookie", one) for one in clear_cookie(call.request)])
    # These operations have no scope of their own: the global ones decide, and to write is also to read.
    scopes = frozenset() if caller is None else caller.scopes
    if WRITE not in scopes and (call.request.method != "GET" or READ not in scopes):
        raise NoBody(403)
    return caller


def bearer(authorization: str | None) -> str | None:
    """What stands behind `Bearer ` in an `Authorization` header; None without that."""
    if authorization is None or not authorization.startswith("Bearer "):
        return None
    return authorization.removeprefix("Bearer ").strip()


def api_key(world: World, key: str) -> ApiKey | None:
    """The API key that a client shows, good or not."""
    return world.store.records(VENDOR, ApiKey).first("key", key)


def is_basic(authorization: str | None) -> bool:
    """Whether an `Authorization` header is taken for Basic credentials; the scheme's case matters to DocSpace."""
    return authorization is not None and authorization.startswith("Basic ")


def _caller(call: Call[None, Options]) -> Caller | None:
    authorization = call.request.headers.get("Authorization") or None
    if is_basic(authorization):
        return _basic(call, authorization or "")
    token = bearer(authorization)
    if token is not None and token.count(".") == 2:  # noqa: PLR2004  # header, claims and signature: a JWT, nobody's here
        return None
    if token is not None and token.startswith(API_KEY):
        return _api_key(call, token)
    cookie = session_cookie(call.request)
    if cookie is not None:
        return _session(call, cookie.strip().removeprefix("Bearer "))
    return _session(call, (authorization or "").strip() if token is None else token)


def _comes_with_api_key(request: WireRequest) -> bool:
    return (bearer(request.headers.get("Authorization")) or "").startswith(API_KEY)


def _session(call: Call[None, Options], token: str) -> Caller | None:
    session = call.world.store.records(VENDOR, Session).get(token) if token else None
    if session is None or (session.expires is not None and is_past(session.expires, call.world.clock.now())):
        return None
    return _user(call, session.userId, EVERYTHING)


def _api_key(call: Call[None, Options], token: str) -> Caller | None:
    key, now = api_key(call.world, token), call.world.clock.now()
    if key is None or not key.isActive or is_past(key.expiresAt, now):
        return None
    call.world.store.records(VENDOR, ApiKey).put(key.replace(lastUsed=api_date_time(now)))
    everything = not key.permissions or "*" in key.permissions
    return _user(call, key.createBy, EVERYTHING if everything else frozenset(key.permissions))


def _basic(call: Call[None, Options], authorization: str) -> Caller | None:
    given = basic_credentials(authorization)
    user = None if given is None else call.world.store.records(VENDOR, User).first("email", given[0].lower())
    if given is None or user is None or user.status != "active":
        return None
    return Caller(user) if hmac.compare_digest(user.password.encode(), given[1].encode()) else None


def _user(call: Call[None, Options], user_id: str, scopes: frozenset[str]) -> Caller | None:
    user = call.world.store.records(VENDOR, User).get(user_id)
    return Caller(user, scopes) if user is not None and user.status == "active" else None
