"""`/domains`: a customer's domains, and those of all customers (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound, invalid_value
from mockmail.vendors.rackspace.handlers.customers import accessible_customers, customer_of
from mockmail.vendors.rackspace.parameters import CatchAllForm, DomainListing, is_address
from mockmail.vendors.rackspace.records import Domain, Mailbox, RsMailbox


def index(call: RackspaceCall, params: DomainListing) -> views.Document:
    """Return a page of a customer's domains."""
    own = customer_of(call).accountNumber
    if params.domainNames is not None:
        return _sorted_page(call, params, _wanted_domains(call, params, {own}))
    total, found = views.page(
        params, call.records(Domain), "accountNumber", own, lambda domain: params.matches(domain.name)
    )
    return _list(call, params, total, found)


def index_all(call: RackspaceCall, params: DomainListing) -> views.Document:
    """Return a page of the domains of every customer that the caller reaches, sorted by name."""
    accounts = [customer.accountNumber for customer in accessible_customers(call)]
    if params.domainNames is not None:
        return _sorted_page(call, params, _wanted_domains(call, params, set(accounts)))
    domains = call.records(Domain)
    return _sorted_page(
        call, params, [domain for account in accounts for domain in domains.find("accountNumber", account)]
    )


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return a domain and its services."""
    return views.domain(call, domain_of(call))


def show_catch_all(call: RackspaceCall, _: None) -> views.Document:
    """Return the address that mail for unknown addresses goes to; empty if there is none."""
    return views.Document("emailAddress", {"address": domain_of(call).catchAllAddress})


def edit_catch_all(call: RackspaceCall, params: CatchAllForm) -> None:
    """Change the address that mail for unknown addresses goes to; an empty address removes it."""
    domain = domain_of(call)
    address = params.address.strip()
    if address and not is_address(address):
        raise invalid_value("address")
    call.records(Domain).put(domain.replace(catchAllAddress=address))


def domain_of(call: RackspaceCall) -> Domain:
    """Return the domain of the path. Raise ItemNotFound, also for another customer's domain."""
    customer = customer_of(call)
    domain = call.records(Domain).get(call.path["domain"].lower())
    if domain is None or domain.accountNumber != customer.accountNumber:
        raise ItemNotFound("Domain Not Found", "Domain")
    return domain


def check_plan(call: RackspaceCall, domain: Domain, model: type[Mailbox | RsMailbox]) -> None:
    """Raise BadRequest if the domain may not have another mailbox of this kind.

    The fields are the vendor's (docs/wire/rackspace.md 3; clients set them when they add a domain). The refusal of an
    Add, and its text, are assumed.
    """
    if not call.options.plans_are_enforced:
        return
    if model is Mailbox:
        service, other, most = "Exchange", "rsemail", domain.exchangeMaxNumMailboxes
    else:
        service, other, most = "Rackspace Email", "exchange", domain.rsEmailMaxNumberMailboxes
    if domain.serviceType == other:
        raise BadRequest(f"The domain {domain.name} does not have the {service} service")
    if call.records(model).count("domain", domain.key) >= most:
        raise BadRequest(f"The domain {domain.name} has its maximum number of {service} mailboxes")


def _wanted_domains(call: RackspaceCall, params: DomainListing, accounts: Collection[str]) -> list[Domain]:
    found = map(call.records(Domain).get, params.names)
    return [domain for domain in found if domain is not None and domain.accountNumber in accounts]


def _sorted_page(call: RackspaceCall, params: DomainListing, domains: Sequence[Domain]) -> views.Document:
    found = sorted((domain for domain in domains if params.matches(domain.name)), key=lambda domain: domain.name)
    return _list(call, params, len(found), found[params.offset : params.offset + params.size])


def _list(call: RackspaceCall, params: DomainListing, total: int, found: Sequence[Domain]) -> views.Document:
    rows = [views.domain_row(call, domain) for domain in found]
    return views.list_document("domainList", params, total, "domains", "domain", rows=rows)
