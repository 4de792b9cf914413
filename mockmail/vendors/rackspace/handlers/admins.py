"""`/admins`: the administrators of a customer (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound, missing
from mockmail.vendors.rackspace.handlers.customers import customer_of
from mockmail.vendors.rackspace.parameters import AdminForm, Listing, is_user_name
from mockmail.vendors.rackspace.records import Admin


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of a customer's administrators."""
    total, found = views.page(
        params,
        call.records(Admin),
        "accountNumber",
        customer_of(call).accountNumber,
        lambda admin: params.matches(admin.adminId, admin.firstName, admin.lastName, enabled=admin.enabled),
    )
    return views.list_document("adminList", params, total, "admins", "admin", rows=map(views.admin_row, found))


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return an administrator; passwords and answers are never shown."""
    return views.admin(_admin_of(call))


def add(call: RackspaceCall, params: AdminForm) -> None:
    """Add an administrator; it gets no user key."""
    account, name = customer_of(call).accountNumber, call.path["admin"]
    if not is_user_name(name):
        raise BadRequest("Invalid admin ID")
    for field in params.required:
        if not getattr(params, field):
            raise missing(field)
    new = Admin(accountNumber=account, adminId=name, **params.changes())
    if new.key in call.records(Admin):
        raise BadRequest(f"The admin ID {name} is already in use")
    call.records(Admin).add(new)


def edit(call: RackspaceCall, params: AdminForm) -> None:
    """Change the fields that were sent."""
    call.records(Admin).put(_admin_of(call).replace(**params.changes()))


def delete(call: RackspaceCall, _: None) -> None:
    """Delete an administrator."""
    call.records(Admin).remove(_admin_of(call).key)


def _admin_of(call: RackspaceCall) -> Admin:
    found = call.records(Admin).get(f"{customer_of(call).accountNumber}/{call.path['admin']}".lower())
    if found is None:
        raise ItemNotFound("Admin Not Found", "Admin")
    return found
