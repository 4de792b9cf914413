"""`…/emailaddresses`: the further addresses of an Exchange mailbox; and who has which address."""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers.places import mailbox_of
from mockmail.vendors.rackspace.handlers.texts import is_address
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import (
    VENDOR,
    ApiKey,
    Domain,
    EmailAddress,
    Mailbox,
    RsMailbox,
    mailbox_key,
)


def add(call: Call[ApiKey, Options], _: None) -> None:
    """Add an address, in any domain of the mailbox's customer (Rackspace API documentation, "Add Email Address")."""
    mailbox = mailbox_of(call)
    address = call.path["address"]
    if not is_address(address):
        raise BadRequest("Invalid email address")
    own = call.world.store.records(VENDOR, Domain).get(mailbox.domain.lower())
    domain = call.world.store.records(VENDOR, Domain).get(address.rpartition("@")[2].lower())
    if own is None or domain is None or domain.accountNumber != own.accountNumber:
        raise ItemNotFound("Domain Not Found", "Domain")
    check_free(call.world, address)
    further = EmailAddress(address=address, domain=mailbox.domain, mailbox=mailbox.name)
    call.world.store.records(VENDOR, EmailAddress).add(further)


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """Take an address away; the one that replies go to stays as long as the mailbox does.

    Fails where the mailbox has no such address (Rackspace API documentation, "Delete Email Address").
    """
    mailbox = mailbox_of(call)
    address = call.path["address"].lower()
    if address == mailbox.address.lower():
        raise BadRequest("The primary email address cannot be deleted")
    addresses = call.world.store.records(VENDOR, EmailAddress)
    found = addresses.get(address)
    if found is None or mailbox_key(found.domain, found.mailbox) != mailbox.key:
        raise ItemNotFound("Email Address Not Found", "EmailAddress")
    addresses.remove(address)


def owner_of(world: World, address: str) -> Mailbox | RsMailbox | None:
    """The mailbox that has an address."""
    address = address.lower()
    mailboxes = world.store.records(VENDOR, Mailbox)
    further = world.store.records(VENDOR, EmailAddress).get(address)
    if further is not None:
        return mailboxes.get(mailbox_key(further.domain, further.mailbox))
    local, _, domain = address.rpartition("@")
    return mailboxes.first("address", address) or world.store.records(VENDOR, RsMailbox).get(mailbox_key(domain, local))


def check_free(world: World, address: str) -> None:
    """Raises BadRequest where an address is somebody's (Rackspace API documentation, "Add/Edit", Errors)."""
    if owner_of(world, address) is not None:
        raise BadRequest(f"The email address {address} is already in use")
