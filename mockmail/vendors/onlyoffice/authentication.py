"""Authentication: cookies, tokens, API keys, Basic credentials, limited attempts (docs/wire/onlyoffice.md 2)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from math import ceil
from urllib.parse import quote, unquote

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest
from mockmail.core.state.records import is_past
from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.errors import BILLING, AccessDenied, NoBody, ServerException
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.records import API_KEY_PREFIX, ApiKey, Attempts, Session, User
from mockmail.wire.headers import basic_credentials
from mockmail.wire.json_text import dotnet_timestamp

COOKIE = "asc_auth_key"
READ = "*:read"
WRITE = "*:write"
ALL_SCOPES = frozenset({WRITE})

SETTINGS_RIGHT = "EditPortalSettings"
"""The right of the owner and of the portal's admins."""

SIGNED_IN = "a signed-in user"

ANY_SCOPE = "an API key with any scopes"
"""Required by operations that ignore the scopes of an API key."""

TEST_WINDOW = 900.0
"""The seconds in which a user may send MAX_ATTEMPTS test messages, if they are limited (docs/wire/onlyoffice.md 5)."""

MAX_ATTEMPTS = 5
"""The attempts in a window: of logins, and of test messages."""

MAX_COUNTED = 10_000
"""The most logins and users whose attempts are counted; the oldest is dropped for a new one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in user. scopes: the scopes of the credentials."""

    user: User
    scopes: frozenset[str] = ALL_SCOPES

    def __str__(self) -> str:
        return self.user.userName


OpenCall = Call[Caller | None, Options]
"""A call of an operation that needs no credentials, or one that is not authenticated yet."""
SignedInCall = Call[Caller, Options]


def authenticate(call: OpenCall) -> Caller | None:
    """Return the caller, or None for an operation that needs no credentials.

    Raise NoBody (401, 403); Problem for HEAD (405), and for too many test messages (429) if they are limited.
    """
    if call.request.method == "HEAD":
        served = [operation for operation in call.vendor.operations if operation.path == call.operation.path]
        methods = sorted(method for operation in served for method in operation.methods)
        raise Problem(405, "HEAD is not a method of this API", {"Allow": ", ".join(methods)})
    caller = _authorized_caller(call)
    if call.options.limit_smtp_tests and call.operation.name == "smtp.test" and caller is not None:
        wait = count_attempt(call, f"smtp.test {caller.user.id}", TEST_WINDOW)
        if wait:
            headers = {
                "Retry-After": str(max(1, ceil(wait))),
                "X-RateLimit-Limit": str(MAX_ATTEMPTS),
                "X-RateLimit-Remaining": "0",
            }
            raise Problem(429, "Too many requests. Please try again later", headers)
    return caller


def authorize(call: OpenCall) -> None:
    """Raise ServerException unless the caller may change settings and the plan includes SMTP settings."""
    if call.operation.requires != SETTINGS_RIGHT:
        return
    if call.caller is None or not call.caller.user.is_admin:
        raise AccessDenied
    if call.options.hide_smtp_settings:
        raise ServerException("Your pricing plan does not support this option", 402, BILLING, status_2x=500)


def client_of(request: WireRequest) -> str:
    """Return the credentials in the request, or the client's address."""
    return request.headers.get("Authorization") or session_cookie(request) or request.peer


def bearer_token(request: WireRequest) -> str | None:
    """Return the token after `Bearer ` in the Authorization header, or None."""
    authorization = request.headers.get("Authorization", "")
    return authorization.removeprefix("Bearer ").strip() if authorization.startswith("Bearer ") else None


def is_basic(authorization: str | None) -> bool:
    """Return whether an Authorization header has Basic credentials; DocSpace compares the scheme case-sensitively."""
    return authorization is not None and authorization.startswith("Basic ")


def session_cookie(request: WireRequest) -> str | None:
    """Return the value of the session cookie, or None; its name is case-insensitive, as in ASP.NET."""
    for pair in request.headers.get("Cookie", "").split(";"):
        name, separator, value = pair.partition("=")
        if separator and name.strip().lower() == COOKIE:
            return unquote(value.strip().strip('"'))
    return None


def set_cookie(request: WireRequest, token: str, expires: datetime | None) -> str:
    """Return the `Set-Cookie` value for a login, with its attributes in ASP.NET's order."""
    until = f"; expires={format_datetime(expires, usegmt=True)}" if expires is not None else ""
    secure = "; secure" if request.base_url.startswith("https:") else ""
    return f"{COOKIE}={quote(token, safe='')}{until}; path=/{secure}; samesite=strict; httponly"


def clear_cookie(request: WireRequest) -> tuple[str, ...]:
    """Return the `Set-Cookie` value that removes the session cookie, or nothing for a request without one."""
    if session_cookie(request) is None:
        return ()
    return (f"{COOKIE}=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/",)


def count_attempt(call: OpenCall, what: str, window: float, block: float = 0.0) -> float:
    """Count an attempt and return 0, or return the seconds until the next attempt is allowed.

    window: the seconds for which an attempt counts. block: the seconds of refusal after one too many; 0: until the
    first attempt of the window no longer counts.
    """
    records = call.records(Attempts)
    now = call.world.clock.timestamp()
    attempts = records.get(what) or Attempts(what=what)
    if attempts.blockedUntil > now:
        return attempts.blockedUntil - now
    recent = tuple(at for at in attempts.at if now - window < at <= now)
    if len(recent) >= MAX_ATTEMPTS and not block:
        return recent[0] + window - now
    if what not in records and len(records) >= MAX_COUNTED:
        records.remove(records.page(0, 1)[0].key)
    if len(recent) >= MAX_ATTEMPTS:
        records.put(Attempts(what=what, blockedUntil=now + block))
        return block
    records.put(attempts.replace(at=(*recent, now), blockedUntil=0.0))
    return 0.0


def forget_attempt(call: OpenCall, what: str) -> None:
    """Remove the last attempt from the count, because it succeeded."""
    records = call.records(Attempts)
    attempts = records.get(what)
    if attempts is not None and len(attempts.at) > 1:
        records.put(attempts.replace(at=attempts.at[:-1]))
    elif attempts is not None:
        records.remove(what)


def _authorized_caller(call: OpenCall) -> Caller | None:
    caller, requires = _caller(call), call.operation.requires
    if requires == ANY_SCOPE and caller is not None:
        return caller
    # The scopes of an API key count even if the operation needs no credentials (DocSpace-server,
    # ApiKeyScopesFilter.cs, since 3.7.1).
    if requires is None and not (bearer_token(call.request) or "").startswith(API_KEY_PREFIX):
        return caller
    if caller is None and requires is not None:
        error = NoBody(401, [("Set-Cookie", cookie) for cookie in clear_cookie(call.request)])
        raise error.because(_why_unknown(call))
    # These operations have no scope of their own, so the global ones decide. The right to write includes reading.
    scopes = frozenset() if caller is None else caller.scopes
    if WRITE not in scopes and (call.request.method != "GET" or READ not in scopes):
        wanted = f"{READ} or {WRITE}" if call.request.method == "GET" else WRITE
        raise NoBody(403).because(f"the API key has the scopes {sorted(scopes)}; this request needs {wanted}")
    return caller


def _why_unknown(call: OpenCall) -> str:
    """Return why the credentials of a request belong to no user, for the journal."""
    authorization = call.request.headers.get("Authorization", "")
    if is_basic(authorization):
        return "no active user has the e-mail address and the password of the Basic credentials"
    token = bearer_token(call.request)
    if token is not None and token.startswith(API_KEY_PREFIX):
        key = call.records(ApiKey).first("key", token)
        if key is None or not key.isActive:
            return "there is no such API key" if key is None else f"the API key {key.name!r} is not active"
        return _expiry(call, "API key", key.expiresAt)
    given = session_cookie(call.request)
    if given is None:
        given = authorization if token is None else token
    if not given:
        return f"there are no credentials: neither the header Authorization nor the cookie {COOKIE}"
    session = call.records(Session).get(given.strip().removeprefix("Bearer "))
    return "there is no session with this token" if session is None else _expiry(call, "token", session.expires)


def _expiry(call: OpenCall, what: str, expires: str | None) -> str:
    now = call.world.clock.now()
    if not is_past(expires, now):
        return "the user of the credentials is not active"
    return f"the {what} expired at {expires}; now is {now.isoformat()}"


def _caller(call: OpenCall) -> Caller | None:
    authorization = call.request.headers.get("Authorization", "")
    if is_basic(authorization):
        return _basic_caller(call, authorization)
    token = bearer_token(call.request)
    if token is not None and token.count(".") == 2:  # noqa: PLR2004  # a JWT; no user has one here
        return None
    if token is not None and token.startswith(API_KEY_PREFIX):
        return _api_key_caller(call, token)
    cookie = session_cookie(call.request)
    if cookie is not None:
        return _session_caller(call, cookie.strip().removeprefix("Bearer "))
    return _session_caller(call, authorization.strip() if token is None else token)


def _session_caller(call: OpenCall, token: str) -> Caller | None:
    session = call.records(Session).get(token) if token else None
    if session is None or is_past(session.expires, call.world.clock.now()):
        return None
    return _active_caller(call, session.userId, ALL_SCOPES)


def _api_key_caller(call: OpenCall, token: str) -> Caller | None:
    key, now = call.records(ApiKey).first("key", token), call.world.clock.now()
    if key is None or not key.isActive or is_past(key.expiresAt, now):
        return None
    call.records(ApiKey).put(key.replace(lastUsed=dotnet_timestamp(now)))
    has_all = not key.permissions or "*" in key.permissions
    return _active_caller(call, key.createBy, ALL_SCOPES if has_all else frozenset(key.permissions))


def _basic_caller(call: OpenCall, authorization: str) -> Caller | None:
    credentials = basic_credentials(authorization)
    user = None if credentials is None else call.records(User).first("email", credentials[0].lower())
    if credentials is None or user is None or user.status != "active":
        return None
    return Caller(user) if hmac.compare_digest(user.password.encode(), credentials[1].encode()) else None


def _active_caller(call: OpenCall, user_id: str, scopes: frozenset[str]) -> Caller | None:
    user = call.records(User).get(user_id)
    return Caller(user, scopes) if user is not None and user.status == "active" else None
