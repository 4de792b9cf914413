"""The journal: what was asked and what was answered, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from multidict import CIMultiDictProxy

from mockmail.core.exchange import NO_HEADERS


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    vendor: the one that answered; operation: its operation's name, None where none was reached.
    path: as it was sent, prefixes included. request_body and response_body: at most the journal's body limit.
    nearest: for a request that nobody serves, the operations it resembles most, and why each did not match.
    crash: the traceback of a handler that failed.
    messages: ids of the mails it caused.
    fault: the injected fault it met, in words.
    seconds: how long the answer took.
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
        """Whether nobody serves what was asked."""
        return self.operation is None

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status} ({self.vendor or '-'} {self.operation or 'unmatched'})"


class Journal:
    """The last exchanges of a World, oldest first.

    limit: how many are kept. body_limit: how many bytes of each body.
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
        """A number for the exchange that begins."""
        self._last_id += 1
        return self._last_id

    def start_after(self, number: int) -> None:
        """Number the exchanges from there on: what came before belongs to a former run."""
        self._last_id = max(self._last_id, number)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange that has ended, letting the oldest go where the limit is reached."""
        self._exchanges.append(exchange)
        for observer in self._observers:
            observer(exchange)

    def get(self, exchange_id: int) -> Exchange | None:
        """The exchange of this number, unless it has gone."""
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
        """The exchanges that fit all that is given, oldest first; `path` may be a part of it."""
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
        """The requests that nobody serves."""
        return [exchange for exchange in self._exchanges if exchange.unmatched]

    def crashes(self) -> list[Exchange]:
        """The calls whose handler failed."""
        return [exchange for exchange in self._exchanges if exchange.crash is not None]

    def observe(self, observer: Callable[[Exchange], None]) -> None:
        """Have each exchange told to a function as it is kept."""
        self._observers.append(observer)

    def clear(self) -> None:
        """Forget all exchanges."""
        self._exchanges.clear()
