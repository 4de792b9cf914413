"""ONLYOFFICE DocSpace, as the core knows it before anything calls it."""

from __future__ import annotations

from typing import Any

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import Call, Vendor


class Onlyoffice(Vendor):
    """ONLYOFFICE DocSpace 3.5 and later; by option also 2.x."""

    name = "onlyoffice"
    title = "ONLYOFFICE DocSpace"
    path_roots = ("api",)
    server_header = "nginx"
    case_insensitive = True
    credentials = {
        "token": "864FE52C-1C1C-469F-9308-51DAFEFE7436",  # the page's example
        "email": "owner@example.com",
        "password": "owner-password",
    }
    environment = {
        "ONLYOFFICE_URL": "{url}",
        "ONLYOFFICE_TOKEN": credentials["token"],
        "ONLYOFFICE_EMAIL": credentials["email"],
        "ONLYOFFICE_PASSWORD": credentials["password"],
    }

    def authorize(self, call: Call[Any, Any], params: Any) -> None:
        """Raise a refusal unless the caller has the operation's right and the plan includes SMTP settings."""
        from mockmail.vendors.onlyoffice.authentication import authorize

        authorize(call)

    def client_of(self, request: WireRequest) -> str:
        """Return the credentials that the request gives, or the client's address."""
        from mockmail.vendors.onlyoffice.cookies import session_cookie

        return request.headers.get("Authorization") or session_cookie(request) or request.peer

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """Return the response to a CORS preflight."""
        from mockmail.vendors.onlyoffice import cors

        return cors.preflight(request)


VENDOR = Onlyoffice()
