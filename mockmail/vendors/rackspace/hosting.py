"""Rackspace's mailboxes receive mail at each of their addresses, and through aliases and lists."""

from __future__ import annotations

from collections.abc import Iterable

from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.mail.message import Envelope
from mockmail.core.world import World
from mockmail.vendors.rackspace.filtering import is_filtering, is_spam, spam_route
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import (
    VENDOR,
    DistributionList,
    Domain,
    EmailAddress,
    Mailbox,
    RsAlias,
    RsMailbox,
    mailbox_key,
)
from mockmail.vendors.rackspace.vendor import VENDOR as RACKSPACE

MEGABYTE = 1 << 20


class RackspaceHosting(Hosting):
    """Both kinds of mailboxes receive; a disabled one too, because only its user is locked out."""

    def hosts(self, world: World, domain: str) -> bool:
        """Return whether a customer has this domain."""
        return domain in world.store.records(VENDOR, Domain)

    def route(self, world: World, address: str) -> Route | None:
        """Return the mailbox and the addresses that it forwards to.

        A mailbox that forwards keeps a copy only if `saveForwardedEmail` is set. Mail for an unknown address goes to
        the catch-all address of its domain.
        """
        address = address.strip("<> ")
        mailbox = owner_of(world, address)
        if mailbox is not None:
            forward_to = _forwards(mailbox)
            keeps = mailbox.saveForwardedEmail or not forward_to
            return Route(mailbox=mailbox.key if keeps else None, forward_to=forward_to)
        members = _members(world, address)
        if members is not None:
            return Route(forward_to=tuple(members))
        domain = world.store.records(VENDOR, Domain).get(address.rpartition("@")[2].lower())
        return Route(forward_to=(domain.catchAllAddress,)) if domain is not None and domain.catchAllAddress else None

    def filtered(self, world: World, address: str, route: Route, envelope: Envelope) -> Route:
        """Return the route, or the route of spam if the message is spam for the mailbox."""
        if not is_filtering(world):
            return route
        mailbox = owner_of(world, address.strip("<> "))
        return spam_route(world, mailbox) if mailbox and is_spam(world, mailbox, envelope) else route

    def has_quotas(self, world: World) -> bool:
        """Return whether the option `over_quota_is_refused` is set."""
        options: Options = world.options(RACKSPACE)
        return options.over_quota_is_refused

    def quota(self, world: World, mailbox: str) -> int | None:
        """Return the size of a mailbox."""
        found = world.store.records(VENDOR, Mailbox).get(mailbox) or world.store.records(VENDOR, RsMailbox).get(mailbox)
        return None if found is None else found.size * MEGABYTE


def owner_of(world: World, address: str) -> Mailbox | RsMailbox | None:
    """Return the mailbox that has an address, or None."""
    address = address.lower()
    mailboxes = world.store.records(VENDOR, Mailbox)
    further = world.store.records(VENDOR, EmailAddress).get(address)
    if further is not None:
        return mailboxes.get(further.mailbox_key)
    return mailboxes.first("address", address) or world.store.records(VENDOR, RsMailbox).get(_key(address))


def is_taken(world: World, address: str) -> bool:
    """Return whether a mailbox, an alias or a distribution list has an address."""
    return owner_of(world, address) is not None or _members(world, address) is not None


def _members(world: World, address: str) -> Iterable[str] | None:
    alias = world.store.records(VENDOR, RsAlias).get(_key(address))
    if alias is not None:
        return alias.members
    found = world.store.records(VENDOR, DistributionList).get(_key(address))
    return None if found is None else found.Members


def _key(address: str) -> str:
    local_part, _, domain = address.rpartition("@")
    return mailbox_key(domain, local_part)


def _forwards(mailbox: Mailbox | RsMailbox) -> tuple[str, ...]:
    if isinstance(mailbox, RsMailbox):
        return mailbox.emailForwardingAddresses
    return (mailbox.emailForwardingAddress,) if mailbox.emailForwardingAddress else ()


HOSTING = RackspaceHosting()
