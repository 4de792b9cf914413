"""`…/emailaddresses`: the further addresses of an Exchange mailbox."""

from __future__ import annotations

from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers.mailboxes import check_address_is_free, mailbox_of
from mockmail.vendors.rackspace.parameters import is_address
from mockmail.vendors.rackspace.records import Domain, EmailAddress


def add(call: RackspaceCall, _: None) -> None:
    """Add an address, in any domain of the mailbox's customer (Rackspace API documentation, "Add Email Address")."""
    mailbox = mailbox_of(call)
    address = call.path["address"]
    if not is_address(address):
        raise BadRequest("Invalid email address")
    own = call.records(Domain).get(mailbox.domain.lower())
    domain = call.records(Domain).get(address.rpartition("@")[2].lower())
    if own is None or domain is None or domain.accountNumber != own.accountNumber:
        raise ItemNotFound("Domain Not Found", "Domain")
    check_address_is_free(call, address)
    call.records(EmailAddress).add(EmailAddress(address=address, domain=mailbox.domain, mailbox=mailbox.name))


def delete(call: RackspaceCall, _: None) -> None:
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
