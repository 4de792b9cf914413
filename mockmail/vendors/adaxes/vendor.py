"""Adaxes, as the core knows it before anything calls it."""

from __future__ import annotations

from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, Vendor


class Adaxes(Vendor):
    """Adaxes REST API: mail and SMS to directory objects, and what is needed to get there."""

    name = "adaxes"
    title = "Adaxes REST API"
    path_roots = ("api", "restApi")
    server_header = "Microsoft-IIS/10.0"
    case_insensitive = True
    credentials = {
        "token": "YOUR-SECURITY-TOKEN",
        "username": "administrator@example.com",
        "password": "Secret123!",
    }
    environment = {
        "ADAXES_BASE_URL": "{url}/restApi",
        "ADAXES_TOKEN": credentials["token"],
        "ADAXES_USERNAME": credentials["username"],
        "ADAXES_PASSWORD": credentials["password"],
    }

    def authorize(self, call: Call[Any, Any], params: Any) -> None:
        """Raise a refusal unless the operation is enabled and the account may perform it."""
        from mockmail.vendors.adaxes.authentication import authorize

        authorize(call)

    def client_of(self, request: WireRequest) -> str:
        """Return the token that the request gives, or the client's address."""
        from mockmail.vendors.adaxes.authentication import HEADER

        return request.headers.get(HEADER, "").strip() or request.peer


VENDOR = Adaxes()
