"""`/customers`: the customers that a key may access (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import ItemNotFound, Unauthorized
from mockmail.vendors.rackspace.parameters import Listing
from mockmail.vendors.rackspace.records import Customer

ME = "me"
"""The account segment for the caller's own account, and the meaning of a path without one."""


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of a reseller's own account and its customers (docs/wire/rackspace.md 1.2)."""
    if not call.caller.is_reseller:
        raise Unauthorized("Only resellers may list customers")
    found = [
        customer
        for customer in accessible_customers(call)
        if params.matches(customer.name, customer.accountNumber, customer.referenceNumber)
    ]
    rows = map(views.customer, found[params.offset : params.offset + params.size])
    return views.list_document("customerList", params, len(found), "customers", "customer", rows=rows)


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return a customer; `me` is the caller's own account."""
    return views.Document("customer", views.customer(customer_of(call)))


def customer_of(call: RackspaceCall) -> Customer:
    """Return the customer of the path (docs/wire/rackspace.md 1.1). Raise ItemNotFound, also without access."""
    account = call.path.get("account", ME)
    customer = call.records(Customer).get(call.caller.account if account.lower() == ME else account)
    if customer is None or not call.caller.may_access(customer):
        raise ItemNotFound("Customer Not Found", "Customer")
    return customer


def accessible_customers(call: RackspaceCall) -> list[Customer]:
    """Return all customers that the caller may access, sorted by account number."""
    customers = call.records(Customer)
    own = customers.get(call.caller.account)
    others = customers.find("reseller", call.caller.account) if call.caller.is_reseller else []
    found = {customer.accountNumber: customer for customer in (own, *others) if customer is not None}
    return [found[number] for number in sorted(found)]
