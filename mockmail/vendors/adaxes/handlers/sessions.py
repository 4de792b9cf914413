"""`authSessions`: logging in, which is the first of the two steps to a token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import VENDOR
from mockmail.vendors.adaxes.errors import LoginRefused, NotFound
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import AuthSession, DirectoryObject

SESSION_ID_LENGTH = 40
PASSWORD_EXPIRED = 1
INVALID_CREDENTIALS = "invalidCredentials"
WRONG = "The user name or password is incorrect."


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A password, and a user name: `user@domain`, or domain and user with a backslash between."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionId:
    """A session by its id."""

    id: str


def create(call: Call[None, Options], params: Login) -> dict[str, Any] | LoginRefused:
    """Log in (docs/wire/adaxes.md 2). A refusal is returned, not raised: what it counts must stay written."""
    options: Options = call.options
    account = account_named(call.world, params.username)
    refused = _refusal(call.world, account, params.password, options.lockout_threshold)
    if refused is not None:
        return LoginRefused(INVALID_CREDENTIALS, WRONG) if options.generic_login_errors else refused
    if account is None:
        raise RuntimeError("who is not refused has an account")
    if account.failedLogons:
        call.world.store.records(VENDOR, DirectoryObject).put(account.replace(failedLogons=0))
    session = AuthSession(
        sessionId=call.world.ids.token(SESSION_ID_LENGTH, URL_SAFE),
        account=account.object_guid,
        expiresAtUtc=moments.written(call.world.clock.now() + timedelta(minutes=options.session_minutes)),
    )
    call.world.store.records(VENDOR, AuthSession).add(session)
    reason = PASSWORD_EXPIRED if account.passwordExpired else 0
    state = {} if options.short_sessions else {"totpState": None, "changePasswordReason": reason}
    return {"sessionId": session.sessionId, **state, "expiresAtUtc": session.expiresAtUtc}


def end(call: Call[None, Options], params: SessionId) -> None:
    """End a session; its tokens live on (docs/wire/adaxes.md 2). Whoever knows the id may."""
    if call.world.store.records(VENDOR, AuthSession).remove(params.id) is None:
        raise NotFound("There is no such authentication session.")


def account_named(world: World, username: str) -> DirectoryObject | None:
    """The account of a logon name, in any case."""
    objects = world.store.records(VENDOR, DirectoryObject)
    name = username.strip().lower()
    domain, backslash, user = name.partition("\\")
    if backslash:
        return objects.first("accountName", f"{domain.partition('.')[0]}\\{user}")
    user, at, domain = name.rpartition("@")
    if not at:
        return None
    found = objects.first("userPrincipalName", name)
    return found or objects.first("accountName", f"{domain.partition('.')[0]}\\{user}")


def standing(world: World, account: DirectoryObject) -> LoginRefused | None:
    """Why an account may not log in though its password is right."""
    if account.isDisabled:
        return LoginRefused("accountIsDisabled", "The user account is disabled.")
    if moments.is_past(account.expirationDate, world.clock.now()):
        return LoginRefused("accountExpired", "The user account has expired.")
    if not account.logonHoursAllow:
        return LoginRefused("logonTimeIncorrect", "The user account's logon hours do not allow access at this time.")
    if not account.apiAccess:
        return LoginRefused("accessDenied", "Access is restricted by the access control configuration.")
    return None


def _refusal(world: World, account: DirectoryObject | None, password: str, threshold: int) -> LoginRefused | None:
    if account is None or account.password is None:
        return LoginRefused(INVALID_CREDENTIALS, WRONG)
    if account.isLocked:
        return LoginRefused("accountLockedOut", "The user account is locked out.")
    if not hmac.compare_digest(account.password.encode("utf-8", "replace"), password.encode()):
        return _count(world, account, threshold)
    return standing(world, account)


def _count(world: World, account: DirectoryObject, threshold: int) -> LoginRefused:
    """One more wrong password; the one that reaches the threshold locks the account."""
    failed = account.failedLogons + 1
    locked = threshold > 0 and failed >= threshold
    world.store.records(VENDOR, DirectoryObject).put(account.replace(failedLogons=failed, isLocked=locked))
    return LoginRefused(INVALID_CREDENTIALS, WRONG, max(0, threshold - failed) if threshold > 0 else None)
