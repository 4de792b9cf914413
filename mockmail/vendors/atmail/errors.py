"""atmail's refusals.

VendorError
└── AtmailError      a "failed" answer: what went wrong, in the page's own words
    ├── Unauthorized the credentials are missing or wrong: 401
    ├── Forbidden    the admin may not do this, or not in this domain: 403
    └── Fault        an exception that Zend_Rest_Server caught: 400, in the fault form
"""

from __future__ import annotations

from mockmail.core.errors import VendorError


class AtmailError(VendorError):
    """A `failed` answer with the vendor's message."""

    status = 200


class Unauthorized(AtmailError):
    """The credentials are missing or wrong."""

    status = 401


class Forbidden(AtmailError):
    """The admin may not do this, or not in this domain."""

    status = 403


class Fault(AtmailError):
    """An exception that the vendor's REST server caught: response before status, no results.

    method: the element's name, where it is not the operation's own.
    """

    status = 400

    def __init__(self, message: str, method: str | None = None) -> None:
        super().__init__(message)
        self.method = method
