"""The vendor ONLYOFFICE: the attributes that the core reads before it imports the rest of the package."""

from __future__ import annotations

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import Vendor


class Onlyoffice(Vendor):
    """ONLYOFFICE DocSpace 3.5 and later; with an option also 2.x."""

    name = "onlyoffice"
    title = "ONLYOFFICE DocSpace"
    path_roots = ("api",)
    hosts = ("*.onlyoffice.com",)
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
    fault_statuses = (400, 401, 402, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504)

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """Return the response to a CORS preflight; any origin is allowed (docs/wire/onlyoffice.md 3)."""
        method = request.headers.get("Access-Control-Request-Method")
        if method is None or "Origin" not in request.headers:
            return None
        if tuple(segment.lower() for segment in request.segments[:2]) != ("api", "2.0"):
            return None
        headers = [("Access-Control-Allow-Methods", method), ("Access-Control-Allow-Origin", "*")]
        wanted = request.headers.get("Access-Control-Request-Headers")
        if wanted is not None:
            headers.insert(0, ("Access-Control-Allow-Headers", wanted))
        return WireResponse(204, b"", tuple(headers))


VENDOR = Onlyoffice()
