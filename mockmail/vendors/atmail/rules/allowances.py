"""How many accounts an admin may create, and how many MB they may have together.

The page gives both parameters of users/create a meaning and no message (documentation/atmail.txt, CREATE USER), so the
words here are assumed.
"""

from __future__ import annotations

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.records import AdminUser

ANY_NUMBER = 16777215
ANY_SIZE = 0


def limits_number(limit: int | None) -> bool:
    """Whether a `numUsers` is a limit; the first admin's is empty."""
    return limit is not None and limit != ANY_NUMBER


def limits_size(limit: int | None) -> bool:
    """Whether an admin's `quota` is a limit; the first admin's is empty."""
    return limit is not None and limit != ANY_SIZE


def check_number(world: World, admin: AdminUser) -> None:
    """Raise AtmailError when an admin has as many accounts as it may."""
    limit = admin.numUsers
    if limit is None or not limits_number(limit):
        return
    if state.accounts(world).count("createdByUserId", admin.userId) >= limit:
        raise AtmailError("The maximum number of accounts is reached")


def check_size(world: World, admin: AdminUser, quota: int, instead_of: int = 0) -> None:
    """Raise AtmailError when an account's quota is more than its admin has left.

    instead_of: the quota that the account has now.
    """
    limit = admin.quota
    if limit is None or not limits_size(limit):
        return
    allotted = state.accounts(world).total("quota", admin.userId)
    if quota == ANY_SIZE or allotted - instead_of + quota > limit:
        raise AtmailError("The disk quota is exceeded")
