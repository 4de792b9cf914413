"""`/_mockmail/health`: whether it serves, and what."""

from __future__ import annotations

from mockmail._version import __version__
from mockmail.control.route import Ask, Reply, Route


async def show_health(ask: Ask) -> Reply:
    """Who answers, and what it serves."""
    vendors = {vendor.name: {"operations": len(vendor.operations)} for vendor in ask.vendors}
    facts = {"version": __version__, "vendors": vendors, "sandboxes": len(ask.sandboxes), **ask.server}
    if not ask.server:
        return Reply({"status": "starting or stopping", **facts}, status=503, headers={"Retry-After": "1"})
    return Reply({"status": "ok", **facts})


ROUTES = (
    Route(
        method="GET",
        path="health",
        handler=show_health,
        summary="Whether mockmail serves, and what.",
        answers={200: "It does.", 503: "Not yet, or no more."},
    ),
)
