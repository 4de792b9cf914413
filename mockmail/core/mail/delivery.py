"""Resolve an envelope's recipients to the mailboxes that vendors host, through aliases and forwarding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from mockmail.core.mail.addresses import domain_forms
from mockmail.core.mail.message import Delivery, Envelope

if TYPE_CHECKING:
    from mockmail.core.world import World

MAX_ADDRESSES = 1000
"""The most addresses that are visited for each recipient of a message, aliases and forwards included."""

MOST_FORWARDS = 1000
"""The most forwards that a message keeps, for its traces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The next step of mail for an address.

    mailbox: the vendor's own name for the mailbox that keeps a copy; None when none does.
    forward_to: the addresses that the mail is forwarded to.
    """

    mailbox: str | None = None
    forward_to: tuple[str, ...] = ()


class Hosting(ABC):
    """The mailboxes that a vendor hosts."""

    @abstractmethod
    def hosts(self, world: World, domain: str) -> bool:
        """Return whether this vendor receives mail for a domain, which is lower-cased."""

    @abstractmethod
    def route(self, world: World, address: str) -> Route | None:
        """Return the route of an address in a hosted domain; None when the vendor has no such address."""

    def filtered(self, world: World, address: str, route: Route, envelope: Envelope) -> Route:
        """Return the route of one message: `route`, unless a filter of the mailbox drops or diverts the message."""
        return route

    def has_quotas(self, world: World) -> bool:
        """Return whether mailboxes refuse mail that does not fit into them; if not, `quota` is not asked."""
        return False

    def quota(self, world: World, mailbox: str) -> int | None:
        """Return the bytes that a mailbox may hold, None for any number."""
        return None


class Deliveries(NamedTuple):
    """The deliveries of a message, and how it was forwarded.

    found: one delivery for each mailbox and each outside address that it reaches.
    full: the address of a full mailbox, if the message reaches nothing but full mailboxes; else None.
    forwards, same_mailbox: see `Envelope`; the first `MOST_FORWARDS` of each.
    """

    found: list[Delivery]
    full: str | None
    forwards: tuple[tuple[str, str], ...]
    same_mailbox: tuple[tuple[str, str], ...]


def deliveries(world: World, envelope: Envelope, size: int) -> Deliveries:
    """Return the deliveries of a message of `size` bytes to its recipients.

    A copy that is forwarded only in a cycle or past the limit of `MAX_ADDRESSES`, that a filter drops, or that does not
    fit into its mailbox has a delivery without a mailbox at the address where it was lost.
    """
    graph = _ForwardingGraph(world, envelope, size)
    graph.traverse()
    found = [*graph.ends.values(), *graph.dead_ends(envelope.recipients)]
    return Deliveries(
        found, None if graph.is_accepted else graph.full, graph.forwards(), tuple(graph.same_mailbox[:MOST_FORWARDS])
    )


def has_quotas(world: World) -> bool:
    """Return whether some vendor's mailboxes refuse mail that does not fit into them."""
    return any(vendor.hosting is not None and vendor.hosting.has_quotas(world) for vendor in world.vendors)


def is_unknown(world: World, address: str) -> bool:
    """Return whether a vendor hosts an address's domain and has no such address in it.

    As in Postfix (postconf(5), `smtpd_reject_unlisted_recipient`), an alias is known even if it leads nowhere, and each
    address of a domain is known if the domain is forwarded as a whole.
    """
    host = _host(world, address)
    return host is not None and host.hosting.route(world, host.address) is None


class _Host(NamedTuple):
    vendor: str
    hosting: Hosting
    address: str
    """The address that was looked up, with its domain in the form that the vendor uses."""


def _host(world: World, address: str) -> _Host | None:
    local_part, _, domain = address.rpartition("@")
    domain = domain.strip("<> ").lower()
    for form in domain_forms(domain):
        for vendor in world.vendors:
            if vendor.hosting is not None:
                world.ensure_seeded(vendor)
                if vendor.hosting.hosts(world, form):
                    return _Host(vendor.name, vendor.hosting, address if form == domain else f"{local_part}@{form}")
    return None


class _ForwardingGraph:
    """The directed graph of addresses, lower-cased, that one message is forwarded through.

    ends: the deliveries, by vendor and mailbox, or by None and an address outside.
    full: the address of a mailbox that the message does not fit into, if there is one.
    is_accepted: whether some copy was not refused by a full mailbox.
    """

    def __init__(self, world: World, envelope: Envelope, size: int) -> None:
        self._world = world
        self._envelope = envelope
        self._size = size
        self._limit = MAX_ADDRESSES * len(envelope.recipients)
        """The number of addresses whose routes are followed; vendors' addresses beyond it are dead ends."""
        self._queue: deque[tuple[str, str | None]] = deque()
        self._visited: set[str] = set()
        self._without_mailbox: dict[str, Delivery] = {}
        self._predecessors: dict[str, list[str]] = {}
        self.same_mailbox: list[tuple[str, str]] = []
        self.ends: dict[tuple[str | None, str | None], Delivery] = {}
        self.full: str | None = None
        self.is_accepted = False
        for recipient in envelope.recipients:
            self.add(recipient, source=None)

    def add(self, address: str, source: str | None) -> None:
        """Queue an address. source: the address that forwards to it; None for a recipient of the message."""
        if source is not None:
            self._predecessors.setdefault(address.lower(), []).append(source)
        self._queue.append((address, source))

    def traverse(self) -> None:
        """Visit each address that can be reached from the queue, breadth first."""
        while self._queue:
            address, source = self._queue.popleft()
            node = address.lower()
            if node not in self._visited:
                self._visited.add(node)
                self._visit(address, node, forwarded=source is not None)

    def _visit(self, address: str, node: str, *, forwarded: bool) -> None:
        host = _host(self._world, address)
        route = self._route(host) if host is not None else None
        if host is None or route is None:
            self.is_accepted = True
            if forwarded:
                self.ends[None, node] = Delivery(None, None, host.address if host is not None else address)
            return
        if route.mailbox is not None:
            self._deliver(host, route.mailbox, node)
        else:
            self._without_mailbox[node] = Delivery(host.vendor, None, host.address)
            self.is_accepted = self.is_accepted or not route.forward_to
        for target in route.forward_to:
            self.add(target, node)

    def _route(self, host: _Host) -> Route | None:
        if len(self._visited) > self._limit:
            return Route()
        route = host.hosting.route(self._world, host.address)
        return None if route is None else host.hosting.filtered(self._world, host.address, route, self._envelope)

    def _deliver(self, host: _Host, mailbox: str, node: str) -> None:
        if (copy := self.ends.get((host.vendor, mailbox))) is not None:
            self.same_mailbox.append((node, copy.address.lower()))
            return
        fits = self._fits(host, mailbox)
        self.ends[host.vendor, mailbox] = Delivery(host.vendor, mailbox if fits else None, host.address)
        self.is_accepted = self.is_accepted or fits
        if not fits:
            self.full = host.address

    def _fits(self, host: _Host, mailbox: str) -> bool:
        quota = host.hosting.quota(self._world, mailbox) if host.hosting.has_quotas(self._world) else None
        return quota is None or self._world.mail.mailboxes.usage(host.vendor, mailbox).size + self._size <= quota

    def forwards(self) -> tuple[tuple[str, str], ...]:
        """Return the edges of the graph."""
        edges = ((source, target) for target, sources in self._predecessors.items() for source in sources)
        return tuple(islice(edges, MOST_FORWARDS))

    def dead_ends(self, recipients: Iterable[str]) -> list[Delivery]:
        """Return the addresses where mail enters a part of the graph that leads to no end."""
        if not self._without_mailbox:
            return []
        dead = self._without_mailbox.keys() - self._nodes_with_path_to_end()
        entered = {recipient.lower() for recipient in recipients}
        return [
            delivery
            for node, delivery in self._without_mailbox.items()
            if node in dead and (node in entered or not dead.issuperset(self._predecessors[node]))
        ]

    def _nodes_with_path_to_end(self) -> set[str]:
        found: set[str] = set()
        pending = [node for node in self._visited if node not in self._without_mailbox]
        while pending:
            for source in self._predecessors.get(pending.pop(), ()):
                if source in self._without_mailbox and source not in found:
                    found.add(source)
                    pending.append(source)
        return found
