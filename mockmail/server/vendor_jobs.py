"""The vendors' work after their responses: requests to webhooks, and scheduled messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockmail.core.sandboxes import Sandboxes
    from mockmail.core.world import World
    from mockmail.server.scheduled_mail import ScheduledMail
    from mockmail.server.vendor_webhooks import VendorWebhooks


class VendorJobs:
    """The jobs of the vendors of a server. Each kind is imported when a World has the first one.

    allowed, own_ports: see `VendorWebhooks`.
    """

    def __init__(self, sandboxes: Sandboxes, allowed: frozenset[str], own_ports: Callable[[], Sequence[int]]) -> None:
        self._sandboxes = sandboxes
        self._allowed = allowed
        self._own_ports = own_ports

    def serve(self, world: World) -> None:
        """Do the jobs of a World from now on. Call it on the event loop of the server."""
        world.webhook_queue.observe(lambda: self._webhooks.deliver(world))
        world.schedule.observe(lambda at: self._schedule_changed(world, at))
        self._schedule_changed(world, None)

    async def close(self) -> None:
        """End all jobs. Pending work is lost with its World, or stays in its file."""
        if "_webhooks" in self.__dict__:
            await self._webhooks.close()
            del self._webhooks
        if "_scheduled_mail" in self.__dict__:
            self._scheduled_mail.close()
            del self._scheduled_mail

    def _schedule_changed(self, world: World, at: datetime | None) -> None:
        if at is not None or any(vendor.sends for vendor in world.vendors if vendor.name in world.seeded_vendors):
            self._scheduled_mail.changed(world, at)

    @cached_property
    def _webhooks(self) -> VendorWebhooks:
        from mockmail.server.vendor_webhooks import VendorWebhooks

        return VendorWebhooks(self._sandboxes, self._allowed, self._own_ports())

    @cached_property
    def _scheduled_mail(self) -> ScheduledMail:
        from mockmail.server.scheduled_mail import ScheduledMail

        return ScheduledMail(self._sandboxes)
