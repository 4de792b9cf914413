"""`authSessions` and `auth`: the two steps to a token, a login and a token for its session."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from mockmail.core.ids import URL_SAFE
from mockmail.core.state.records import is_past
from mockmail.core.vendor import CommittedRefusal
from mockmail.vendors.adaxes.authentication import BAD_TOKEN, AdaxesCall, AnonymousCall, AnyCall, caller_of, find_object
from mockmail.vendors.adaxes.errors import LoginRefused, NotFound, Unauthenticated
from mockmail.vendors.adaxes.parameters import Login, OwnToken, SessionOfToken, SessionToEnd
from mockmail.vendors.adaxes.records import AuthSession, DirectoryObject, Token
from mockmail.wire.json_text import dotnet_timestamp

SESSION_ID_LENGTH = 40
TOKEN_LENGTH = 64
PASSWORD_EXPIRED = 1
INVALID_CREDENTIALS = "invalidCredentials"
WRONG = "The user name or password is incorrect."
BAD_SESSION = "The provided authentication session is either expired or invalid."


def create(call: AnonymousCall, params: Login) -> dict[str, Any] | CommittedRefusal:
    """Log in (docs/wire/adaxes.md 2). A refusal keeps the count of wrong passwords."""
    account = _log_in(call, params)
    if isinstance(account, LoginRefused):
        is_generic = call.options.generic_login_errors
        return CommittedRefusal(LoginRefused(INVALID_CREDENTIALS, WRONG) if is_generic else account)
    if account.failedLogons:
        call.records(DirectoryObject).put(account.replace(failedLogons=0))
    session = AuthSession(
        sessionId=call.world.ids.token(SESSION_ID_LENGTH, URL_SAFE),
        account=account.object_guid,
        expiresAtUtc=_expiry(call, call.options.session_minutes),
    )
    call.records(AuthSession).add(session)
    reason = PASSWORD_EXPIRED if account.passwordExpired else 0
    state = {} if call.options.short_sessions else {"totpState": None, "changePasswordReason": reason}
    return {"sessionId": session.sessionId, **state, "expiresAtUtc": session.expiresAtUtc}


def end(call: AnonymousCall, params: SessionToEnd) -> None:
    """End a session (docs/wire/adaxes.md 2). Its tokens stay valid; the id is all that a caller needs."""
    if call.records(AuthSession).remove(params.id) is None:
        raise NotFound("There is no such authentication session.")


def issue_token(call: AnonymousCall, params: SessionOfToken) -> dict[str, Any]:
    """Issue a token for a session (docs/wire/adaxes.md 2)."""
    session = call.records(AuthSession).get(params.session_id)
    if session is None or is_past(session.expiresAtUtc, call.world.clock.now()):
        raise Unauthenticated(BAD_SESSION)
    account = find_object(call, session.account)
    if account is None:
        raise Unauthenticated(BAD_SESSION)
    refused = _account_refusal(call, account)
    if refused is not None:
        raise refused
    token = call.world.ids.token(TOKEN_LENGTH, URL_SAFE)
    expiry = _expiry(call, call.options.token_minutes)
    return _keep(call, Token(token=token, account=account.object_guid, expiresAtUtc=expiry))


def renew_token(call: AdaxesCall, params: OwnToken) -> dict[str, Any]:
    """Extend a token's lifetime (docs/wire/adaxes.md 2). A token that never expires stays unchanged."""
    token = _own_token(call, params)
    if token.expiresAtUtc is None:
        return _keep(call, token)
    return _keep(call, token.replace(expiresAtUtc=_expiry(call, call.options.token_minutes)))


def destroy_token(call: AdaxesCall, params: OwnToken) -> None:
    """Delete a token (docs/wire/adaxes.md 2)."""
    call.records(Token).remove(_own_token(call, params).token)


def _account_named(call: AnonymousCall, username: str) -> DirectoryObject | None:
    objects = call.records(DirectoryObject)
    name = username.strip().lower()
    domain, backslash, user = name.partition("\\")
    if not backslash:
        user, _, domain = name.rpartition("@")
    found = objects.first("userPrincipalName", name)
    return found or objects.first("accountName", f"{domain.partition('.')[0]}\\{user}")


def _log_in(call: AnonymousCall, params: Login) -> DirectoryObject | LoginRefused:
    account = _account_named(call, params.username)
    if account is None or account.password is None:
        why = "there is no account" if account is None else "no password is set for"
        return LoginRefused(INVALID_CREDENTIALS, WRONG).because(f"{why} {params.username!r}")
    if account.isLocked:
        return LoginRefused("accountLockedOut", "The user account is locked out.")
    if not hmac.compare_digest(account.password.encode("utf-8", "replace"), params.password.encode()):
        return _count_wrong_password(call, account)
    return _account_refusal(call, account) or account


def _account_refusal(call: AnonymousCall, account: DirectoryObject) -> LoginRefused | None:
    if account.isDisabled:
        return LoginRefused("accountIsDisabled", "The user account is disabled.")
    if is_past(account.expirationDate, call.world.clock.now()):
        return LoginRefused("accountExpired", "The user account has expired.")
    if not account.logonHoursAllow:
        return LoginRefused("logonTimeIncorrect", "The user account's logon hours do not allow access at this time.")
    if not account.apiAccess:
        return LoginRefused("accessDenied", "Access is restricted by the access control configuration.")
    return None


def _count_wrong_password(call: AnonymousCall, account: DirectoryObject) -> LoginRefused:
    threshold = call.options.lockout_threshold
    failed = account.failedLogons + 1
    locked = threshold > 0 and failed >= threshold
    call.records(DirectoryObject).put(account.replace(failedLogons=failed, isLocked=locked))
    attempts_left = max(0, threshold - failed) if threshold > 0 else None
    return LoginRefused(INVALID_CREDENTIALS, WRONG, attempts_left).because(f"the password of {account.dn!r} differs")


def _own_token(call: AdaxesCall, params: OwnToken) -> Token:
    name = params.token.strip()
    if not name:
        return call.caller.token
    named = caller_of(call, name)
    if named.account.key != call.caller.account.key:
        raise Unauthenticated(BAD_TOKEN).because(f"the token is that of another account, {named}")
    return named.token


def _expiry(call: AnyCall, minutes: float) -> str:
    return dotnet_timestamp(call.world.clock.now() + timedelta(minutes=minutes))


def _keep(call: AnyCall, token: Token) -> dict[str, Any]:
    call.records(Token).put(token)
    return {"token": token.token, "expiresAtUtc": token.expiresAtUtc}
