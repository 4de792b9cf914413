"""What a domain's plan allows of new mailboxes: its services, and how many mailboxes of each.

The fields are the vendor's (docs/wire/rackspace.md 3; clients set them when they add a domain); that an Add is held to
them, and in which words, is assumed.
"""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.errors import BadRequest
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Domain, Mailbox, RsMailbox


def check_exchange(call: Call[ApiKey, Options], domain: Domain) -> None:
    """Raises BadRequest where a domain may not have another Exchange mailbox."""
    if domain.serviceType == "rsemail":
        _refuse(call, f"The domain {domain.name} does not have the Exchange service")
    if call.world.store.records(VENDOR, Mailbox).count("domain", domain.key) >= domain.exchangeMaxNumMailboxes:
        _refuse(call, f"The domain {domain.name} has its maximum number of Exchange mailboxes")


def check_rs_email(call: Call[ApiKey, Options], domain: Domain) -> None:
    """Raises BadRequest where a domain may not have another Rackspace Email mailbox."""
    if domain.serviceType == "exchange":
        _refuse(call, f"The domain {domain.name} does not have the Rackspace Email service")
    if call.world.store.records(VENDOR, RsMailbox).count("domain", domain.key) >= domain.rsEmailMaxNumberMailboxes:
        _refuse(call, f"The domain {domain.name} has its maximum number of Rackspace Email mailboxes")


def _refuse(call: Call[ApiKey, Options], message: str) -> None:
    options: Options = call.options
    if options.plans_are_enforced:
        raise BadRequest(message)
