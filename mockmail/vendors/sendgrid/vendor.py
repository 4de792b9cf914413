"""SendGrid, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor


class SendGrid(Vendor):
    """Twilio SendGrid: sending e-mail."""

    name = "sendgrid"
    title = "Twilio SendGrid"
    path_roots = ("v3",)
    sends = True
    hosts = ("api.sendgrid.com", "api.eu.sendgrid.com")
    server_header = "nginx"
    credentials = {"api_key": "SG.xxxxxxxx.yyyyyyyy"}
    environment = {
        "SENDGRID_BASE_URL": "{url}",
        "SENDGRID_API_URL": "{url}/v3/",
        "SENDGRID_API_KEY": credentials["api_key"],
    }
    fault_statuses = (400, 401, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with one of SendGrid's API keys."""
        return headers.get("Authorization", "").lower().startswith("bearer sg.") or None


VENDOR = SendGrid()
