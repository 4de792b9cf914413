"""`/api/users`, the rights of admins: authenticate, permissionlist, rolelist, userpermissionrole."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.atmail.authentication import EVERYTHING, AtmailCall, permission_names
from mockmail.vendors.atmail.errors import Failed
from mockmail.vendors.atmail.handlers.users import visible_user
from mockmail.vendors.atmail.parameters import UserChoice
from mockmail.vendors.atmail.records import Permission, Role
from mockmail.vendors.atmail.views import Result, row


def authenticate(call: AtmailCall, params: None) -> Result:
    """Confirm the credentials (atmail API documentation, "AUTHENTICATE"); wrong ones were refused before."""
    return Result("Authentication success")


def list_permissions(call: AtmailCall, params: None) -> Result:
    """Return every permission with the roles that have it (atmail API documentation, "LIST OF PERMISSIONS").

    The rows are numbered; the roles in a row have their ids as keys.
    """
    names_by_role = {role: set(permission_names(call, role.permissionIds)) for role in call.records(Role)}
    found = []
    for permission in call.records(Permission):
        including = {EVERYTHING, permission.permissionName}
        roles = {role.roleId: role.roleName for role, names in names_by_role.items() if names & including}
        found.append(row(permission) | {"roles": roles})
    return Result(results=found)


def list_roles(call: AtmailCall, params: None) -> Result:
    """Return every role under the one above it (atmail API documentation, "LIST OF ROLES"). Role ids are the keys."""
    children: dict[str, list[Role]] = {}
    for role in call.records(Role):
        parent = role.roleHierarchy.strip("|").rpartition("|")[2]
        children.setdefault(parent, []).append(role)
    return Result(results=_roles(children, "", call.caller.user.roleId))


def view_permissions_and_role(call: AtmailCall, params: UserChoice) -> Result:
    """Return an admin's role and all its permissions (atmail API documentation, "VIEW USER PERMISSIONS AND ROLE")."""
    user = visible_user(call, params.user_id)
    if user is None:
        raise Failed("No matches found")
    role = call.records(Role).get(str(user.roleId))
    permission_ids = {*(role.permissionIds if role else ()), *user.permissionIds}
    return Result(
        results={
            "permission": permission_names(call, sorted(permission_ids)),
            "role": {role.roleId: role.roleName} if role else {},
        }
    )


def _roles(children: dict[str, list[Role]], parent: str, own_role_id: int) -> dict[int, dict[str, Any]]:
    return {role.roleId: _role(children, role, own_role_id) for role in children.get(parent, ())}


def _role(children: dict[str, list[Role]], role: Role, own_role_id: int) -> dict[str, Any]:
    columns = row(role, frozenset({"permissionIds"})) | {"myRole": role.roleId == own_role_id}
    below = _roles(children, role.key, own_role_id)
    return columns | {"children": below} if below else columns
