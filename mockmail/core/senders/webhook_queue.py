"""The requests to vendors' webhooks that wait for the server to make them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mockmail.core.senders.sender import WebhookRequest
    from mockmail.core.state.database import Database

MOST_WAITING = 10_000
"""The most requests that wait; over it, the oldest is dropped."""

MOST_BYTES = 64 << 20
"""The most bytes of their bodies; over it, the oldest requests are dropped."""

LONGEST_URL = 2000
"""The most characters of a webhook's URL, for a vendor without a bound of its own."""


def is_webhook_url(text: str, longest: int | None = LONGEST_URL) -> bool:
    """Return whether a text is a URL that requests can be made to. longest: the most characters; None for any."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_short = longest is None or len(text) <= longest
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and is_short


class WebhookQueue:
    """The webhook requests of a World, in the order of their events. A rollback takes back what it queued.

    dropped: how many requests were dropped because too many waited.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[tuple[str, WebhookRequest]] = deque()
        self._bytes = 0
        self._observer: Callable[[], None] | None = None
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, vendor: str, requests: Sequence[WebhookRequest]) -> None:
        """Queue a vendor's requests. Call it in a transaction."""
        for request in requests:
            entry = vendor, request
            self._waiting.append(entry)
            self._bytes += len(request.body)
            self._database.on_rollback(lambda entry=entry: self._take_back(entry))  # type: ignore[misc]
            while len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES:
                self.take()
                self.dropped += 1
        if requests and self._observer is not None:
            self._database.on_commit(self._observer)

    def take(self) -> tuple[str, WebhookRequest] | None:
        """Remove and return the oldest request with its vendor's name; None without one."""
        if not self._waiting:
            return None
        vendor, request = self._waiting.popleft()
        self._bytes -= len(request.body)
        return vendor, request

    def clear(self) -> None:
        """Remove all requests."""
        self._waiting.clear()
        self._bytes = 0

    def observe(self, observer: Callable[[], None]) -> None:
        """Call a function after each commit of a transaction that queued requests."""
        self._observer = observer

    def _take_back(self, entry: tuple[str, WebhookRequest]) -> None:
        if self._waiting and self._waiting[-1] is entry:  # the last one that was queued is taken back first
            self._waiting.pop()
            self._bytes -= len(entry[1].body)
