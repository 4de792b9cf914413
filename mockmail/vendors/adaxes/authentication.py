"""Who calls Adaxes: a security token in `Adm-Authorization`, and what its account may do."""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.errors import Forbidden, Unauthenticated
from mockmail.vendors.adaxes.identity import identify
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import DirectoryObject, Token

VENDOR = "adaxes"
HEADER = "Adm-Authorization"
TOKEN_ONLY = "token"  # noqa: S105  # what an operation requires, not a secret

NO_TOKEN = f"No authentication token was provided in the {HEADER} header."
BAD_TOKEN = "The provided authentication token is either expired or invalid."  # noqa: S105


def authenticate(call: Call[None, Options]) -> DirectoryObject | None:
    """The account that the call's token is for; None where the operation asks for none. Raises Unauthenticated."""
    if call.operation.requires is None:
        return None
    return account_of(call.world, call.request.headers.get(HEADER, "").strip())


def account_of(world: World, token: str) -> DirectoryObject:
    """The account of a token: none that has ended, and a disabled or expired account ends its tokens too."""
    if not token:
        raise Unauthenticated(NO_TOKEN)
    found = world.store.records(VENDOR, Token).get(token)
    now = world.clock.now()
    if found is None or moments.is_past(found.expiresAtUtc, now):
        raise Unauthenticated(BAD_TOKEN)
    account = locate(world, found.account)
    if account is None or account.isDisabled or moments.is_past(account.expirationDate, now):
        raise Unauthenticated(BAD_TOKEN)
    return account


def authorize(call: Call[DirectoryObject | None, Options]) -> None:
    """Refuse what is switched off for everybody, or what the caller's roles do not allow. Raises Forbidden."""
    requires = call.operation.requires
    if requires in (None, TOKEN_ONLY):
        return
    options: Options = call.options
    if requires in options.disabled_operations:
        raise Forbidden(f"The {requires} operation is disabled in the REST API.")
    denied = call.caller.deniedOperations if call.caller else ("*",)
    if requires in denied or "*" in denied:
        raise Forbidden(f"Access is denied: the account may not perform {requires}.")


def locate(world: World, identifier: str) -> DirectoryObject | None:
    """The directory object of a DN, GUID or SID."""
    found = identify(identifier)
    if found is None:
        return None
    objects = world.store.records(VENDOR, DirectoryObject)
    return objects.get(found.value) if found.index == "dn" else objects.first(found.index, found.value)
