"""The exceptions of the core.

Exception
└── MockMailError                        any error that mockmail raises for its users
    ├── DataFolderError                  a data folder cannot be used
    ├── DuplicateRecord                  another record has this natural key
    ├── HeadTooLong (ValueError)         the headers of a message are longer than allowed
    ├── InvalidFault (ValueError)        a fault is invalid, or would change nothing
    ├── InvalidValue (ValueError)        a value has a wrong type or is out of bounds
    │   └── InvalidQuery                 a search query is broken
    ├── LimitReached                     a limit of the server is reached (messages, sandboxes)
    │   └── StorageFull                  the data folder is full, or cannot be used
    │       └── StorageDamaged           a file of the data folder is damaged
    ├── MailboxFull                      a message fits into none of its recipients' mailboxes
    ├── NotAnAddress (ValueError)        a text is not an email address
    ├── NotRunning (RuntimeError)        the server has not started, or has stopped
    ├── Problem                          an error of any HTTP service (404, 405, 413 ...)
    ├── SeedError                        a document does not fit the records it is for
    ├── UnknownName (ValueError)         there is no vendor or operation with this name
    ├── UnmetExpectation (AssertionError)  the requests are not those that a test expects
    ├── VendorError                      a vendor's own error
    ├── WaitEnded (RuntimeError)         the sandbox was deleted during a wait
    ├── WaitTimeout (TimeoutError)       no message or request matched in time
    └── WouldBlock (RuntimeError)        a blocking call on a running event loop
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self


class MockMailError(Exception):
    """Any error that mockmail raises for its users."""


def is_mistake(excinfo: Any) -> bool:
    """Return whether the code that calls mockmail caused an error, so that its traceback needs no frames of ours.

    excinfo: pytest's `ExceptionInfo`; a module's `__tracebackhide__` may be this function.
    """
    return isinstance(excinfo.value, MockMailError)


class VendorError(MockMailError):
    """A refusal in a vendor's own terms. Each vendor derives its own; its dialect renders it.

    status: the HTTP status. headers: further headers of the response. document: its body, before it is encoded.
    reason: why the vendor refuses, if its response does not say it; see `because`.
    """

    status: int = 400
    headers: Sequence[tuple[str, str]] = ()
    document: Any = None
    reason: str | None = None

    def because(self, reason: str) -> Self:
        """Return this error with a reason that the journal shows and the response does not.

        The reason may contain what the request has, and no secret of the vendor's state.
        """
        self.reason = reason
        return self


class Problem(MockMailError):
    """An error of any HTTP service, not of one operation; each vendor's dialect words it.

    status: the HTTP status.
    detail: one plain sentence.
    headers: the headers that the response needs (`Allow`, `Retry-After`).
    reason: what the journal shows in place of the detail, such as the words of the HTTP parser.
    is_arranged: whether the detail is the text of an injected fault, which a vendor shows in place of its own.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        *,
        reason: str | None = None,
        is_arranged: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.reason = reason or detail
        self.is_arranged = is_arranged


class DuplicateRecord(MockMailError):
    """Another record has this natural key."""


class SeedError(MockMailError):
    """A document does not fit. The message gives the path in it, the expected and the given value."""


class InvalidValue(MockMailError, ValueError):
    """A value has a wrong type or is out of bounds. The message gives the field, the expected and the given value."""


class InvalidQuery(InvalidValue):
    """A search query is broken: the message shows the place. position: of the character in the query, from 0."""

    def __init__(self, query: str, position: int, sentence: str) -> None:
        rest = query[position : position + 20]
        super().__init__(f"query, character {position + 1}, at {repr(rest) if rest else 'its end'}: {sentence}")
        self.position = position


class UnknownName(MockMailError, ValueError):
    """There is no vendor or operation with this name: the message lists the names that exist."""


class InvalidFault(MockMailError, ValueError):
    """A fault is invalid, or would change nothing: the message says why."""


class NotAnAddress(MockMailError, ValueError):
    """A text is not an email address. address: the text."""

    def __init__(self, address: str) -> None:
        super().__init__(f"not an e-mail address: {address[:1000]!r}")
        self.address = address


class HeadTooLong(MockMailError, ValueError):
    """The headers of a message are longer than allowed."""


class LimitReached(MockMailError):
    """A limit of the server is reached: the message names the setting that raises it."""


class StorageFull(LimitReached):
    """The data folder is full, or cannot be used: nothing was stored, and the client may try again later."""


class StorageDamaged(StorageFull):
    """A file of the data folder is damaged: nothing was stored."""


class MailboxFull(MockMailError):
    """A message fits into none of its recipients' mailboxes. address: of one of them."""

    def __init__(self, address: str) -> None:
        super().__init__(f"the mailbox of {address[:1000]} is full")
        self.address = address


class DataFolderError(MockMailError):
    """A data folder cannot be used: the message says why and what to do."""


class NotRunning(MockMailError, RuntimeError):
    """The server has not started, or has stopped."""


class WouldBlock(MockMailError, RuntimeError):
    """A blocking call on a running event loop: await the `_async` method instead."""


class UnmetExpectation(MockMailError, AssertionError):
    """The requests are not those that a test expects: the message lists the requests that arrived instead."""


class WaitTimeout(MockMailError, TimeoutError):
    """No message or request matched in time: the message says what was expected and lists those that arrived."""


class WaitEnded(MockMailError, RuntimeError):
    """The sandbox was deleted, or the server stopped, during a wait."""
