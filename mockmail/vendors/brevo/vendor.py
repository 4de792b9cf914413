"""Brevo, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor


class Brevo(Vendor):
    """Brevo: sending e-mail."""

    name = "brevo"
    title = "Brevo"
    path_roots = ("v3",)
    sends = True
    hosts = ("api.brevo.com", "api.sendinblue.com")
    server_header = "cloudflare"
    credentials = {"api_key": "xkeysib-xxxxxxxxx"}
    environment = {
        "BREVO_API_URL": "{url}/v3",
        "BREVO_API_KEY": credentials["api_key"],
    }
    fault_statuses = (400, 401, 402, 403, 404, 405, 406, 413, 415, 422, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with Brevo's header `api-key`."""
        return "api-key" in headers or None


VENDOR = Brevo()
