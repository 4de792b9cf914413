"""Calls about the server as a whole: `health`, `sandboxes`, `ca.pem` and `openapi.json` below `/_mockmail/`."""

from __future__ import annotations

from mockmail._version import __version__
from mockmail.control.route import ControlRequest, ControlResponse, route
from mockmail.core.errors import Problem


@route("GET", "health", responses={200: "It is ready.", 503: "It is starting or stopping."})
async def show_health(request: ControlRequest) -> ControlResponse:
    """Say whether the server is ready, and what it serves."""
    vendors = {vendor.name: {"title": vendor.title} for vendor in request.vendors}
    facts = {"version": __version__, "vendors": vendors, "sandboxes": len(request.sandboxes), **request.server}
    if not request.server:
        return ControlResponse({"status": "starting or stopping", **facts}, status=503, headers={"Retry-After": "1"})
    return ControlResponse({"status": "ok", **facts})


@route("GET", "sandboxes")
async def list_sandboxes(request: ControlRequest) -> ControlResponse:
    """List the sandboxes in use, by name."""
    rows = [
        {"name": world.name, "messages": len(world.mail), "requests": len(world.journal)}
        for world in sorted(request.sandboxes, key=lambda world: world.name)
    ]
    return ControlResponse({"sandboxes": rows})


@route("DELETE", "sandboxes/{name}", responses={204: "Done.", 404: "There is no such sandbox."})
async def remove_sandbox(request: ControlRequest) -> ControlResponse:
    """Remove a sandbox with its whole state; the next use of the name makes a new one."""
    name = request.path["name"]
    if not request.sandboxes.remove(name):
        raise Problem(404, f"there is no sandbox {name[:80]!r}; there are {', '.join(request.sandboxes.names())}")
    return ControlResponse(status=204)


@route("GET", "ca.pem", responses={200: "The certificate, as PEM."})
async def show_ca(request: ControlRequest) -> ControlResponse:
    """Return the certificate of the authority that issues the server's certificates."""
    return ControlResponse(request.ca_pem(), content_type="application/x-pem-file")


@route("GET", "openapi.json", responses={200: "The document."})
async def show_openapi(request: ControlRequest) -> ControlResponse:
    """Describe the control API as an OpenAPI document."""
    from mockmail.control.api import all_routes  # it imports this module
    from mockmail.control.openapi import describe

    return ControlResponse(describe(all_routes()))


ROUTES = (show_health, list_sandboxes, remove_sandbox, show_ca, show_openapi)
