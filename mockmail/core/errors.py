"""The errors of the core.

MockMailError
├── VendorError                 a vendor's own refusal, raised by its rules and worded by its dialect
├── Problem                     what any HTTP service may refuse (404, 405, 413 ...), worded by a vendor's dialect
├── DuplicateRecord             a natural key is taken
├── SeedError                   a document does not fit the records it is for
├── LimitReached                a bound of the server itself (messages, sandboxes)
│   └── StorageFull             the data folder takes no more: nothing was kept, try later
├── DataFolderError             a data folder cannot be used
└── WaitTimeout (TimeoutError)  a message that was waited for did not come
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class MockMailError(Exception):
    """Any error that mockmail raises for its users."""


class VendorError(MockMailError):
    """A refusal in a vendor's own terms. Each vendor derives its own; its dialect renders it.

    status: the HTTP status. headers: further headers of the response. document: its body, before it is encoded.
    """

    status: int = 400
    headers: Sequence[tuple[str, str]] = ()
    document: Any = None


class Problem(MockMailError):
    """A refusal that any HTTP service makes, apart from what it is about; each vendor words it in its own way.

    status: the HTTP status that fits.
    detail: one sentence in plain words.
    headers: what the answer must carry (`Allow`, `Retry-After`).
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


class DuplicateRecord(MockMailError):
    """A record with this natural key is there already."""


class SeedError(MockMailError):
    """A document does not fit: the message names the path in it, what was expected and what came."""


class LimitReached(MockMailError):
    """A bound of the server is reached: the message names the setting that raises it."""


class StorageFull(LimitReached):
    """The data folder takes no more; what was to be kept is not, and the client may try later."""


class DataFolderError(MockMailError):
    """A data folder cannot be used: the message says why and what to do."""


class NotRunning(MockMailError, RuntimeError):
    """What only a running server has was asked of one that has not started, or has ended."""


class WaitTimeout(MockMailError, TimeoutError):
    """No message matched in time: the message says what was looked for and what came instead."""


class WaitEnded(MockMailError, RuntimeError):
    """The sandbox whose mail was waited for is gone: no message will come."""
