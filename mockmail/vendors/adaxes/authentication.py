"""Authentication by a security token in `Adm-Authorization`, and the rights of its account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mockmail.core.exchange import WireRequest
from mockmail.core.state.records import is_past
from mockmail.core.vendor import Call
from mockmail.vendors.adaxes.errors import Forbidden, Unauthenticated
from mockmail.vendors.adaxes.identifiers import is_guid, is_sid, normal_dn, normal_guid
from mockmail.vendors.adaxes.options import OPERATION_NAMES, Options
from mockmail.vendors.adaxes.records import DirectoryObject, SecurityRole, Token

HEADER = "Adm-Authorization"
TOKEN_ONLY = "token"  # noqa: S105  # what an operation requires, not a secret

NO_TOKEN = f"No authentication token was provided in the {HEADER} header."
BAD_TOKEN = "The provided authentication token is either expired or invalid."  # noqa: S105

ON_EVERY_OBJECT: Mapping[SecurityRole | None, Collection[str]] = {
    "administrator": OPERATION_NAMES,
    "helpDesk": ("View", "Edit", "SendEmail", "SendSms"),
    "user": ("View",),
    None: (),
}
ON_ITSELF: Mapping[SecurityRole | None, Collection[str]] = {**dict.fromkeys(ON_EVERY_OBJECT, ()), "user": ("Edit",)}
"""The operations that each role grants: on every object, and on the caller's own (docs/wire/adaxes.md 2.1)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that calls, and its token."""

    account: DirectoryObject
    token: Token

    def __str__(self) -> str:
        return self.account.text("userPrincipalName") or self.account.dn


AdaxesCall = Call[Caller, Options]
AnonymousCall = Call[None, Options]
AnyCall = AdaxesCall | AnonymousCall


def authenticate(call: AnonymousCall) -> Caller | None:
    """Return the caller, or None for an operation that needs no token. Raise Unauthenticated."""
    if call.operation.requires is None:
        return None
    token = call.request.headers.get(HEADER, "").strip()
    if not token:
        raise Unauthenticated(NO_TOKEN)
    return caller_of(call, token)


def caller_of(call: AnyCall, token: str) -> Caller:
    """Return the caller with this token. Raise Unauthenticated.

    A token is invalid if it or its account has expired, or if its account is disabled.
    """
    found = call.records(Token).get(token)
    now = call.world.clock.now()
    if found is None:
        raise Unauthenticated(BAD_TOKEN).because(f"there is no such token: {HEADER} has one that was never issued")
    if is_past(found.expiresAtUtc, now):
        raise Unauthenticated(BAD_TOKEN).because(f"the token expired at {found.expiresAtUtc}; now is {now.isoformat()}")
    account = find_object(call, found.account)
    if account is None:
        raise Unauthenticated(BAD_TOKEN).because(f"the token's account, {found.account!r}, no longer exists")
    if account.isDisabled:
        raise Unauthenticated(BAD_TOKEN).because(f"the token's account, {account.dn!r}, is disabled")
    if is_past(account.expirationDate, now):
        raise Unauthenticated(BAD_TOKEN).because(
            f"the token's account, {account.dn!r}, expired at {account.expirationDate}; now is {now.isoformat()}"
        )
    return Caller(account, found)


def authorize(call: AdaxesCall) -> None:
    """Raise Forbidden for an operation that is disabled, denied to the caller, or not granted by its role.

    `authorize_on` checks a role that grants an operation on the caller's own object only.
    """
    requires = call.operation.requires
    if requires in (None, TOKEN_ONLY):
        return
    if requires in call.options.disabled_operations:
        raise Forbidden(f"The {requires} operation is disabled in the REST API.")
    account = call.caller.account
    is_denied = requires in account.deniedOperations or "*" in account.deniedOperations
    is_granted = requires in _granted(call, ON_EVERY_OBJECT) or requires in _granted(call, ON_ITSELF)
    if is_denied or not is_granted:
        raise _denied(call)


def authorize_on(call: AdaxesCall, target: DirectoryObject) -> None:
    """Raise Forbidden if the caller's role does not grant the operation on this object."""
    if call.operation.requires in _granted(call, ON_EVERY_OBJECT):
        return
    if target.key != call.caller.account.key:
        raise _denied(call)


def client_of(request: WireRequest) -> str:
    """Return the request's token, or the client's address for a request without one."""
    return request.headers.get(HEADER, "").strip() or request.peer


def find_object(call: AnyCall, identifier: str) -> DirectoryObject | None:
    """Return the directory object with this DN, GUID or SID, or None."""
    objects = call.records(DirectoryObject)
    text = identifier.strip()
    if is_guid(text):
        return objects.first("guid", normal_guid(text))
    if is_sid(text):
        return objects.first("sid", text.upper())
    return objects.get(normal_dn(text) or "")


def _granted(call: AdaxesCall, rights: Mapping[SecurityRole | None, Collection[str]]) -> Collection[str]:
    return OPERATION_NAMES if call.options.unrestricted_tokens else rights[call.caller.account.securityRole]


def _denied(call: AdaxesCall) -> Forbidden:
    return Forbidden(f"Access is denied: the account may not perform {call.operation.requires}.")
