"""What came in and what went out, as plain values: the only form in which a vendor meets HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from multidict import CIMultiDict, CIMultiDictProxy

NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())


@dataclass(slots=True)
class WireRequest:
    """A request as a vendor sees it: what selects the sandbox and the vendor is taken off the path already.

    raw_path: the path as it was sent, still percent-encoded; `segments` are its parts, decoded.
    query: what follows the `?`, still encoded.
    scheme, prefix: what stands before the host, and what was taken off the path.
    peer: the client's address.
    at: when it came, by the World's clock.
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
        """The media type of the body in lower case, without parameters."""
        return _media_type(self.headers.get("Content-Type", ""))

    @property
    def base_url(self) -> str:
        """Scheme, host and prefix that the client used, without a slash at the end; links are made from it."""
        return f"{self.scheme}://{self.headers.get('Host', '127.0.0.1')}{self.prefix}"

    @property
    def url(self) -> str:
        """The address the client asked for, query included."""
        return f"{self.base_url}{self.raw_path}{'?' + self.query if self.query else ''}"


@lru_cache(maxsize=64)
def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class WireResponse:
    """An answer ready for the wire. `headers` in the order they are sent; Content-Length is the server's to add."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    reason: str | None = None

    def with_headers(self, extra: Mapping[str, str]) -> WireResponse:
        """The same answer with further headers."""
        return WireResponse(self.status, self.body, (*self.headers, *extra.items()), self.reason)
