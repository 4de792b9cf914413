"""The mail that Rackspace's mailboxes receive."""

from __future__ import annotations

from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.world import World
from mockmail.vendors.rackspace.handlers.addresses import owner_of
from mockmail.vendors.rackspace.records import VENDOR, Domain, Mailbox, RsMailbox


class RackspaceHosting(Hosting):
    """Both kinds of mailboxes. One that is disabled receives as before: only its user is kept out."""

    def hosts(self, world: World, domain: str) -> bool:
        """Whether it is some customer's domain."""
        return domain in world.store.records(VENDOR, Domain)

    def route(self, world: World, address: str) -> Route | None:
        """Into the mailbox, and on to where it forwards; a mailbox that forwards keeps a copy only when it says so."""
        mailbox = owner_of(world, address.strip("<> "))
        if mailbox is None:
            return None
        forward_to = _forwards(mailbox)
        keeps = mailbox.saveForwardedEmail or not forward_to
        return Route(mailbox=mailbox.key if keeps else None, forward_to=forward_to)


def _forwards(mailbox: Mailbox | RsMailbox) -> tuple[str, ...]:
    if isinstance(mailbox, RsMailbox):
        return mailbox.emailForwardingAddresses
    return (mailbox.emailForwardingAddress,) if mailbox.emailForwardingAddress else ()


HOSTING = RackspaceHosting()
