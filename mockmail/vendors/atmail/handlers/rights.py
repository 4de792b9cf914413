"""`/api/users`, what admins may do: authenticate, permissionlist, rolelist, userpermissionrole."""

from __future__ import annotations

from typing import Any

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.access import EVERYTHING, Caller, rights_named
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.handlers.users import UserChoice, chosen
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Role


def authenticate(call: Call[Caller, Options], params: None) -> Answer:
    """That the credentials are right (atmail API documentation, "AUTHENTICATE"): wrong ones do not come this far."""
    return Answer("Authentication success")


def list_permissions(call: Call[Caller, Options], params: None) -> Answer:
    """Every permission with the roles that have it (atmail API documentation, "LIST OF PERMISSIONS").

    Rows are numbered; a row's roles go by their ids.
    """
    by_role = {role: rights_named(call.world, role.permissionIds) for role in state.roles(call.world)}
    found = []
    for permission in state.permissions(call.world):
        having = {EVERYTHING, permission.permissionName}
        found.append(
            {
                "permissionId": permission.permissionId,
                "permissionName": permission.permissionName,
                "permissionDescription": permission.permissionDescription,
                "roles": {role.roleId: role.roleName for role, rights in by_role.items() if rights & having},
            }
        )
    return Answer(results=found)


def list_roles(call: Call[Caller, Options], params: None) -> Answer:
    """Every role under the one above it (atmail API documentation, "LIST OF ROLES"). Rows go by the roles' ids."""
    below: dict[str, list[Role]] = {}
    for role in state.roles(call.world):
        above = role.roleHierarchy.strip("|").rpartition("|")[2]
        below.setdefault(above, []).append(role)
    return Answer(results=_roles(below, "", call.caller.user.roleId))


def view_permissions_and_role(call: Call[Caller, Options], params: UserChoice) -> Answer:
    """An admin's permissions, its role's included (atmail API documentation, "VIEW USER PERMISSIONS AND ROLE")."""
    user = chosen(call, params.user_id)
    if user is None:
        raise AtmailError("No matches found")
    role = state.roles(call.world).get(str(user.roleId))
    return Answer(
        results={
            "permission": _permission_names(call.world, (*(role.permissionIds if role else ()), *user.permissionIds)),
            "role": {role.roleId: role.roleName} if role else {},
        }
    )


def _permission_names(world: World, permission_ids: tuple[int, ...]) -> list[str]:
    found = [state.permissions(world).get(str(number)) for number in sorted(set(permission_ids))]
    return [permission.permissionName for permission in found if permission is not None]


def _roles(below: dict[str, list[Role]], above: str, own: int) -> dict[int, dict[str, Any]]:
    return {role.roleId: _role(below, role, own) for role in below.get(above, ())}


def _role(below: dict[str, list[Role]], role: Role, own: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "roleId": role.roleId,
        "roleName": role.roleName,
        "roleDescription": role.roleDescription,
        "roleHierarchy": role.roleHierarchy,
        "roleEnabled": role.roleEnabled,
        "createdByUserId": role.createdByUserId,
        "myRole": role.roleId == own,
    }
    children = _roles(below, role.key, own)
    return row | {"children": children} if children else row
