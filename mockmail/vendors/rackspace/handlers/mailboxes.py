"""`…/ex/mailboxes`: Exchange mailboxes and their further addresses."""

from __future__ import annotations

from typing import Any, TypeVar

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound, invalid_value
from mockmail.vendors.rackspace.handlers.domains import check_plan, domain_of
from mockmail.vendors.rackspace.hosting import is_taken, owner_of
from mockmail.vendors.rackspace.parameters import Listing, MailboxFields, is_address
from mockmail.vendors.rackspace.records import (
    ActiveSyncService,
    Domain,
    EmailAddress,
    Mailbox,
    Permission,
    RsMailbox,
    SpamListEntry,
    SpamSettings,
    mailbox_key,
)
from mockmail.wire.parameters import given

M = TypeVar("M", Mailbox, RsMailbox)

UPPER_HEX = "0123456789ABCDEF"
SAM_NAME = 14
"""The characters of its name in a mailbox's samAccountName: Active Directory takes 20, and six are added."""
BELONGINGS = ((EmailAddress, "mailbox"), (Permission, "mailbox"), (Permission, "user"), (SpamListEntry, "mailbox"))
"""The records that are deleted with a mailbox, and the index that files them under the mailbox's key."""


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of a domain's mailboxes (Rackspace API documentation, "Index")."""
    total, rows = page_of(call, params, Mailbox)
    return views.list_document("mailboxList", params, total, "mailboxes", "mailbox", rows=rows)


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return a mailbox (Rackspace API documentation, "Show")."""
    return views.mailbox(call, mailbox_of(call))


def add(call: RackspaceCall, params: MailboxFields) -> None:
    """Add a mailbox with the address name@domain (Rackspace API documentation, "Add/Edit")."""
    domain = domain_of(call)
    name = call.path["name"]
    params.check_name(name)
    params.check_required()
    _check(call, params)
    check_is_free(call, f"{name}@{domain.name}", mailbox_key(domain.name, name))
    check_plan(call, domain, Mailbox)
    now = views.timestamp(call.world.clock.now())
    mailbox = Mailbox(
        domain=domain.name,
        name=name,
        samAccountName=f"{name[:SAM_NAME]}_{call.world.ids.token(5, UPPER_HEX)}",
        lastLogin=now if call.options.new_mailbox_has_last_login else "",
        createdDate=now,
        **given(params),
    )
    call.records(Mailbox).add(mailbox)


def edit(call: RackspaceCall, params: MailboxFields) -> None:
    """Change the fields that were sent (Rackspace API documentation, "Add/Edit").

    An empty forwarding address ends forwarding, a missing one changes nothing.
    """
    mailbox = mailbox_of(call)
    _check(call, params)
    call.records(Mailbox).put(mailbox.replace(**given(params)))


def delete(call: RackspaceCall, _: None) -> None:
    """Delete a mailbox, its mail and all its records permanently (Rackspace API documentation, "Delete")."""
    mailbox = mailbox_of(call)
    for model, index_name in BELONGINGS:
        records = call.records(model)
        for record in records.find(index_name, mailbox.key):
            records.remove(record.key)
    for single in (ActiveSyncService, SpamSettings, Mailbox):
        call.records(single).remove(mailbox.key)
    call.world.mail.mailboxes.forget(call.vendor.name, mailbox.key)


def add_address(call: RackspaceCall, _: None) -> None:
    """Add an address, in any domain of the mailbox's customer (Rackspace API documentation, "Add Email Address")."""
    mailbox = mailbox_of(call)
    address = call.path["address"]
    if not is_address(address):
        raise BadRequest("Invalid email address")
    own = call.records(Domain).get(mailbox.domain.lower())
    domain = call.records(Domain).get(address.rpartition("@")[2].lower())
    if own is None or domain is None or domain.accountNumber != own.accountNumber:
        raise ItemNotFound("Domain Not Found", "Domain")
    check_is_free(call, address)
    call.records(EmailAddress).add(EmailAddress(address=address, domain=mailbox.domain, mailbox=mailbox.name))


def delete_address(call: RackspaceCall, _: None) -> None:
    """Delete an address, but never the primary one (Rackspace API documentation, "Delete Email Address").

    Fails if the mailbox does not have the address.
    """
    mailbox = mailbox_of(call)
    address = call.path["address"].lower()
    if address == mailbox.address.lower():
        raise BadRequest("The primary email address cannot be deleted")
    found = call.records(EmailAddress).get(address)
    if found is None or found.mailbox_key != mailbox.key:
        raise ItemNotFound("Email Address Not Found", "EmailAddress")
    call.records(EmailAddress).remove(address)


def page_of(call: RackspaceCall, params: Listing, model: type[M]) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of matching mailboxes and the rows of the page."""

    def matches(mailbox: M) -> bool:
        return params.matches(mailbox.name, mailbox.displayName, mailbox.customID, enabled=mailbox.enabled)

    total, found = views.page(params, call.records(model), "domain", domain_of(call).key, matches)
    wanted = params.wanted
    return total, [views.mailbox_row(call, mailbox, wanted) for mailbox in found]


def mailbox_of(call: RackspaceCall) -> Mailbox:
    """Return the Exchange mailbox of the path. Raise ItemNotFound."""
    return mailbox_named(call, domain_of(call), call.path["name"])


def mailbox_named(call: RackspaceCall, domain: Domain, name: str) -> Mailbox:
    """Return an Exchange mailbox of a domain. Raise ItemNotFound."""
    mailbox = call.records(Mailbox).get(mailbox_key(domain.name, name))
    if mailbox is None:
        raise ItemNotFound("Mailbox Not Found", "Mailbox")
    return mailbox


def check_is_free(call: RackspaceCall, address: str, key: str = "") -> None:
    """Raise BadRequest if a mailbox, alias or list has this address, or an Exchange mailbox has this key."""
    if key in call.records(Mailbox) or is_taken(call.world, address):
        raise BadRequest(f"The email address {address} is already in use")


def _check(call: RackspaceCall, params: MailboxFields) -> None:
    params.check()
    forward = params.emailForwardingAddress
    if forward and call.options.forward_inside_only and owner_of(call.world, forward) is None:
        raise invalid_value("emailForwardingAddress")
