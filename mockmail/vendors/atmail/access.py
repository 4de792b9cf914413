"""What an admin may do, and where: rights by name from its role and its own permissions, and its domains."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.errors import Forbidden
from mockmail.vendors.atmail.records import AdminUser

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
        """Whether it has access to everything."""
        return EVERYTHING in self.rights

    def demand(self, right: str) -> None:
        """Raise Forbidden unless the admin has this right."""
        if not self.unrestricted and right not in self.rights:
            raise Forbidden(f"Permission denied: {right}")

    def governs(self, domain_id: int) -> bool:
        """Whether a domain is the admin's to edit."""
        return self.unrestricted or domain_id in self.user.domainIds

    def demand_domain(self, domain_id: int) -> None:
        """Raise Forbidden unless a domain is the admin's to edit."""
        if not self.governs(domain_id):
            raise Forbidden("No permission at that domain")


def rights_of(world: World, user: AdminUser) -> frozenset[str]:
    """The rights of an admin: those of its role, if that is enabled, and those it was given itself."""
    role = state.roles(world).get(str(user.roleId)) if user.roleId else None
    of_role = role.permissionIds if role is not None and role.roleEnabled else ()
    return rights_named(world, (*of_role, *user.permissionIds))


def rights_named(world: World, permission_ids: tuple[int, ...]) -> frozenset[str]:
    """The names of some permissions; ids that are none are left out."""
    permissions = state.permissions(world)
    found = [permissions.get(str(number)) for number in permission_ids]
    return frozenset(permission.permissionName for permission in found if permission is not None)
