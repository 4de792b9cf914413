"""`/_mockmail/health`, `/_mockmail/sandboxes`, `/_mockmail/ca.pem` and the OpenAPI documents: the server as a whole."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from mockmail._version import __version__
from mockmail.control.route import ControlRequest, ControlResponse, Fields, json_body, route
from mockmail.core.errors import Problem, UnknownName
from mockmail.core.sandboxes import DEFAULT


class VendorSummary(Fields, frozen=True, kw_only=True):
    """A vendor. title: the name of its product."""

    title: str


class Health(Fields, frozen=True, kw_only=True):
    """The server. sandboxes: how many are in use.

    smtp, https, smtps: the addresses of these ports, when the server is ready and has them.
    smtp_sandboxes: those of the SMTP ports of sandboxes, by the sandbox's name.
    """

    status: Literal["ok", "starting or stopping"]
    version: str
    vendors: dict[str, VendorSummary]
    sandboxes: int
    smtp: str | UnsetType = UNSET
    https: str | UnsetType = UNSET
    smtps: str | UnsetType = UNSET
    smtp_sandboxes: dict[str, str] | UnsetType = UNSET


class SandboxSummary(Fields, frozen=True, kw_only=True):
    """A sandbox. messages, requests: how many it has."""

    name: str
    messages: int
    requests: int


class SandboxList(Fields, frozen=True, kw_only=True):
    """The sandboxes, by name."""

    sandboxes: list[SandboxSummary]


@route(
    "GET",
    "health",
    responses={200: "It is ready.", 503: "It is starting or stopping."},
    returns=Health,
    fails_with={503: Health},
)
async def show_health(request: ControlRequest) -> ControlResponse:
    """Say whether the server is ready, and what it serves."""
    health = Health(
        status="ok" if request.server else "starting or stopping",
        version=__version__,
        vendors={vendor.name: VendorSummary(title=vendor.title) for vendor in request.vendors},
        sandboxes=len(_names(request)),
        **request.server,
    )
    if not request.server:
        return ControlResponse(health, status=503, headers={"Retry-After": "1"})
    return ControlResponse(health)


@route("GET", "sandboxes", returns=SandboxList)
async def list_sandboxes(request: ControlRequest) -> ControlResponse:
    """List the sandboxes in use, by name."""
    worlds = {world.name: world for world in request.sandboxes}
    return ControlResponse(
        SandboxList(
            sandboxes=[
                SandboxSummary(
                    name=name,
                    messages=len(worlds[name].mail) if name in worlds else 0,
                    requests=len(worlds[name].journal) if name in worlds else 0,
                )
                for name in _names(request)
            ]
        )
    )


@route("DELETE", "sandboxes/{name}", responses={204: "Done.", 404: "There is no such sandbox."})
async def remove_sandbox(request: ControlRequest) -> ControlResponse:
    """Remove a sandbox with its whole state; the next use of the name makes a new one."""
    name = request.path["name"]
    if not request.sandboxes.remove(name) and name != DEFAULT:
        raise Problem(404, f"there is no sandbox {name[:80]!r}; there are {', '.join(_names(request))}")
    return ControlResponse(status=204)


@route(
    "GET",
    "ca.pem",
    responses={200: "The certificate, as PEM."},
    returns=bytes,
    media_type="application/x-pem-file",
)
async def show_ca(request: ControlRequest) -> ControlResponse:
    """Return the certificate of the authority that issues the server's certificates."""
    return ControlResponse(request.ca_pem(), content_type="application/x-pem-file")


@route("GET", "openapi.json", responses={200: "The document."}, returns=dict[str, Any])
async def show_openapi(request: ControlRequest) -> ControlResponse:
    """Describe the control API as an OpenAPI document."""
    from mockmail.control.api import all_routes  # it imports this module
    from mockmail.control.openapi import describe

    return ControlResponse(json_body(describe(all_routes(), next(iter(request.vendors.vendors), ""))))


@route(
    "GET",
    "openapi/{vendor}.json",
    responses={200: "The document.", 404: "There is no such vendor."},
    returns=dict[str, Any],
)
async def show_vendor_openapi(request: ControlRequest) -> ControlResponse:
    """Describe a vendor's operations as an OpenAPI document."""
    from mockmail.control.vendor_openapi import describe_vendor

    try:
        vendor = request.vendors.named(request.path["vendor"])
    except UnknownName as error:
        raise Problem(404, str(error)) from error
    return ControlResponse(json_body(describe_vendor(vendor)))


def _names(request: ControlRequest) -> list[str]:
    """Return the names of the sandboxes in use, and of the default one, which always exists."""
    return sorted({DEFAULT, *request.sandboxes.names()})


ROUTES = (show_health, list_sandboxes, remove_sandbox, show_ca, show_openapi, show_vendor_openapi)
