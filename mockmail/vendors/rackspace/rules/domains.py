"""`/domains`: a customer's domains, and those of all customers (wire/rackspace.md 3)."""

from __future__ import annotations

from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Domain, Mailbox, RsMailbox
from mockmail.vendors.rackspace.rules import listing
from mockmail.vendors.rackspace.rules.customers import reached
from mockmail.vendors.rackspace.rules.places import customer_of, domain_of
from mockmail.vendors.rackspace.views import usage_of_domain
from mockmail.wire.namespaced_xml import Items

SERVICES = (
    "archivingServiceEnabled",
    "publicFoldersEnabled",
    "blackBerryMobileServiceEnabled",
    "blackBerryLicenses",
    "activeSyncMobileServiceEnabled",
    "activeSyncLicenses",
)


def index(call: Call[ApiKey], params: listing.Listing) -> Document:
    """A page of a customer's domains."""
    params = params.check(call.options)
    customer = customer_of(call)
    domains = call.world.store.records(VENDOR, Domain)
    total, found = listing.page(
        params, domains, "accountNumber", customer.accountNumber, lambda one: params.finds(one.name)
    )
    return _list(params, total, found)


def index_all(call: Call[ApiKey], params: listing.Listing) -> Document:
    """A page of the domains of every customer that the key reaches, in order of names."""
    params = params.check(call.options)
    domains = call.world.store.records(VENDOR, Domain)
    found = [one for customer in reached(call) for one in domains.find("accountNumber", customer.accountNumber)]
    found = sorted((one for one in found if params.finds(one.name)), key=lambda one: one.name)
    return _list(params, len(found), found[params.offset : params.offset + params.size])


def show(call: Call[ApiKey], _: None) -> Document:
    """A domain and what its services have and use; storage in MB."""
    domain = domain_of(call)
    extra = domain.exchangeExtraStorage
    content: dict[str, Any] = {
        **_row(domain),
        "exchangeBaseMailboxSize": domain.exchangeBaseMailboxSize,
        "exchangeUsedStorage": _used(call, domain, Mailbox),
        "exchangeTotalStorage": domain.exchangeBaseMailboxSize * domain.exchangeMaxNumMailboxes + extra,
        "exchangeExtraStorage": extra,
        "exchangeMaxNumMailboxes": domain.exchangeMaxNumMailboxes,
        "rsEmailBaseMailboxSize": domain.rsEmailBaseMailboxSize,
        "rsEmailMaxNumberMailboxes": domain.rsEmailMaxNumberMailboxes,
        "rsEmailExtraStorage": domain.rsEmailExtraStorage,
        "rsEmailUsedStorage": _used(call, domain, RsMailbox),
        "aliases": Items("alias"),
        **{name: getattr(domain, name) for name in SERVICES},
    }
    return Document("domain", content)


def _list(params: listing.Listing, total: int, found: Any) -> Document:
    return listing.answer("domainList", params, total, "domains", Items("domain", [_row(one) for one in found]))


def _row(domain: Domain) -> dict[str, Any]:
    return {"name": domain.name, "accountNumber": domain.accountNumber, "serviceType": domain.serviceType}


def _used(call: Call[ApiKey], domain: Domain, model: type[Mailbox | RsMailbox]) -> int:
    return usage_of_domain(call.world, domain.name, call.world.store.records(VENDOR, model))
