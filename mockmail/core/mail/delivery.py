"""From an envelope's recipients to the mailboxes that vendors host, through aliases and forwarding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockmail.core.mail.message import Delivery

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor
    from mockmail.core.world import World

MAX_ADDRESSES = 1000
"""How many addresses one recipient may lead to, aliases and forwarding counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where mail for an address goes next.

    mailbox: a mailbox that keeps a copy, by the vendor's own name for it. forward_to: addresses it goes on to.
    """

    mailbox: str | None = None
    forward_to: tuple[str, ...] = ()


class Hosting(ABC):
    """What a vendor that hosts mailboxes tells the core about them."""

    @abstractmethod
    def hosts(self, world: World, domain: str) -> bool:
        """Whether mail for this domain (in lower case) is this vendor's."""

    @abstractmethod
    def route(self, world: World, address: str) -> Route | None:
        """Where mail for an address of a hosted domain goes; None when the vendor knows no such address."""


def deliveries(world: World, recipients: Sequence[str]) -> list[Delivery]:
    """Where copies of a message to these recipients end. Each mailbox gets one, and a loop of aliases ends."""
    ends: dict[tuple[str | None, str | None], Delivery] = {}
    seen: set[str] = set()
    queue = deque((recipient, False) for recipient in recipients)
    while queue and len(seen) < MAX_ADDRESSES * len(recipients):
        address, forwarded = queue.popleft()
        if address.lower() in seen:
            continue
        seen.add(address.lower())
        vendor = hosting_vendor(world, address)
        route = vendor.hosting.route(world, address) if vendor is not None and vendor.hosting else None
        if route is None:
            if forwarded:
                ends[None, address.lower()] = Delivery(None, None, address)
            continue
        if route.mailbox is not None and vendor is not None:
            ends.setdefault((vendor.name, route.mailbox), Delivery(vendor.name, route.mailbox, address))
        queue.extend((target, True) for target in route.forward_to)
    return list(ends.values())


def hosting_vendor(world: World, address: str) -> Vendor | None:
    """The vendor that hosts an address's domain."""
    domain = address.rpartition("@")[2].strip("<> ").lower()
    for vendor in world.vendors:
        if vendor.hosting is not None:
            world.prepare(vendor)
            if vendor.hosting.hosts(world, domain):
                return vendor
    return None


def is_unknown(world: World, address: str) -> bool:
    """Whether a vendor hosts the domain and knows no such address in it."""
    vendor = hosting_vendor(world, address)
    return vendor is not None and vendor.hosting is not None and vendor.hosting.route(world, address) is None
