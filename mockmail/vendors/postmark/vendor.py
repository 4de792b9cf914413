"""Postmark, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor


class Postmark(Vendor):
    """Postmark: sending e-mail."""

    name = "postmark"
    title = "Postmark"
    path_roots = (
        "email",
        "templates",
        "messages",
        "bounces",
        "deliverystats",
        "message-streams",
        "webhooks",
        "server",
        "servers",
        "domains",
        "senders",
    )
    case_insensitive = True
    sends = True
    hosts = ("api.postmarkapp.com",)
    server_header = "unicorns-double-rainbow"
    credentials = {
        "server_token": "b6ad5c9e-1f0b-4b8c-9d6e-0c1d2e3f4a5b",
        "account_token": "3a1f8c52-7d0e-4b6a-9c41-5e2d7f8a9b10",
    }
    environment = {
        "POSTMARK_API_URL": "{url}",
        "POSTMARK_SERVER_TOKEN": credentials["server_token"],
        "POSTMARK_ACCOUNT_TOKEN": credentials["account_token"],
    }
    fault_statuses = (401, 404, 413, 415, 422, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with one of Postmark's two tokens."""
        return "X-Postmark-Server-Token" in headers or "X-Postmark-Account-Token" in headers or None


VENDOR = Postmark()
