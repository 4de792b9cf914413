"""Calls from web pages of other origins, which DocSpace allows to any (docs/wire/onlyoffice.md 3)."""

from __future__ import annotations

from mockmail.core.exchange import WireRequest, WireResponse


def preflight(request: WireRequest) -> WireResponse | None:
    """The answer to a preflight request of the API's paths; None for any other request."""
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
