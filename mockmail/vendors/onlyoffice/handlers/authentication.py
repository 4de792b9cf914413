"""`/api/2.0/authentication` and `/api/2.0/settings`: log in and out, and show a client how to log in.

Sources: docs/wire/onlyoffice.md 2.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import pbkdf2_hmac
from typing import Any
from urllib.parse import parse_qs

from mockmail.core.ids import URL_SAFE
from mockmail.core.vendor import CommittedRefusal
from mockmail.vendors.onlyoffice.authentication import (
    OpenCall,
    clear_cookie,
    count_attempt,
    forget_attempt,
    session_cookie,
    set_cookie,
)
from mockmail.vendors.onlyoffice.errors import INVALID_OPERATION, LoginFailed, ServerException
from mockmail.vendors.onlyoffice.parameters import Login
from mockmail.vendors.onlyoffice.records import GUID, Session, User
from mockmail.vendors.onlyoffice.views import Result

LOGIN_WINDOW = 60.0
"""The seconds for which a failed login counts, and for which logins are refused after too many."""

TOKEN_LENGTH = 120
MAX_COUNTED_NAME = 255
"""The most characters of a name that are kept while its failures are counted."""

HASH_BITS = 256
HASH_ITERATIONS = 100_000
NO_EXPIRY = "0001-01-01T00:00:00"
BASE_DOMAINS = {"cloud": "onlyoffice.com", "standalone": "localhost"}


def log_in(call: OpenCall, params: Login) -> Result | CommittedRefusal:
    """Start a session for a user name and a password, or a hash of it."""
    if params.confirmData is not None or params.serializedProfile or params.provider not in (None, "", "email"):
        raise LoginFailed().because("only a login with userName and password or passwordHash is emulated")
    if not params.userName or not (params.password or params.passwordHash is not None):
        raise LoginFailed().because("userName, or password or passwordHash, is missing")
    attempt = f"login {params.userName.lower()[:MAX_COUNTED_NAME]} {call.request.peer}"
    if count_attempt(call, attempt, LOGIN_WINDOW, block=LOGIN_WINDOW):
        return CommittedRefusal(ServerException("Too many login attempts. Please try again later", 403))
    user = _user(call, params.userName, params)
    if user is None:
        return CommittedRefusal(LoginFailed().because(f"no active user {params.userName!r} has this password"))
    forget_attempt(call, attempt)
    if user.status != "active":
        return CommittedRefusal(ServerException("User disabled", 403, INVALID_OPERATION))
    return _start_session(call, user, lasting=not params.session)


def is_logged_in(call: OpenCall, params: None) -> Result:
    """Return whether the request has valid credentials."""
    stale = () if call.caller is not None else clear_cookie(call.request)
    return Result(response=call.caller is not None, cookies=stale)


def log_out(call: OpenCall, params: None) -> Result:
    """End the session of the cookie; a token in a header stays valid."""
    token = session_cookie(call.request)
    if token is not None:
        call.records(Session).remove(token)
    return Result(cookies=clear_cookie(call.request))


def show_portal(call: OpenCall, params: None) -> dict[str, Any]:
    """Show the kind of portal, and how a client hashes passwords.

    A signed-in caller gets the hash parameters only with `?withpassword=true`.
    """
    document: dict[str, Any] = {
        "culture": "en-US",
        "docSpace": True,
        "standalone": call.options.standalone,
        "baseDomain": BASE_DOMAINS[call.options.profile],
    }
    if call.caller is None or _wants_password_hash(call.request.query):
        salt = call.options.password_salt
        document["passwordHash"] = {"size": HASH_BITS, "iterations": HASH_ITERATIONS, "salt": salt}
    document["cookieSettingsEnabled"] = False
    document["deepLink"] = {"androidPackageName": "", "url": "", "iosPackageId": ""}
    return document


def _user(call: OpenCall, name: str, params: Login) -> User | None:
    name, users = name.strip().lower(), call.records(User)
    user = users.get(name) if GUID.fullmatch(name) else users.first("email", name)
    if user is None:
        return None
    expected, given = user.password, (params.password or "").strip()
    if params.passwordHash and params.passwordHash.strip():  # the hash counts if both are given
        expected, given = _password_hash(user.password, call.options.password_salt), params.passwordHash.strip()
    return user if hmac.compare_digest(expected.encode("utf-8", "replace"), given.encode("utf-8", "replace")) else None


def _password_hash(password: str, salt: str) -> str:
    secret = password.encode("utf-8", "replace")
    return pbkdf2_hmac("sha256", secret, salt.encode(), HASH_ITERATIONS, HASH_BITS // 8).hex()


def _start_session(call: OpenCall, user: User, *, lasting: bool) -> Result:
    expires = _one_year_after(call.world.clock.now())
    token = call.world.ids.token(TOKEN_LENGTH, URL_SAFE)
    call.records(Session).add(Session(token=token, userId=user.id, expires=expires.isoformat()))
    response = {
        "token": token,
        "expires": _date_time(expires) if lasting else NO_EXPIRY,
        "sms": False,
        "tfa": False,
    }
    return Result(response=response, cookies=(set_cookie(call.request, token, expires if lasting else None),))


def _one_year_after(timestamp: datetime) -> datetime:
    try:
        return timestamp.replace(year=timestamp.year + 1)
    except ValueError:  # February 29th
        return timestamp.replace(year=timestamp.year + 1, day=28)


def _date_time(timestamp: datetime) -> str:
    # As .NET's `DateTime` is written: only as many digits of the second as necessary.
    timestamp = timestamp.astimezone(UTC)
    digits = f"{timestamp.microsecond:06d}".rstrip("0")
    return f"{timestamp:%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{digits}Z"


def _wants_password_hash(query: str) -> bool:
    values = parse_qs(query.lower()[:1000], errors="replace").get("withpassword", [""])
    return values[0] == "true"
