"""Resend, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor


class Resend(Vendor):
    """Resend: sending e-mail."""

    name = "resend"
    title = "Resend"
    path_roots = ("emails", "templates", "domains", "api-keys", "suppressions", "webhooks")
    sends = True
    hosts = ("api.resend.com",)
    server_header = "cloudflare"
    credentials = {"api_key": "re_xxxxxxxxx"}
    environment = {
        "RESEND_API_URL": "{url}",
        "RESEND_BASE_URL": "{url}",
        "RESEND_API_KEY": credentials["api_key"],
    }
    fault_statuses = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 451, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with one of Resend's API keys."""
        return headers.get("Authorization", "").lower().startswith("bearer re_") or None


VENDOR = Resend()
