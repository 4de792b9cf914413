"""`…/permissions`: users' permissions on an Exchange mailbox (Rackspace API documentation, "Mailbox Permissions")."""

from __future__ import annotations

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import mailbox_named, mailbox_of
from mockmail.vendors.rackspace.parameters import Listing, PermissionForm
from mockmail.vendors.rackspace.records import Mailbox, Permission, PermissionType, mailbox_key


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of the permissions on a mailbox.

    The page's sample has the total 0 beside one permission; ours is the number of permissions.
    """
    mailbox = mailbox_of(call)
    total, found = views.page(
        params, call.records(Permission), "mailbox", mailbox.key, lambda permission: params.matches(permission.user)
    )
    rows = [
        {"emailAddress": _address(call, permission), "permissionType": permission.permissionType}
        for permission in found
    ]
    total = 0 if call.options.permission_total_is_zero else total
    return views.list_document("permissionList", params, total, "permissions", "permission", rows=rows)


def add(call: RackspaceCall, params: PermissionForm) -> None:
    """Give a user of the same domain a permission; fails if the user has one already, or owns the mailbox."""
    new = _of_path(call, params.permission)
    if new.user == new.mailbox:
        raise BadRequest(f"User {_address(call, new)} cannot have a permission on its own mailbox")
    if new.key in call.records(Permission):
        raise BadRequest(f"User {_address(call, new)} has a permission on this mailbox already")
    call.records(Permission).add(new)


def edit(call: RackspaceCall, params: PermissionForm) -> None:
    """Change a permission."""
    new = _of_path(call, params.permission)
    _check_exists(call, new)
    call.records(Permission).put(new)


def delete(call: RackspaceCall, _: None) -> None:
    """Remove a permission."""
    removed = _of_path(call, "both")
    _check_exists(call, removed)
    call.records(Permission).remove(removed.key)


def _of_path(call: RackspaceCall, kind: PermissionType) -> Permission:
    domain = domain_of(call)
    mailbox = mailbox_named(call, domain, call.path["name"])
    user = mailbox_named(call, domain, call.path["user"])
    return Permission(domain=domain.name, mailbox=mailbox.name, user=user.name, permissionType=kind)


def _check_exists(call: RackspaceCall, permission: Permission) -> None:
    if permission.key not in call.records(Permission):
        raise ItemNotFound("Permission Not Found", "Permission")


def _address(call: RackspaceCall, permission: Permission) -> str:
    user = call.records(Mailbox).get(mailbox_key(permission.domain, permission.user))
    return user.address if user else f"{permission.user}@{permission.domain}"
