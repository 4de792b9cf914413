"""The journal: the last requests with their responses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from multidict import CIMultiDictProxy

from mockmail.core.exchange import NO_HEADERS
from mockmail.core.masking_rules import masked_path


@dataclass(slots=True, repr=False)
class Exchange:
    """One request and its response, as they were sent: the attributes have secrets in clear.

    vendor: the vendor that answered. operation: the operation's name, None if none matched.
    path: as the client sent it, prefixes included. request_body, response_body: cut at the journal's body limit.
    caller: the caller that the vendor authenticated, as text.
    nearest: for a request that no operation serves, the most similar operations and why each did not match.
    crash: the traceback of a handler that crashed.
    messages: the ids of the messages that the request sent.
    fault: a description of the injected fault that it met.
    seconds: how long the response took.
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
    caller: str | None = None
    status: int = 0
    response_headers: Sequence[tuple[str, str]] = ()
    response_body: bytes = b""
    nearest: Sequence[str] = ()
    crash: str | None = None
    messages: list[str] = field(default_factory=list)
    fault: str | None = None
    seconds: float = 0.0

    @property
    def unmatched(self) -> bool:
        """Return whether no operation serves the request."""
        return self.operation is None

    def __repr__(self) -> str:
        return f"<Exchange {self.id}: {self}>"

    def __str__(self) -> str:
        path, _ = masked_path(self.path)
        return f"{self.method} {path} -> {self.status} ({self.vendor or '-'} {self.operation or 'unmatched'})"


class Journal:
    """The last exchanges of a World, oldest first.

    limit: how many exchanges it keeps. body_limit: how many bytes of each body.
    """

    def __init__(self, limit: int = 1000, body_limit: int = 65536) -> None:
        self.body_limit = body_limit
        self._exchanges: deque[Exchange] = deque(maxlen=limit)
        self._last_id = 0
        self._observers: list[Callable[[Exchange], None]] = []

    def __repr__(self) -> str:
        return f"<Journal: {len(self)} exchanges>"

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def next_id(self) -> int:
        """Return the number of a new exchange."""
        self._last_id += 1
        return self._last_id

    def start_after(self, number: int) -> None:
        """Number new exchanges after `number`, the last one of an earlier run."""
        self._last_id = max(self._last_id, number)

    def add(self, exchange: Exchange) -> None:
        """Add a finished exchange; at the limit, remove the oldest."""
        self._exchanges.append(exchange)
        for observer in self._observers:
            observer(exchange)

    def get(self, exchange_id: int) -> Exchange | None:
        """Return the exchange with this number, or None."""
        return next((exchange for exchange in self._exchanges if exchange.id == exchange_id), None)

    def find(
        self,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
    ) -> list[Exchange]:
        """Return the exchanges that match every argument, oldest first; `path` matches a part of the path."""
        return [
            exchange
            for exchange in self._exchanges
            if (vendor is None or exchange.vendor == vendor)
            and (operation is None or exchange.operation == operation)
            and (method is None or exchange.method == method.upper())
            and (path is None or path in exchange.path)
            and (status is None or exchange.status == status)
        ]

    def unmatched(self) -> list[Exchange]:
        """Return the exchanges that no operation serves."""
        return [exchange for exchange in self._exchanges if exchange.unmatched]

    def crashes(self) -> list[Exchange]:
        """Return the exchanges whose handler crashed."""
        return [exchange for exchange in self._exchanges if exchange.crash is not None]

    def observe(self, observer: Callable[[Exchange], None]) -> None:
        """Call a function with each exchange that is added."""
        self._observers.append(observer)

    def clear(self) -> None:
        """Remove all exchanges."""
        self._exchanges.clear()
