"""Mailgun, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor
from mockmail.wire.headers import basic_credentials


class Mailgun(Vendor):
    """Mailgun: sending e-mail."""

    name = "mailgun"
    title = "Mailgun"
    path_roots = ("v3", "v4")
    sends = True
    body_type = "multipart/form-data"
    hosts = ("api.mailgun.net", "api.eu.mailgun.net")
    server_header = "nginx"
    credentials = {
        "api_key": "key-3ax6xnjp29jd6fds4gc373sgvjxteol0",
        "domain": "example.com",
        "webhook_signing_key": "f2a9c1d0e8b74365a1c2d3e4f5061728",
    }
    environment = {
        "MAILGUN_API_URL": "{url}",
        "ANYMAIL_MAILGUN_API_URL": "{url}/v3",
        "MAILGUN_API_KEY": credentials["api_key"],
        "MAILGUN_DOMAIN": credentials["domain"],
        "MAILGUN_WEBHOOK_SIGNING_KEY": credentials["webhook_signing_key"],
    }
    fault_statuses = (400, 401, 402, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with HTTP Basic credentials of the user `api`."""
        given = basic_credentials(headers.get("Authorization", ""))
        return (given is not None and given[0] == "api") or None


VENDOR = Mailgun()
