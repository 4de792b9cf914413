"""`…/permissions`: what users may do with an Exchange mailbox (Rackspace API documentation, "Mailbox Permissions")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound, missing
from mockmail.vendors.rackspace.handlers import listing
from mockmail.vendors.rackspace.handlers.places import domain_of, mailbox_named
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Mailbox, Permission, PermissionType, mailbox_key
from mockmail.wire.namespaced_xml import Items


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionForm:
    """permission: one of the types, in any case of letters."""

    permission: str

    @property
    def type(self) -> PermissionType:
        """The type as answers write it. Raises BadRequest."""
        if not self.permission:
            raise missing("permission")
        for known in get_args(PermissionType):
            if known.lower() == self.permission.strip().lower():
                return known  # type: ignore[no-any-return]
        raise BadRequest("Invalid permission type")


def index(call: Call[ApiKey, Options], params: listing.Listing) -> Document:
    """The permissions on a mailbox; the page's sample counts none of the one that it shows, and we count them."""
    options: Options = call.options
    params = params.check(options)
    mailbox = mailbox_named(call, domain_of(call), call.path["name"])
    records = call.world.store.records(VENDOR, Permission)
    total, found = listing.page(params, records, "mailbox", mailbox.key, lambda one: params.finds(one.user))
    rows = [{"emailAddress": _address(call, one), "permissionType": one.permissionType} for one in found]
    total = 0 if options.permission_total_is_zero else total
    return listing.answer("permissionList", params, total, "permissions", Items("permission", rows))


def add(call: Call[ApiKey, Options], params: PermissionForm) -> None:
    """Let a user of the same domain at a mailbox. Fails where the user has a permission on it already."""
    new = _named(call, params.type)
    records = call.world.store.records(VENDOR, Permission)
    if new.key in records:
        raise BadRequest(f"User {_address(call, new)} has a permission on this mailbox already")
    records.add(new)


def edit(call: Call[ApiKey, Options], params: PermissionForm) -> None:
    """Change a permission that is there."""
    new = _named(call, params.type)
    records = call.world.store.records(VENDOR, Permission)
    _check_present(call, new)
    records.put(new)


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """Take a permission away."""
    gone = _named(call, "both")
    _check_present(call, gone)
    call.world.store.records(VENDOR, Permission).remove(gone.key)


def _named(call: Call[ApiKey, Options], kind: PermissionType) -> Permission:
    """A permission between the two mailboxes of the path. Raises ItemNotFound where one is not there."""
    domain = domain_of(call)
    mailbox = mailbox_named(call, domain, call.path["name"])
    user = mailbox_named(call, domain, call.path["user"])
    return Permission(domain=domain.name, mailbox=mailbox.name, user=user.name, permissionType=kind)


def _check_present(call: Call[ApiKey, Options], permission: Permission) -> None:
    if permission.key not in call.world.store.records(VENDOR, Permission):
        raise ItemNotFound("Permission Not Found", "Permission")


def _address(call: Call[ApiKey, Options], permission: Permission) -> str:
    user = call.world.store.records(VENDOR, Mailbox).get(mailbox_key(permission.domain, permission.user))
    return user.address if user else f"{permission.user}@{permission.domain}"
