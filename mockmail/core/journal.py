"""The journal: the last requests with their responses."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakSet

from multidict import CIMultiDictProxy, MultiDictProxy

from mockmail.core.exchange import NO_HEADERS
from mockmail.core.masking_rules import masked_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from mockmail.core.request_criteria import RequestCriteria

log = logging.getLogger("mockmail.journal")

EXCHANGE_BYTES = 1000
"""Bytes of memory of an exchange, besides its headers, bodies and other texts."""

ROOM = 7 / 8
"""The part of the limit to which JournalBytes reduces the bytes in use. The free rest makes removals rare."""

HEADER_BYTES = 150
"""Bytes of memory of a header, besides the characters of its name and value; the id of a message takes fewer."""

LONGEST_REFUSAL = 1000
"""The most characters of a refusal that are kept."""

State = Literal["complete", "in_progress"]

_BROWSER_PATHS = ("/favicon.ico", "/robots.txt", "/apple-touch-icon", "/.well-known/appspecific/")


def is_from_browser(method: str, path: str) -> bool:
    """Return whether a browser sends this request by itself: for an icon, say. No application sent it."""
    return method in ("GET", "HEAD") and path.startswith(_BROWSER_PATHS)


def _nothing() -> None:
    pass


@dataclass(slots=True, repr=False)
class Exchange:
    """One request and its response, as they were sent: the attributes have secrets in clear.

    id: its number in the sandbox. at: the time of the request, by the sandbox's clock. peer: the client's address.
    vendor: the vendor that answered. operation: the operation's name, None if none matched.
    method, query, request_headers: as the client sent them. path: the same, prefixes included.
    path_values: the values of the names in the operation's path. status, response_headers: of the response.
    refusal: why the vendor refused the request, None if it did not.
    request_body, response_body: cut at the journal's body limit.
    caller: the caller that the vendor authenticated, as text.
    nearest: for a request that no operation serves, the most similar operations and why each did not match.
    crash: the traceback of a handler that crashed.
    messages: the ids of the messages that the request sent.
    fault: a description of the injected fault that it met. stub: a description of the stub that responded.
    seconds: how long the response took.
    scheme, tls: `http` or `https`, and the protocol and cipher of a connection in TLS.
    size: the bytes of memory that it takes. order: its number among the exchanges of all journals of a server.
        The journal sets both.
    """

    id: int
    at: datetime
    method: str
    path: str
    query: str = ""
    peer: str = ""
    request_headers: CIMultiDictProxy[str] = field(default_factory=lambda: NO_HEADERS)
    request_body: bytes = b""
    vendor: str | None = None
    operation: str | None = None
    path_values: Mapping[str, str] = field(default_factory=dict)
    caller: str | None = None
    refusal: str | None = None
    status: int = 0
    response_headers: Sequence[tuple[str, str]] = ()
    response_body: bytes = b""
    nearest: Sequence[str] = ()
    crash: str | None = None
    messages: list[str] = field(default_factory=list)
    fault: str | None = None
    stub: str | None = None
    seconds: float = 0.0
    scheme: str = "http"
    tls: str = ""
    size: int = 0
    order: int = 0
    _keeps_params: bool = field(default=False, init=False, compare=False)
    _params: dict[str, Any] | None = field(default=None, init=False, compare=False)

    @property
    def unmatched(self) -> bool:
        """Return whether neither an operation nor a stub serves it; False for a browser's own requests (icons)."""
        return self.operation is None and self.stub is None and not is_from_browser(self.method, self.path)

    @property
    def state(self) -> State:
        """Return `in_progress` until there is a response, or a fault that breaks the connection; then `complete`."""
        return "complete" if self.order else "in_progress"

    @property
    def content_type(self) -> str:
        """Return the Content-Type of the request; empty without one."""
        return self.request_headers.get("Content-Type", "")

    def json(self) -> Any:
        """Return the value of the request's JSON body. Raise ValueError, also if the journal cut the body."""
        from mockmail.core.request_content import read_json  # few tests need it

        return read_json(self.request_body)

    @property
    def form(self) -> MultiDictProxy[str]:
        """Return the fields of the request's form, URL-encoded or multipart; `getall` returns repeated ones."""
        from mockmail.core.request_content import read_form

        return read_form(self.request_body, self.content_type)

    @property
    def xml(self) -> Element:
        """Return the root element of the request's XML body. Raise ValueError, also if the journal cut the body."""
        from mockmail.core.request_content import read_xml

        return read_xml(self.request_body)

    @property
    def params(self) -> dict[str, Any]:
        """Return the parameters by name, as the client sent them: of the path, the query and the body.

        A body that is neither a form, nor a JSON object, nor XML has none, and neither has one that was cut.
        """
        if self._params is not None:
            return self._params
        from mockmail.core.request_content import read_params

        params = read_params(
            path=self.path,
            path_values=self.path_values,
            query=self.query,
            content_type=self.content_type,
            body=self.request_body,
        )
        if self._keeps_params:
            self._params = params
        return params

    def keep_params(self) -> None:
        """Keep the parameters when they are read, for several readers. `forget_params` ends this."""
        self._keeps_params = True

    def forget_params(self) -> None:
        """Free the memory of the parameters, and read them each time."""
        self._keeps_params, self._params = False, None

    def __repr__(self) -> str:
        return f"<Exchange {self.id}: {self}>"

    def __str__(self) -> str:
        path, _ = masked_path(self.path)
        return f"{self.method} {path} -> {self.status} ({self.vendor or '-'} {self.operation or 'unmatched'})"


class JournalBytes:
    """The bytes of memory that the journals of a server share.

    limit: when more bytes are in use, the oldest exchanges of all journals are removed.
    held: the bytes in use. added: how many exchanges were added to any journal.
    """

    def __init__(self, limit: int = 128 << 20) -> None:
        self.limit = limit
        self.held = 0
        self.added = 0
        self._journals: WeakSet[Journal] = WeakSet()

    def share(self, journal: Journal) -> None:
        """Let a journal use these bytes for as long as it exists."""
        self._journals.add(journal)

    def make_room(self) -> None:
        """Count the bytes of open journals again; over the limit, remove the oldest exchanges of all journals."""
        self.held = sum(journal.held for journal in self._journals)
        if self.held <= self.limit:
            return
        oldest = [(journal.first_order, journal) for journal in self._journals if len(journal)]
        heapify(oldest)
        while self.held > self.limit * ROOM:
            _, journal = heappop(oldest)
            journal.remove_oldest()
            if len(journal):
                heappush(oldest, (journal.first_order, journal))


class Journal:
    """The last exchanges of a World, oldest first.

    limit: how many exchanges it keeps. body_limit: how many bytes of each body it keeps.
    shared: the bytes that it shares with other journals. held: how many of them it uses.
    in_progress: by id, the exchanges without a response.
    """

    def __init__(self, limit: int = 1000, body_limit: int = 65536, shared: JournalBytes | None = None) -> None:
        self.body_limit = body_limit
        self._limit = limit
        self.held = 0
        self._shared = shared or JournalBytes()
        self._shared.share(self)
        self._exchanges: deque[Exchange] = deque()
        self.in_progress: dict[int, Exchange] = {}
        self._last_id = 0
        self._observers: list[tuple[Callable[[Exchange], None], Callable[[], None]]] = []

    def __repr__(self) -> str:
        return f"<Journal: {len(self)} exchanges>"

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    @property
    def first_order(self) -> int:
        """Return the order of the oldest exchange."""
        return self._exchanges[0].order

    def next_id(self) -> int:
        """Return the number of a new exchange."""
        self._last_id += 1
        return self._last_id

    def start_after(self, number: int) -> None:
        """Number new exchanges after `number`, the last one of an earlier run."""
        self._last_id = max(self._last_id, number)

    def add(self, exchange: Exchange) -> None:
        """Add a finished exchange; at a limit, remove the oldest."""
        self.in_progress.pop(exchange.id, None)
        shared = self._shared
        shared.added += 1
        exchange.order, exchange.size = shared.added, _size_of(exchange)
        self.held += exchange.size
        shared.held += exchange.size
        self._exchanges.append(exchange)
        if len(self._exchanges) > self._limit:
            self.remove_oldest()
        if shared.held > shared.limit:
            shared.make_room()
        if self._observers:
            self._notify(exchange)

    def _notify(self, exchange: Exchange) -> None:
        exchange.keep_params()
        for observer, _ in tuple(self._observers):
            try:
                observer(exchange)
            except Exception:
                log.exception("an observer failed at request %s", exchange.id)
        exchange.forget_params()

    def remove_oldest(self) -> None:
        """Remove the oldest exchange."""
        size = self._exchanges.popleft().size
        self.held -= size
        self._shared.held -= size

    def begin(self, exchange: Exchange) -> None:
        """Show an exchange as in progress until `add` or `abandon`."""
        self.in_progress[exchange.id] = exchange

    def abandon(self, exchange: Exchange) -> None:
        """Forget an exchange in progress that gets no response."""
        self.in_progress.pop(exchange.id, None)

    def get(self, exchange_id: int) -> Exchange | None:
        """Return the exchange with this number, in progress or not, or None."""
        open_exchange = self.in_progress.get(exchange_id)
        return open_exchange or next((found for found in self._exchanges if found.id == exchange_id), None)

    def find(self, criteria: RequestCriteria) -> list[Exchange]:
        """Return the exchanges that match, oldest first."""
        return [exchange for exchange in self.searched(criteria) if criteria.matches(exchange)]

    def searched(self, criteria: RequestCriteria) -> list[Exchange]:
        """Return the exchanges in the state that the criteria name, oldest first."""
        return list(self.in_progress.values() if criteria.state == "in_progress" else self._exchanges)

    def unmatched(self) -> list[Exchange]:
        """Return the exchanges that no operation serves."""
        return [exchange for exchange in self._exchanges if exchange.unmatched]

    def crashes(self) -> list[Exchange]:
        """Return the exchanges whose handler crashed."""
        return [exchange for exchange in self._exchanges if exchange.crash is not None]

    def observe(self, observer: Callable[[Exchange], None], ended: Callable[[], None] = _nothing) -> Callable[[], None]:
        """Call `observer` with each exchange that is added, and `ended` when the World is closed.

        Return a function that ends the observation.
        """
        entry = (observer, ended)
        self._observers.append(entry)
        return lambda: self._observers.remove(entry)

    def close(self) -> None:
        """Call the `ended` function of each observer."""
        for _, ended in tuple(self._observers):
            ended()

    def clear(self) -> None:
        """Remove all exchanges."""
        while self._exchanges:
            self.remove_oldest()


def _size_of(exchange: Exchange) -> int:
    headers = exchange.request_headers
    size = EXCHANGE_BYTES + HEADER_BYTES * (len(headers) + len(exchange.response_headers) + len(exchange.messages))
    size += sum(map(len, chain.from_iterable(chain(headers.items(), exchange.response_headers))))
    size += len(exchange.path) + len(exchange.query) + len(exchange.request_body) + len(exchange.response_body)
    if exchange.path_values:
        size += sum(map(len, exchange.path_values.values()))
    if exchange.refusal is not None:
        size += len(exchange.refusal)
    if exchange.operation is None or exchange.crash is not None:
        size += sum(map(len, exchange.nearest)) + len(exchange.crash or "")
    return size
