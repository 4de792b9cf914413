"""The requests to vendors' webhooks that wait for the server to make them."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, KeysView, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mockmail.core.senders.sender import WebhookRequest
    from mockmail.core.state.database import Database

MOST_WAITING = 10_000
"""The most requests that wait; over it, the oldest is dropped: one of the URL that is the slowest to answer."""

MOST_BYTES = 64 << 20
"""The most bytes of their bodies; over it, the oldest requests are dropped."""

LONGEST_URL = 2000
"""The most characters of a webhook's URL, for a vendor without a bound of its own."""


def is_webhook_url(text: str, longest: int | None = LONGEST_URL) -> bool:
    """Return whether a text is a URL that requests can be made to. longest: the most characters; None for any."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:  # of the port, too, when it is read
        return False
    is_short = longest is None or len(text) <= longest
    has_address = bool(host) and " " not in parts.netloc and port != 0
    return parts.scheme in ("http", "https") and has_address and text.isprintable() and is_short


class WebhookQueue:
    """The webhook requests of a World: for each URL a queue in the order of events. A rollback removes what it queued.

    dropped: how many requests were dropped because too many waited.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: OrderedDict[int, tuple[str, WebhookRequest]] = OrderedDict()
        self._numbers_by_url: OrderedDict[str, deque[int]] = OrderedDict()
        self._last_number = 0
        self._bytes = 0
        self._observer: Callable[[], None] | None = None
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def urls(self) -> KeysView[str]:
        """Return the URLs with requests that wait: the one whose last request was taken first comes first."""
        return self._numbers_by_url.keys()

    def put(self, vendor: str, requests: Sequence[WebhookRequest]) -> None:
        """Queue a vendor's requests. Call it in a transaction."""
        for request in requests:
            self._last_number = number = self._last_number + 1
            self._waiting[number] = vendor, request
            self._numbers_by_url.setdefault(request.url, deque()).append(number)
            self._bytes += len(request.body)
            self._database.on_rollback(lambda number=number: self._take_back(number))  # type: ignore[misc]
            while len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES:
                self._drop_oldest()
        if requests and self._observer is not None:
            self._database.on_commit(self._observer)

    def take(self, url: str) -> tuple[str, WebhookRequest] | None:
        """Remove and return the oldest request to a URL, with its vendor's name; None without one."""
        if (numbers := self._numbers_by_url.get(url)) is None:
            return None
        entry = self._remove(numbers.popleft())
        if numbers:
            self._numbers_by_url.move_to_end(url)
        return entry

    def clear(self) -> None:
        """Remove all requests."""
        self._waiting.clear()
        self._numbers_by_url.clear()
        self._bytes = 0

    def observe(self, observer: Callable[[], None]) -> None:
        """Call a function after each commit of a transaction that queued requests."""
        self._observer = observer

    def _drop_oldest(self) -> None:
        number, (_, request) = next(iter(self._waiting.items()))
        self._numbers_by_url[request.url].popleft()
        self._remove(number)
        self.dropped += 1

    def _take_back(self, number: int) -> None:
        if number in self._waiting:
            self._numbers_by_url[self._waiting[number][1].url].pop()  # the last request is taken back first
            self._remove(number)

    def _remove(self, number: int) -> tuple[str, WebhookRequest]:
        """Remove a request whose number is no longer in the queue of its URL."""
        vendor, request = self._waiting.pop(number)
        self._bytes -= len(request.body)
        if not self._numbers_by_url[request.url]:
            del self._numbers_by_url[request.url]
        return vendor, request
