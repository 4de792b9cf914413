"""Check the limits of admins: the number of their accounts, and the MB that these may have together.

An account counts against the limits of its creator and of every admin above the creator; otherwise an admin could have
more by creating other admins. This and the messages are assumed: the page only names the two parameters of users/create
(atmail API documentation, "CREATE USER").
"""

from __future__ import annotations

from mockmail.vendors.atmail.authentication import AtmailCall
from mockmail.vendors.atmail.errors import Failed
from mockmail.vendors.atmail.records import Account, AdminUser
from mockmail.vendors.atmail.tree import with_created, with_creators

ANY_NUMBER = 16777215
ANY_SIZE = 0


def number_limit(admin: AdminUser) -> int | None:
    """Return how many accounts an admin may have, or None for any number."""
    return None if admin.numUsers == ANY_NUMBER else admin.numUsers


def size_limit(admin: AdminUser) -> int | None:
    """Return how many MB the accounts of an admin may have together, or None for any size."""
    return None if admin.quota == ANY_SIZE else admin.quota


def check_new(call: AtmailCall, quota: int) -> None:
    """Raise Failed if the caller, or an admin above it, may not have another account of this quota."""
    for admin in with_creators(call.records(AdminUser), call.caller.user):
        limit = number_limit(admin)
        if limit is not None and _count(call, admin) >= limit:
            raise Failed("The maximum number of accounts is reached")
        _check_size(call, admin, quota, quota)


def check_change(call: AtmailCall, account: Account, quota: int) -> None:
    """Raise Failed if the caller may not give an account this quota. Every admin may reduce a quota.

    A limited admin may not enlarge an account that does not count against its limits.
    """
    if account.quota == ANY_SIZE or ANY_SIZE < quota <= account.quota:
        return
    users = call.records(AdminUser)
    creator = users.get(str(account.createdByUserId))
    counting = set() if creator is None else {admin.userId for admin in with_creators(users, creator)}
    for admin in with_creators(users, call.caller.user):
        if size_limit(admin) is not None and admin.userId not in counting:
            raise Failed("The disk quota is exceeded")
        _check_size(call, admin, quota, quota - account.quota)


def _check_size(call: AtmailCall, admin: AdminUser, quota: int, added: int) -> None:
    limit = size_limit(admin)
    if limit is not None and (quota == ANY_SIZE or _size(call, admin) + added > limit):
        raise Failed("The disk quota is exceeded")


def _count(call: AtmailCall, admin: AdminUser) -> int:
    accounts = call.records(Account)
    return sum(
        accounts.count("createdByUserId", creator.userId) for creator in with_created(call.records(AdminUser), admin)
    )


def _size(call: AtmailCall, admin: AdminUser) -> int:
    accounts = call.records(Account)
    return sum(accounts.total("quota", creator.userId) for creator in with_created(call.records(AdminUser), admin))
