"""SpaceDog's name, paths and credentials."""

from __future__ import annotations

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import HTTP_ERRORS, Vendor


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

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """Return the response to a CORS preflight: calls from any origin are allowed."""
        from mockmail.vendors.spacedog.dialect import preflight

        return preflight(request)


VENDOR = SpaceDog()
