"""atmail's refusals. The dialect writes the message into the vendor's document.

VendorError
├── Failed                   an ordinary `failed` response, in the page's own words
├── Unauthorized             the credentials are missing or wrong
├── Forbidden                the admin lacks the right or the domain
└── Fault                    an exception that Zend_Rest_Server caught
    └── MissingArguments     required parameters are missing
"""

from __future__ import annotations

from collections.abc import Iterable

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError


class Failed(VendorError):
    """An ordinary `failed` response; the option `failed_status` gives its HTTP status."""


class Unauthorized(VendorError):
    """The credentials are missing or wrong."""

    status = 401
    headers = (("WWW-Authenticate", 'Basic realm="atmail"'),)


class Forbidden(VendorError):
    """The admin lacks the right or the domain."""

    status = 403


class Fault(VendorError):
    """An exception that the vendor's REST server caught; the option `fault_status` gives its HTTP status.

    method: the name of the response's element, if it is not the operation's own.
    """

    def __init__(self, message: str, method: str | None = None) -> None:
        super().__init__(message)
        self.method = method


class MissingArguments(Fault):
    """Required parameters are missing. names: their names on the wire."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Missing argument(s): {', '.join(names)}.")


NAMED_ERRORS = {
    "failed": NamedError(Failed, "The operation failed"),
    "fault": NamedError(Fault, "An exception was thrown"),
    "unauthorized": NamedError(Unauthorized, "Authentication failed"),
    "forbidden": NamedError(Forbidden, "Permission denied"),
}
"""The errors that an injected fault can show."""
