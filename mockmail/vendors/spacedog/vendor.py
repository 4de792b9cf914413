"""The vendor SpaceDog: the attributes that the core reads before it imports the rest of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import HTTP_ERRORS, Vendor

if TYPE_CHECKING:
    from mockmail.core.world import World


class SpaceDog(Vendor):
    """SpaceDog 0.41: mail, mail templates, and the settings, users and backends around them."""

    name = "spacedog"
    title = "SpaceDog"
    path_roots = ("1",)
    hosts = ("test.spacedog.io", "*.spacedog.io")
    server_header = "Simple/5.1.6"
    fault_statuses = HTTP_ERRORS  # /1/mail passes on the status of Mailgun, whatever it is
    credentials = {"username": "test", "password": "hi test"}
    environment = {
        "SPACEDOG_URL": "{url}",
        "SPACEDOG_USERNAME": credentials["username"],
        "SPACEDOG_PASSWORD": credentials["password"],
    }

    def serves_host(self, host: str, world: World) -> bool:
        """Return whether the host is a backend's, whose `/` is the vendor's ping."""
        return world.options(self).backend_at(host) is not None

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """Return the response to a CORS preflight: calls from any origin are allowed."""
        from mockmail.vendors.spacedog.dialect import preflight

        return preflight(request)


VENDOR = SpaceDog()
