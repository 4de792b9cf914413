"""Decide which mail is spam for a mailbox, by its lists and settings and those of its domain, and route it.

No source says how the lists of a mailbox and of its domain work together; README.md lists the assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from mockmail.core.mail.delivery import Route
from mockmail.core.mail.message import Envelope
from mockmail.core.world import World
from mockmail.vendors.rackspace.records import (
    VENDOR,
    DomainSpamSettings,
    FilterLevel,
    Mailbox,
    RsMailbox,
    RsSpamSettings,
    SpamListEntry,
    SpamListName,
    SpamSettings,
    mailbox_key,
)

_SOURCES = (SpamListEntry, SpamSettings, RsSpamSettings, DomainSpamSettings)


def is_filtering(world: World) -> bool:
    """Return whether there is any list entry or setting. Without one, no mail is spam."""
    return any(len(world.store.records(VENDOR, model)) for model in _SOURCES)


def is_spam(world: World, mailbox: Mailbox | RsMailbox, envelope: Envelope) -> bool:
    """Return whether a message is spam for a mailbox. A safelist wins over a blocklist."""
    level = _level(world, mailbox)
    if level == "off" or _is_listed(world, mailbox, envelope, "safelist", "ipsafelist"):
        return False
    return level == "exclusive" or _is_listed(world, mailbox, envelope, "blocklist", "ipblocklist")


def spam_route(world: World, mailbox: Mailbox | RsMailbox) -> Route:
    """Return the route of spam. For an Exchange mailbox it leads to the quarantine, which is not a mailbox."""
    if isinstance(mailbox, Mailbox):
        return Route()
    settings = rs_settings(world, mailbox)
    if settings.spamHandling == "toAddress" and settings.spamForwardingAddress:
        return Route(forward_to=(settings.spamForwardingAddress,))
    return Route() if settings.spamHandling == "delete" else Route(mailbox=mailbox.key)


def domain_settings(world: World, domain: str) -> DomainSpamSettings:
    """Return a domain's settings."""
    found = world.store.records(VENDOR, DomainSpamSettings).get(mailbox_key(domain, ""))
    return found or DomainSpamSettings(domain=domain)


def rs_settings(world: World, mailbox: RsMailbox) -> RsSpamSettings:
    """Return a Rackspace Email mailbox's settings; those of its domain if it has none."""
    found = world.store.records(VENDOR, RsSpamSettings).get(mailbox.key)
    return found or domain_settings(world, mailbox.domain)


def exchange_settings(world: World, mailbox: Mailbox) -> SpamSettings:
    """Return an Exchange mailbox's settings; if it has none, the defaults with its domain's filter level."""
    found = world.store.records(VENDOR, SpamSettings).get(mailbox.key)
    level = domain_settings(world, mailbox.domain).filterLevel
    return found or SpamSettings(domain=mailbox.domain, mailbox=mailbox.name, filterLevel=level)


def _level(world: World, mailbox: Mailbox | RsMailbox) -> FilterLevel:
    if isinstance(mailbox, Mailbox):
        return exchange_settings(world, mailbox).filterLevel
    return rs_settings(world, mailbox).filterLevel


def _is_listed(
    world: World, mailbox: Mailbox | RsMailbox, envelope: Envelope, senders: SpamListName, clients: SpamListName
) -> bool:
    sender, peer = envelope.sender.lower(), envelope.peer.rpartition(":")[0]
    return any(fits_sender(entry, sender) for entry in _entries(world, mailbox, senders)) or any(
        _fits_client(entry, peer) for entry in _entries(world, mailbox, clients)
    )


def _entries(world: World, mailbox: Mailbox | RsMailbox, name: SpamListName) -> Iterator[str]:
    entries = world.store.records(VENDOR, SpamListEntry)
    for owner in (mailbox.key, mailbox_key(mailbox.domain, "")):
        for entry in entries.find("list", f"{owner}/{name}"):
            yield entry.address.lower()


def fits_sender(entry: str, sender: str) -> bool:
    """Return whether a sender is the address of an entry, or in its domain. `*` and `%` stand for any text.

    Both are in lower case. A domain may have an `@` before it.
    """
    names_address = "@" in entry and not entry.startswith("@")
    pattern = entry if names_address else f"*@{entry.lstrip('@')}"
    return _fits(pattern.replace("%", "*"), sender)


def _fits(pattern: str, text: str) -> bool:
    # No regular expression: each of thousands of entries would be compiled for each message.
    first, *parts = pattern.split("*")
    if not parts:
        return text == first
    last = parts.pop()
    if not text.startswith(first):
        return False
    at = len(first)
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last) and at + len(last) <= len(text)


def _fits_client(entry: str, peer: str) -> bool:
    try:
        return ip_address(peer) in ip_network(entry, strict=False)
    except ValueError:  # a vendor's own mail service has no address
        return False
