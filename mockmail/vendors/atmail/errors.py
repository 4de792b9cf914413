"""atmail's refusals.

VendorError
└── AtmailError                  a "failed" answer: what went wrong, in the page's own words
    ├── Unauthorized             the credentials are missing or wrong: 401
    ├── Forbidden                the admin may not do this, or not in this domain: 403
    └── Fault                    an exception that Zend_Rest_Server caught: 400, in the fault form
        └── MissingArguments     an operation was called without what it needs
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from mockmail.core.errors import VendorError
from mockmail.vendors.atmail.options import Options


class AtmailError(VendorError):
    """A `failed` answer with the vendor's message.

    status: the HTTP status; the options have a say in it.
    """

    status = 200

    def under(self, options: Options) -> Self:
        """The same refusal, with the HTTP status that the options give it."""
        self.status = options.failed_status
        return self


class Unauthorized(AtmailError):
    """The credentials are missing or wrong."""

    status = 401

    def under(self, options: Options) -> Self:
        """Itself: this status is HTTP's own."""
        return self


class Forbidden(AtmailError):
    """The admin may not do this, or not in this domain."""

    status = 403

    def under(self, options: Options) -> Self:
        """Itself: this status is HTTP's own."""
        return self


class Fault(AtmailError):
    """An exception that the vendor's REST server caught: response before status, no results.

    method: the element's name, where it is not the operation's own.
    """

    status = 400

    def __init__(self, message: str, method: str | None = None) -> None:
        super().__init__(message)
        self.method = method

    def under(self, options: Options) -> Self:
        """The same refusal, with the HTTP status that the options give it."""
        self.status = options.fault_status
        return self


class MissingArguments(Fault):
    """An operation was called without what it needs. names: as the wire has them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Missing argument(s): {', '.join(names)}.")
