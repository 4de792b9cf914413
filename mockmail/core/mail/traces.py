"""Trace the mail for each recipient of a message, from the message's deliveries and its envelope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from mockmail.core.mail.addresses import address_forms

if TYPE_CHECKING:
    from mockmail.core.mail.message import Delivery, Envelope

MOST_STEPS = 10_000
"""The most addresses that are followed for all recipients of a message."""

Result = Literal["delivered", "not_hosted", "refused", "loop", "lost"]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mail for a recipient went. A recipient whose mail is forwarded to several places has several traces.

    recipient: as in the envelope.
    result: `delivered` to a hosted mailbox; `not_hosted` by any vendor; `refused` by the SMTP server; lost in a `loop`
        of forwards; `lost` because a filter dropped it, the mailbox was full, or an alias leads nowhere.
    path: the addresses that it went through, aliases and forwards included, from the recipient to the last one.
    vendor, mailbox: the mailbox that keeps it, or the vendor that lost it; else None.
    reply: of the SMTP server to a refused recipient, else None.
    """

    recipient: str
    result: Result
    path: tuple[str, ...]
    vendor: str | None = None
    mailbox: str | None = None
    reply: str | None = None


def traces(envelope: Envelope, deliveries: Sequence[Delivery]) -> list[Trace]:
    """Return the traces of all recipients, in order, then those of the refused recipients."""
    found: list[Trace] = []
    tracer = _Tracer(envelope, deliveries)
    for recipient in envelope.recipients:
        found += tracer.trace(recipient)
    return [
        *found,
        *(
            Trace(recipient=recipient, result="refused", path=(recipient,), reply=reply)
            for recipient, reply in envelope.refusals
        ),
    ]


class _Tracer:
    def __init__(self, envelope: Envelope, deliveries: Sequence[Delivery]) -> None:
        self._targets: dict[str, list[str]] = {}
        for source, target in envelope.forwards:
            self._targets.setdefault(source, []).append(target)
        self._deliveries = {
            form: delivery for delivery in reversed(deliveries) for form in address_forms(delivery.address.lower())
        }
        for address, other in envelope.same_mailbox:
            if address not in self._deliveries and other in self._deliveries:
                self._deliveries[address] = self._deliveries[other]
        self._steps = 0

    def trace(self, recipient: str) -> Iterator[Trace]:
        """Return the traces of a recipient, until `MOST_STEPS` addresses were visited."""
        start = recipient.lower()
        sources: dict[str, str | None] = {start: None}
        for node in self._reachable(start, sources):
            delivery = self._deliveries.get(node)
            if delivery is not None:
                yield Trace(
                    recipient=recipient,
                    result=self._result(node, delivery),
                    path=(recipient, *_path(node, sources)[1:]),
                    vendor=delivery.vendor,
                    mailbox=delivery.mailbox,
                )
            elif node == start and node not in self._targets:
                yield Trace(recipient=recipient, result="not_hosted", path=(recipient,))

    def _reachable(self, start: str, sources: dict[str, str | None]) -> Iterator[str]:
        """Return the reachable addresses, nearest first. sources: receives, by address, the address that led to it."""
        queue = [start]
        for node in queue:
            self._steps += 1
            if self._steps > MOST_STEPS:
                return
            yield node
            for target in self._targets.get(node, ()):
                if target not in sources:
                    sources[target] = node
                    queue.append(target)

    def _result(self, node: str, delivery: Delivery) -> Result:
        if delivery.vendor is None:
            return "not_hosted"
        if delivery.mailbox is not None:
            return "delivered"
        return "loop" if all(reached in self._targets for reached in self._reachable(node, {node: None})) else "lost"


def _path(node: str, sources: Mapping[str, str | None]) -> list[str]:
    path = [node]
    while (source := sources[path[-1]]) is not None:
        path.append(source)
    return path[::-1]
