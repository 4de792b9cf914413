"""`/_mockmail/health`: whether it serves, and what."""

from __future__ import annotations

from mockmail._version import __version__
from mockmail.control.route import ControlRequest, ControlResponse, Route


async def show_health(ask: ControlRequest) -> ControlResponse:
    """Who answers, and what it serves."""
    vendors = {vendor.name: {"operations": len(vendor.operations)} for vendor in ask.vendors}
    facts = {"version": __version__, "vendors": vendors, "sandboxes": len(ask.sandboxes), **ask.server}
    if not ask.server:
        return ControlResponse({"status": "starting or stopping", **facts}, status=503, headers={"Retry-After": "1"})
    return ControlResponse({"status": "ok", **facts})


ROUTES = (
    Route(
        method="GET",
        path="health",
        handler=show_health,
        summary="Whether mockmail serves, and what.",
        answers={200: "It does.", 503: "Not yet, or no more."},
    ),
)
