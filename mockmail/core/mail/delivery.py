"""From an envelope's recipients to the mailboxes that vendors host, through aliases and forwarding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockmail.core.mail.addresses import other_spelling
from mockmail.core.mail.message import Delivery

if TYPE_CHECKING:
    from mockmail.core.vendor import Vendor
    from mockmail.core.world import World

MAX_ADDRESSES = 1000
"""How many addresses one recipient may lead to, aliases and forwarding counted."""

REMEMBERED = 256
"""For how many envelopes it is remembered where their messages go."""

REMEMBERED_LENGTH = 1024
"""Characters of the recipients of such an envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where mail for an address goes next.

    mailbox: a mailbox that keeps a copy, by the vendor's own name for it. forward_to: addresses it goes on to.
    """

    mailbox: str | None = None
    forward_to: tuple[str, ...] = ()


class Hosting(ABC):
    """What a vendor that hosts mailboxes tells the core about them.

    Both answers follow from the vendor's records and options, and from nothing else: they are remembered until a record
    changes.
    """

    @abstractmethod
    def hosts(self, world: World, domain: str) -> bool:
        """Whether mail for this domain (in lower case) is this vendor's."""

    @abstractmethod
    def route(self, world: World, address: str) -> Route | None:
        """Where mail for an address of a hosted domain goes; None when the vendor knows no such address."""


def deliveries(world: World, recipients: Sequence[str]) -> list[Delivery]:
    """Where copies of a message to these recipients end. Each mailbox gets one, and a loop of aliases ends.

    What is forwarded always ends somewhere: in a mailbox, at an address that no vendor has, or, where it comes to
    neither (it goes round in a circle, or further than `MAX_ADDRESSES` allows), at the vendor's address where it was
    lost, with no mailbox.
    """
    walk = _Walk(world, limit=MAX_ADDRESSES * len(recipients))
    for recipient in recipients:
        walk.go_to(recipient, None)
    return [*walk.to_the_end(), *walk.lost(recipients)]


class Deliveries:
    """Where copies of a World's messages end, remembered as long as no vendor's state changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[Delivery, ...]] = {}
        self._as_of = -1

    def of(self, world: World, recipients: tuple[str, ...]) -> tuple[Delivery, ...]:
        """What `deliveries` gives."""
        if self._as_of == world.store.version and recipients in self._known:
            return self._known[recipients]
        found = tuple(deliveries(world, recipients))
        if self._as_of != world.store.version or len(self._known) >= REMEMBERED:
            self._known.clear()
            self._as_of = world.store.version
        if sum(map(len, recipients)) <= REMEMBERED_LENGTH:
            self._known[recipients] = found
        return found


def hosting_vendor(world: World, address: str) -> Vendor | None:
    """The vendor that hosts an address's domain."""
    return _host(world, address)[0]


def is_unknown(world: World, address: str) -> bool:
    """Whether a vendor hosts the domain and knows no such address in it.

    An alias is known wherever it leads, and so is every address of a domain that is diverted as a whole: so does
    Postfix decide (postconf(5), `smtpd_reject_unlisted_recipient`: an address that matches a virtual alias is always
    known), in whose words the refusal is. Mail that then comes to no mailbox is accepted, and its deliveries tell.
    """
    vendor, address = _host(world, address)
    return vendor is not None and vendor.hosting is not None and vendor.hosting.route(world, address) is None


def _host(world: World, address: str) -> tuple[Vendor | None, str]:
    """The vendor that hosts an address's domain, and the address with the domain as the vendor writes it.

    A domain with letters beyond ASCII is written with them, or in the form that DNS has (RFC 5891): each finds both.
    """
    local_part, _, domain = address.rpartition("@")
    domain = domain.strip("<> ").lower()
    for form in (domain, *other_spelling(domain)):
        for vendor in world.vendors:
            if vendor.hosting is not None:
                world.ensure_seeded(vendor)
                if vendor.hosting.hosts(world, form):
                    return vendor, address if form == domain else f"{local_part}@{form}"
    return None, address


class _Walk:
    """The way of one message through aliases and forwarding. Addresses are compared in lower case.

    limit: how many addresses are followed; those of vendors beyond it are lost.
    """

    def __init__(self, world: World, limit: int) -> None:
        self._world = world
        self._limit = limit
        self._queue: deque[tuple[str, str | None]] = deque()
        self._seen: set[str] = set()
        self._ends: dict[tuple[str | None, str | None], Delivery] = {}
        # Addresses that keep nothing, and which addresses any address was forwarded from.
        self._passages: dict[str, Delivery] = {}
        self._sources: dict[str, list[str]] = {}

    def go_to(self, address: str, source: str | None) -> None:
        """Look at an address later. source: what forwards to it; None for a recipient."""
        if source is not None:
            self._sources.setdefault(address.lower(), []).append(source)
        self._queue.append((address, source))

    def to_the_end(self) -> Iterable[Delivery]:
        """Follow all addresses; where the copies end."""
        while self._queue:
            address, source = self._queue.popleft()
            name = address.lower()
            if name not in self._seen:
                self._seen.add(name)
                self._follow(address, name, forwarded=source is not None)
        return self._ends.values()

    def _follow(self, address: str, name: str, *, forwarded: bool) -> None:
        vendor, address = _host(self._world, address)
        route = self._route(vendor, address)
        if vendor is None or route is None:
            if forwarded:
                self._ends[None, name] = Delivery(None, None, address)
            return
        if route.mailbox is None:
            self._passages[name] = Delivery(vendor.name, None, address)
        else:
            self._ends.setdefault((vendor.name, route.mailbox), Delivery(vendor.name, route.mailbox, address))
        for target in route.forward_to:
            self.go_to(target, name)

    def _route(self, vendor: Vendor | None, address: str) -> Route | None:
        if vendor is None or vendor.hosting is None:
            return None
        return vendor.hosting.route(self._world, address) if len(self._seen) <= self._limit else Route()

    def lost(self, recipients: Iterable[str]) -> list[Delivery]:
        """Where mail enters what it does not come out of: passages that lead to passages only, round and round."""
        if not self._passages:
            return []
        dead = self._passages.keys() - self._left()
        entered = {recipient.lower() for recipient in recipients}
        return [
            delivery
            for name, delivery in self._passages.items()
            if name in dead and (name in entered or not dead.issuperset(self._sources[name]))
        ]

    def _left(self) -> set[str]:
        """The passages from which mail comes to an end, looked for backwards from the ends."""
        left: set[str] = set()
        arriving = [name for name in self._seen if name not in self._passages]
        while arriving:
            for source in self._sources.get(arriving.pop(), ()):
                if source in self._passages and source not in left:
                    left.add(source)
                    arriving.append(source)
        return left
