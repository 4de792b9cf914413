"""What a path names: a customer, a domain, a mailbox. What is another customer's is not there."""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.errors import ItemNotFound
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Customer, Domain, Mailbox, RsMailbox, mailbox_key

ME = "me"
"""The account segment of a caller's own account, and what a path without one means."""


def customer_of(call: Call[ApiKey, Options]) -> Customer:
    """The customer of the path (docs/wire/rackspace.md 1.1). Raises ItemNotFound."""
    own = call.caller.accountNumber
    account = call.path.get("account", ME)
    if account.lower() == ME:
        account = own
    customer = call.world.store.records(VENDOR, Customer).get(account)
    if customer is None or not is_reached(call.caller, customer):
        raise ItemNotFound("Customer Not Found", "Customer")
    return customer


def is_reached(caller: ApiKey, customer: Customer) -> bool:
    """Whether a key may see a customer: its own, and a reseller's key the customers that came through it."""
    own = caller.accountNumber
    return customer.accountNumber == own or (caller.role == "reseller" and customer.reseller == own)


def domain_of(call: Call[ApiKey, Options]) -> Domain:
    """The customer's domain of the path. Raises ItemNotFound."""
    customer = customer_of(call)
    domain = call.world.store.records(VENDOR, Domain).get(call.path["domain"].lower())
    if domain is None or domain.accountNumber != customer.accountNumber:
        raise ItemNotFound("Domain Not Found", "Domain")
    return domain


def mailbox_of(call: Call[ApiKey, Options]) -> Mailbox:
    """The Exchange mailbox of the path. Raises ItemNotFound."""
    return mailbox_named(call, domain_of(call), call.path["name"])


def mailbox_named(call: Call[ApiKey, Options], domain: Domain, name: str) -> Mailbox:
    """An Exchange mailbox of a domain. Raises ItemNotFound."""
    mailbox = call.world.store.records(VENDOR, Mailbox).get(mailbox_key(domain.name, name))
    if mailbox is None:
        raise ItemNotFound("Mailbox Not Found", "Mailbox")
    return mailbox


def rs_mailbox_of(call: Call[ApiKey, Options], domain: Domain) -> RsMailbox | None:
    """The Rackspace Email mailbox of the path, if there is one."""
    return call.world.store.records(VENDOR, RsMailbox).get(mailbox_key(domain.name, call.path["name"]))
