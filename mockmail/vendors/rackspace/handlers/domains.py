"""`/domains`: a customer's domains, and those of all customers (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import invalid_value
from mockmail.vendors.rackspace.handlers import listing
from mockmail.vendors.rackspace.handlers.customers import reached
from mockmail.vendors.rackspace.handlers.places import customer_of, domain_of
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Domain, Mailbox, RsMailbox
from mockmail.wire.namespaced_xml import Items

MOST_NAMES = 100
"""How many domains a list may be asked for by name."""

SERVICES = (
    "archivingServiceEnabled",
    "publicFoldersEnabled",
    "blackBerryMobileServiceEnabled",
    "blackBerryLicenses",
    "activeSyncMobileServiceEnabled",
    "activeSyncLicenses",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainListing(listing.Listing):
    """What a list of domains may be asked for. domainNames: the only ones wanted, commas between them."""

    domainNames: str | None = None  # noqa: N815  # named as it is on the wire

    @property
    def names(self) -> Collection[str]:
        """The domains that are wanted, in lower case. Raises BadRequest for more than may be asked for."""
        names = (self.domainNames or "").split(",", MOST_NAMES)
        if len(names) > MOST_NAMES:
            raise invalid_value("domainNames")
        return {name.strip().lower() for name in names}


def index(call: Call[ApiKey, Options], params: DomainListing) -> Document:
    """A page of a customer's domains."""
    params = params.check(call.options)
    own = customer_of(call).accountNumber
    if params.domainNames is not None:
        return _sorted_page(call, params, _named(call, params, {own}))
    domains = call.world.store.records(VENDOR, Domain)
    total, found = listing.page(params, domains, "accountNumber", own, lambda one: params.finds(one.name))
    return _list(call, params, total, found)


def index_all(call: Call[ApiKey, Options], params: DomainListing) -> Document:
    """A page of the domains of every customer that the key reaches, in order of names."""
    params = params.check(call.options)
    accounts = {customer.accountNumber: None for customer in reached(call)}
    if params.domainNames is not None:
        return _sorted_page(call, params, _named(call, params, accounts))
    domains = call.world.store.records(VENDOR, Domain)
    return _sorted_page(call, params, [one for own in accounts for one in domains.find("accountNumber", own)])


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A domain and what its services have and use; sizes in MB, and what is used in mailboxes."""
    domain = domain_of(call)
    extra = domain.exchangeExtraStorage
    content: dict[str, Any] = {
        "name": domain.name,
        "accountNumber": domain.accountNumber,
        "serviceType": domain.serviceType,
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


def _named(call: Call[ApiKey, Options], params: DomainListing, accounts: Collection[str]) -> list[Domain]:
    """The domains that are asked for by name, of these customers."""
    found = map(call.world.store.records(VENDOR, Domain).get, params.names)
    return [domain for domain in found if domain is not None and domain.accountNumber in accounts]


def _sorted_page(call: Call[ApiKey, Options], params: DomainListing, domains: Sequence[Domain]) -> Document:
    found = sorted((one for one in domains if params.finds(one.name)), key=lambda one: one.name)
    return _list(call, params, len(found), found[params.offset : params.offset + params.size])


def _list(call: Call[ApiKey, Options], params: DomainListing, total: int, found: Sequence[Domain]) -> Document:
    rows = Items("domain", [_row(call, one) for one in found])
    return listing.answer("domainList", params, total, "domains", rows)


def _row(call: Call[ApiKey, Options], domain: Domain) -> dict[str, Any]:
    """A domain in a list: what the vendor's own .NET client reads of one."""
    return {
        "name": domain.name,
        "accountNumber": domain.accountNumber,
        "serviceType": domain.serviceType,
        "exchangeMaxNumMailboxes": domain.exchangeMaxNumMailboxes,
        "exchangeUsedStorage": _used(call, domain, Mailbox),
        "rsEmailMaxNumberMailboxes": domain.rsEmailMaxNumberMailboxes,
        "rsEmailUsedStorage": _used(call, domain, RsMailbox),
    }


def _used(call: Call[ApiKey, Options], domain: Domain, model: type[Mailbox | RsMailbox]) -> int:
    """How many mailboxes of a kind there are, which is what clients take the vendor's figure for (see README.md)."""
    return call.world.store.records(VENDOR, model).count("domain", domain.key)
