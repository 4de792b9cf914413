"""How many accounts an admin may create, and how many MB they may have together.

The page gives both parameters of users/create a meaning and no message (atmail API documentation, "CREATE USER"), so
the words here are assumed; and so is that an account counts with whoever created it and with all admins above that one:
otherwise an admin could have more by creating others.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.handlers import tree
from mockmail.vendors.atmail.records import Account, AdminUser

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
        if limits_number(limited.numUsers) or limits_size(limited.quota):
            held = _held(world, limited)
            _check_number(limited, held)
            _check_size(limited, held, quota, is_unlimited=quota == ANY_SIZE)


def check_change(world: World, admin: AdminUser, account: Account, quota: int) -> None:
    """Raise AtmailError when an admin may not give an account so many MB. Less than it has may be given by anybody.

    An account that does not count with a limited admin is not the admin's to enlarge.
    """
    if account.quota == ANY_SIZE or ANY_SIZE < quota <= account.quota:
        return
    counting = {one.userId for one in _counting(world, account)}
    for limited in tree.with_those_above(world, admin):
        if limits_size(limited.quota):
            if limited.userId not in counting:
                raise AtmailError("The disk quota is exceeded")
            _check_size(limited, _held(world, limited), quota - account.quota, is_unlimited=quota == ANY_SIZE)


@dataclass(frozen=True, slots=True)
class _Held:
    """What counts with an admin: how many accounts, and how many MB they may have together."""

    accounts: int
    size: int


def _held(world: World, admin: AdminUser) -> _Held:
    accounts = state.accounts(world)
    below = [one.userId for one in tree.with_those_below(world, admin)]
    count = sum(accounts.count("createdByUserId", number) for number in below)
    return _Held(count, sum(accounts.total("quota", number) for number in below) if count else 0)


def _counting(world: World, account: Account) -> list[AdminUser]:
    """The admins that an account counts with."""
    creator = state.users(world).get(str(account.createdByUserId))
    return [] if creator is None else list(tree.with_those_above(world, creator))


def _check_number(admin: AdminUser, held: _Held) -> None:
    if admin.numUsers is not None and limits_number(admin.numUsers) and held.accounts >= admin.numUsers:
        raise AtmailError("The maximum number of accounts is reached")


def _check_size(admin: AdminUser, held: _Held, more: int, *, is_unlimited: bool = False) -> None:
    if admin.quota is None or not limits_size(admin.quota):
        return
    if is_unlimited or held.size + more > admin.quota:
        raise AtmailError("The disk quota is exceeded")
