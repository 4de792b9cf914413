"""Authenticate admin users by HTTP Basic, and decide what each may do: its rights and its domains."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, CallerT
from mockmail.vendors.atmail.errors import Forbidden, Unauthorized
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import AdminUser, Permission, Role
from mockmail.vendors.atmail.tree import place_all
from mockmail.wire.headers import basic_credentials

EVERYTHING = "all"
"""The permission that includes every other, and every domain (atmail API documentation, "LIST OF PERMISSIONS")."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The admin user who calls, with its rights by name."""

    user: AdminUser
    rights: frozenset[str]

    def __str__(self) -> str:
        return self.user.username

    @property
    def unrestricted(self) -> bool:
        """Return whether the admin has access to everything."""
        return EVERYTHING in self.rights

    def demand_domain(self, domain_id: int | None) -> None:
        """Raise Forbidden unless the admin may edit this domain; None is a domain that is not hosted."""
        if not self.unrestricted and domain_id not in self.user.domainIds:
            raise Forbidden("No permission at that domain")


AtmailCall = Call[Caller, Options]


def authenticate(call: Call[None, Options]) -> Caller:
    """Return the admin user of the request's credentials (atmail API documentation, "AUTHENTICATE").

    Raise Unauthorized. The request becomes the admin's last login. Unplaced admins of a seed get their edges.
    """
    users = call.records(AdminUser)
    if users.count("unplaced", True):
        with call.world.store.transaction():
            place_all(users)
    given = _credentials(call.request)
    if given is None:
        raise _failure("there are no Basic credentials in the header Authorization")
    user = users.first("username", given[0].lower())
    if user is None:
        raise _failure(f"there is no admin user {given[0]!r}")
    if not hmac.compare_digest(user.password.encode(), given[1].encode()):
        raise _failure(f"the password of the admin user {given[0]!r} differs")
    return Caller(_record_login(call, user), rights_of(call, user))


def authorize(call: AtmailCall) -> None:
    """Raise Forbidden unless the admin has the operation's right; handlers check domains."""
    right = call.operation.requires
    if right is not None and not call.caller.unrestricted and right not in call.caller.rights:
        raise Forbidden(f"Permission denied: {right}")


def client_of(request: WireRequest) -> str:
    """Return the user name that the request gives, or the client's address."""
    given = _credentials(request)
    return request.peer if given is None else given[0]


def rights_of(call: Call[CallerT, Options], user: AdminUser) -> frozenset[str]:
    """Return the rights of an admin: its own permissions, and those of its role if the role is enabled."""
    role = call.records(Role).get(str(user.roleId)) if user.roleId else None
    of_role = role.permissionIds if role is not None and role.roleEnabled else ()
    return frozenset(permission_names(call, (*of_role, *user.permissionIds)))


def permission_names(call: Call[CallerT, Options], permission_ids: Iterable[int]) -> list[str]:
    """Return the names of permissions; unknown ids are left out."""
    permissions = call.records(Permission)
    found = [permissions.get(str(number)) for number in permission_ids]
    return [permission.permissionName for permission in found if permission is not None]


def _failure(reason: str) -> Unauthorized:
    return Unauthorized("Authentication failed").because(reason)


def _credentials(request: WireRequest) -> tuple[str, str] | None:
    return basic_credentials(request.headers.get("Authorization", ""))


def _record_login(call: Call[None, Options], user: AdminUser) -> AdminUser:
    moment, address = int(call.world.clock.timestamp()), call.request.peer
    if user.lastLogin == moment and user.ipAddress == address:
        return user
    return call.records(AdminUser).put(user.replace(lastLogin=moment, ipAddress=address))
