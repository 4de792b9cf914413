"""HTTP requests and responses as plain values, the only form in which a vendor sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from multidict import CIMultiDict, CIMultiDictProxy

NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())


@dataclass(slots=True)
class WireRequest:
    """A request as a vendor sees it, without the parts of the path that select the sandbox and the vendor.

    raw_path: the path, percent-encoded as sent.
    segments: the parts of the path, decoded.
    query: the query string without the `?`, encoded as sent.
    scheme: `http` or `https`.
    prefix: the parts of the path that were removed.
    peer: the client's address.
    at: the time of arrival, by the World's clock.
    """

    method: str
    raw_path: str
    segments: tuple[str, ...]
    query: str = ""
    headers: CIMultiDictProxy[str] = field(default_factory=lambda: NO_HEADERS)
    body: bytes = b""
    scheme: str = "http"
    prefix: str = ""
    peer: str = "127.0.0.1"
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def content_type(self) -> str:
        """Return the media type of the body, lower-cased, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def base_url(self) -> str:
        """Return the scheme, host and prefix that the client used, without a slash at the end, to build links from."""
        return f"{self.scheme}://{self.headers.get('Host', '127.0.0.1')}{self.prefix}"

    @property
    def url(self) -> str:
        """Return the URL that the client requested, query included."""
        return f"{self.base_url}{self.raw_path}{'?' + self.query if self.query else ''}"


@dataclass(frozen=True, slots=True)
class WireResponse:
    """A response. Its headers are sent in this order; the server adds Content-Length."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    reason: str | None = None

    def with_headers(self, extra: Mapping[str, str]) -> WireResponse:
        """Return a copy of the response with these headers, in place of those with the same names."""
        names = {name.lower() for name in extra}
        kept = [header for header in self.headers if header[0].lower() not in names]
        return WireResponse(self.status, self.body, (*kept, *extra.items()), self.reason)
