"""`/api/2.0/authentication`: log in, ask whether one is, log out (docs/wire/onlyoffice.md 2)."""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from hashlib import pbkdf2_hmac
from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.ids import URL_SAFE
from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.answer import Answer
from mockmail.vendors.onlyoffice.attempts import Bound, seconds_blocked, take_back
from mockmail.vendors.onlyoffice.authentication import Caller
from mockmail.vendors.onlyoffice.cookies import clear_cookie, session_cookie, set_cookie
from mockmail.vendors.onlyoffice.errors import login_failed, too_many_logins, user_disabled
from mockmail.vendors.onlyoffice.moments import NEVER, a_year_after, date_time
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.parameters import Login
from mockmail.vendors.onlyoffice.records import VENDOR, Session, User

LOGINS = Bound(tries=5, window=60.0, block=60.0)
TOKEN_LENGTH = 120
LONGEST_NAME = 255
"""How many characters of a name are remembered while it is watched."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

HASH_BITS = 256
HASH_ITERATIONS = 100_000


def log_in(call: Call[Caller | None, Options], params: Login) -> Answer | VendorError:
    """A session for a name and a password. A failure is returned, not raised: it must stay counted."""
    if params.confirmData is not None or params.serializedProfile or params.provider not in (None, "", "email"):
        return login_failed(call.options)
    if not params.userName or not (params.password or params.passwordHash is not None):
        return login_failed(call.options)
    what = f"login {params.userName.lower()[:LONGEST_NAME]} {call.request.peer}"
    if seconds_blocked(call.world, what, LOGINS):
        return too_many_logins(call.options)
    user = _user(call, params)
    if user is None:
        return login_failed(call.options)
    take_back(call.world, what)
    if user.status != "active":
        return user_disabled(call.options)
    return _session(call, user, lasting=not params.session)


def is_logged_in(call: Call[Caller | None, Options], params: None) -> Answer:
    """Whether the credentials that came with the call are good."""
    stale = () if call.caller is not None else clear_cookie(call.request)
    return Answer(response=call.caller is not None, cookies=stale)


def log_out(call: Call[Caller | None, Options], params: None) -> Answer:
    """End the session that the cookie names; a token in a header is good for as long as before."""
    token = session_cookie(call.request)
    if token is not None:
        call.world.store.records(VENDOR, Session).remove(token)
    return Answer(cookies=clear_cookie(call.request))


@lru_cache(maxsize=128)
def client_password(password: str, salt: str) -> str:
    """What a client sends as `passwordHash`: PBKDF2 with SHA-256, in hexadecimal digits."""
    return pbkdf2_hmac(
        "sha256", password.encode("utf-8", "replace"), salt.encode(), HASH_ITERATIONS, HASH_BITS // 8
    ).hex()


def _user(call: Call[Any, Options], params: Login) -> User | None:
    """The user whose e-mail or id, and password these are; a hash, where there is one, counts for more than that."""
    name, users = (params.userName or "").strip().lower(), call.world.store.records(VENDOR, User)
    user = users.get(name) if _GUID.fullmatch(name) else users.first("email", name)
    if user is None:
        return None
    given_hash = (params.passwordHash or "").strip()
    if given_hash:
        expected, given = client_password(user.password, call.options.password_salt), given_hash
    else:
        expected, given = user.password, (params.password or "").strip()
    return user if hmac.compare_digest(expected.encode("utf-8", "replace"), given.encode("utf-8", "replace")) else None


def _session(call: Call[Any, Options], user: User, *, lasting: bool) -> Answer:
    expires = a_year_after(call.world.clock.now())
    token = call.world.ids.token(TOKEN_LENGTH, URL_SAFE)
    call.world.store.records(VENDOR, Session).add(Session(token=token, userId=user.id, expires=expires.isoformat()))
    response = {
        "token": token,
        "expires": date_time(expires) if lasting else NEVER,
        "sms": False,
        "tfa": False,
    }
    return Answer(response=response, cookies=(set_cookie(call.request, token, expires if lasting else None),))
