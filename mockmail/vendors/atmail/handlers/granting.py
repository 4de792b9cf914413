"""What an admin may give to another: nothing that it does not have itself. Assumed: the page says nothing of it."""

from __future__ import annotations

from collections.abc import Callable

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.access import Caller, rights_of
from mockmail.vendors.atmail.errors import AtmailError, Forbidden
from mockmail.vendors.atmail.handlers.allowances import limits_number, limits_size
from mockmail.vendors.atmail.records import AdminUser


def check_grant(world: World, caller: Caller, user: AdminUser) -> None:
    """Whether an admin may be as the caller would have it. Raises AtmailError, or Forbidden."""
    _check_references(world, user)
    if caller.unrestricted:
        return
    if not rights_of(world, user) <= caller.rights:
        raise Forbidden("Permission denied: rights that you do not have")
    for domain_id in user.domainIds:
        caller.demand_domain(domain_id)
    if _exceeds(user.numUsers, caller.user.numUsers, limits_number):
        raise Forbidden("Permission denied: more accounts than you may have")
    if _exceeds(user.quota, caller.user.quota, limits_size):
        raise Forbidden("Permission denied: more disk quota than you have")


def _exceeds(wanted: int | None, own: int | None, limits: Callable[[int | None], bool]) -> bool:
    """Whether somebody would get more than an admin has: no limit is more than any."""
    if own is None or not limits(own):
        return False
    return wanted is None or not limits(wanted) or wanted > own


def _check_references(world: World, user: AdminUser) -> None:
    if user.roleId and str(user.roleId) not in state.roles(world):
        raise AtmailError("Role does not exist")
    if not all(str(number) in state.permissions(world) for number in user.permissionIds):
        raise AtmailError("Permission does not exist")
    if not all(str(number) in state.domains(world) for number in user.domainIds):
        raise AtmailError("Domain does not exist")
