"""Rackspace's mailboxes receive mail, at each of their addresses."""

from __future__ import annotations

from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.world import World
from mockmail.vendors.rackspace.records import VENDOR, Domain, EmailAddress, Mailbox, RsMailbox, mailbox_key


class RackspaceHosting(Hosting):
    """Both kinds of mailboxes receive; a disabled one too, because only its user is locked out."""

    def hosts(self, world: World, domain: str) -> bool:
        """Return whether a customer has this domain."""
        return domain in world.store.records(VENDOR, Domain)

    def route(self, world: World, address: str) -> Route | None:
        """Return the mailbox and the addresses it forwards to; one that forwards keeps a copy only if it says so."""
        mailbox = owner_of(world, address.strip("<> "))
        if mailbox is None:
            return None
        forward_to = _forwards(mailbox)
        keeps = mailbox.saveForwardedEmail or not forward_to
        return Route(mailbox=mailbox.key if keeps else None, forward_to=forward_to)


def owner_of(world: World, address: str) -> Mailbox | RsMailbox | None:
    """Return the mailbox that has an address, or None."""
    address = address.lower()
    mailboxes = world.store.records(VENDOR, Mailbox)
    further = world.store.records(VENDOR, EmailAddress).get(address)
    if further is not None:
        return mailboxes.get(further.mailbox_key)
    local, _, domain = address.rpartition("@")
    return mailboxes.first("address", address) or world.store.records(VENDOR, RsMailbox).get(mailbox_key(domain, local))


def _forwards(mailbox: Mailbox | RsMailbox) -> tuple[str, ...]:
    if isinstance(mailbox, RsMailbox):
        return mailbox.emailForwardingAddresses
    return (mailbox.emailForwardingAddress,) if mailbox.emailForwardingAddress else ()


HOSTING = RackspaceHosting()
