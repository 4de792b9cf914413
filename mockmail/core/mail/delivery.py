"""Resolve an envelope's recipients to the mailboxes that vendors host, through aliases and forwarding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mockmail.core.mail.addresses import domain_forms
from mockmail.core.mail.message import Delivery

if TYPE_CHECKING:
    from mockmail.core.world import World

MAX_ADDRESSES = 1000
"""The number of addresses that are followed for each recipient of a message, aliases and forwarding included."""


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


def deliveries(world: World, recipients: Sequence[str]) -> list[Delivery]:
    """Return the deliveries of a message to these recipients: one for each mailbox and each outside address it reaches.

    A message that is forwarded only in a cycle, or past the limit of `MAX_ADDRESSES`, has a delivery without a mailbox
    at the address where it was lost.
    """
    graph = _ForwardingGraph(world, limit=MAX_ADDRESSES * len(recipients))
    for recipient in recipients:
        graph.add(recipient, source=None)
    graph.traverse()
    return [*graph.ends.values(), *graph.dead_ends(recipients)]


def is_unknown(world: World, address: str) -> bool:
    """Return whether a vendor hosts an address's domain and has no such address in it.

    An alias is known even when it leads nowhere, and so is each address of a domain that is forwarded as a whole, as
    in Postfix (postconf(5), `smtpd_reject_unlisted_recipient`), whose refusal the SMTP server uses.
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

    limit: the number of addresses whose routes are followed; vendors' addresses beyond it are dead ends.
    ends: the deliveries, by vendor and mailbox, or by None and an address outside.
    """

    def __init__(self, world: World, limit: int) -> None:
        self._world = world
        self._limit = limit
        self._queue: deque[tuple[str, str | None]] = deque()
        self._visited: set[str] = set()
        self._without_mailbox: dict[str, Delivery] = {}
        self._predecessors: dict[str, list[str]] = {}
        self.ends: dict[tuple[str | None, str | None], Delivery] = {}

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
            if forwarded:
                self.ends[None, node] = Delivery(None, None, host.address if host is not None else address)
            return
        if route.mailbox is None:
            self._without_mailbox[node] = Delivery(host.vendor, None, host.address)
        else:
            self.ends.setdefault((host.vendor, route.mailbox), Delivery(host.vendor, route.mailbox, host.address))
        for target in route.forward_to:
            self.add(target, node)

    def _route(self, host: _Host) -> Route | None:
        return host.hosting.route(self._world, host.address) if len(self._visited) <= self._limit else Route()

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
