"""How many accounts an admin may create, and how many MB they may have together.

The page gives both parameters of users/create a meaning and no message (documentation/atmail.txt, CREATE USER), so the
words here are assumed; and so is that an account counts with whoever created it and with all admins above that one:
otherwise an admin could have more by creating others.
"""

from __future__ import annotations

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.records import Account, AdminUser
from mockmail.vendors.atmail.rules import tree

ANY_NUMBER = 16777215
ANY_SIZE = 0


def limits_number(limit: int | None) -> bool:
    """Whether a `numUsers` is a limit; the first admin's is empty."""
    return limit is not None and limit != ANY_NUMBER


def limits_size(limit: int | None) -> bool:
    """Whether an admin's `quota` is a limit; the first admin's is empty."""
    return limit is not None and limit != ANY_SIZE


def check_new(world: World, admin: AdminUser, quota: int) -> None:
    """Raise AtmailError when an admin, or one above it, may not have another account of so many MB."""
    for limited in tree.with_those_above(world, admin):
        _check_number(world, limited)
        _check_size(world, limited, quota)


def check_change(world: World, admin: AdminUser, account: Account, quota: int) -> None:
    """Raise AtmailError when an admin may not give an account so many MB. Less than it has may be given by anybody.

    An account that does not count with a limited admin is not the admin's to enlarge.
    """
    if account.quota == ANY_SIZE or ANY_SIZE < quota <= account.quota:
        return
    counting = {one.userId for one in _counting(world, account)}
    for limited in tree.with_those_above(world, admin):
        if limits_size(limited.quota) and limited.userId not in counting:
            raise AtmailError("The disk quota is exceeded")
        _check_size(world, limited, quota, instead_of=account.quota)


def _counting(world: World, account: Account) -> list[AdminUser]:
    """The admins that an account counts with."""
    creator = state.users(world).get(str(account.createdByUserId))
    return [] if creator is None else list(tree.with_those_above(world, creator))


def _check_number(world: World, admin: AdminUser) -> None:
    limit = admin.numUsers
    if limit is None or not limits_number(limit):
        return
    accounts = state.accounts(world)
    count = sum(accounts.count("createdByUserId", one.userId) for one in tree.with_those_below(world, admin))
    if count >= limit:
        raise AtmailError("The maximum number of accounts is reached")


def _check_size(world: World, admin: AdminUser, quota: int, instead_of: int = 0) -> None:
    limit = admin.quota
    if limit is None or not limits_size(limit):
        return
    accounts = state.accounts(world)
    allotted = sum(accounts.total("quota", one.userId) for one in tree.with_those_below(world, admin))
    if quota == ANY_SIZE or allotted - instead_of + quota > limit:
        raise AtmailError("The disk quota is exceeded")
