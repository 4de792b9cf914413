"""`/customers`: who a key reaches (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import Unauthorized
from mockmail.vendors.rackspace.handlers import listing
from mockmail.vendors.rackspace.handlers.places import customer_of
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Customer
from mockmail.wire.namespaced_xml import Items


def index(call: Call[ApiKey, Options], params: listing.Listing) -> Document:
    """A reseller's own account and its customers; no other key has this list (docs/wire/rackspace.md 1.2)."""
    if call.caller.role != "reseller":
        raise Unauthorized("Only resellers may list customers")
    params = params.check(call.options)
    found = [one for one in reached(call) if params.finds(one.name, one.accountNumber, one.referenceNumber)]
    rows = [row(customer) for customer in found[params.offset : params.offset + params.size]]
    return listing.answer("customerList", params, len(found), "customers", Items("customer", rows))


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A customer; `me` is the caller's own account."""
    return Document("customer", row(customer_of(call)))


def reached(call: Call[ApiKey, Options]) -> list[Customer]:
    """All customers that a key reaches, in order of account numbers."""
    customers = call.world.store.records(VENDOR, Customer)
    own = customers.get(call.caller.accountNumber)
    others = customers.find("reseller", call.caller.accountNumber) if call.caller.role == "reseller" else []
    found = {one.accountNumber: one for one in (own, *others) if one is not None}
    return [found[number] for number in sorted(found)]


def row(customer: Customer) -> Mapping[str, Any]:
    """A customer as answers have it."""
    return {
        "accountNumber": customer.accountNumber,
        "name": customer.name,
        "referenceNumber": customer.referenceNumber,
    }
