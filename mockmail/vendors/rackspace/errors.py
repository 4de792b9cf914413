"""Rackspace's refusals, each a fault with a name of its own (docs/wire/rackspace.md 1.8).

VendorError
└── Fault
    ├── BadRequest     badRequestFault, 400
    ├── Invalid        validationFault, 400: a value of an rs mailbox is wrong
    ├── ItemNotFound   itemNotFoundFault, 404
    └── Unauthorized   unauthorizedFault, 403
"""

from __future__ import annotations

from typing import Any, ClassVar

from mockmail.core.errors import VendorError
from mockmail.core.vendor import NamedError

AUTHENTICATION_FAILED = "Authentication failed."
EXCEEDED_REQUEST_LIMITS = "Exceeded request limits"
"""Clients recognise a throttled call by this text alone, so it must be exactly this."""


NAMES = {400: "badRequestFault", 403: "unauthorizedFault", 404: "itemNotFoundFault"}
"""The names of faults by status; any other is an appsFault."""


class Fault(VendorError):
    """A fault: `document` is `{name: {"message": ..., members}}`. The dialect adds the server time and the status."""

    name: ClassVar[str | None] = None

    def __init__(self, message: str, status: int | None = None, **members: Any) -> None:
        super().__init__(message)
        self.status = status or self.status
        name = self.name or NAMES.get(self.status, "appsFault")
        self.document = {name: {"message": message, **members}}


class BadRequest(Fault):
    """The request, or a value in it, is wrong."""


class Invalid(Fault):
    """A value of an rs mailbox is wrong."""

    name = "validationFault"


class ItemNotFound(Fault):
    """The record does not exist. resource_type: the kind of record (`Domain`, `Mailbox`)."""

    def __init__(self, message: str, resource_type: str, **members: Any) -> None:
        super().__init__(message, 404, resourceType=resource_type, **members)


class Unauthorized(Fault):
    """The caller is unknown, may not do this, or called too often."""

    status = 403


def missing(field: str) -> BadRequest:
    """Return the error for a required field that was not sent (docs/wire/rackspace.md 1.8)."""
    return BadRequest(f"Missing required field: {field}")


def invalid_value(field: str, error: type[Fault] = BadRequest) -> Fault:
    """Return the error for a value that cannot be read; the vendor's own text is not known."""
    return error(f"Invalid value for field: {field}")


NAMED_ERRORS = {
    "badRequestFault": NamedError(BadRequest, "The request is invalid"),
    "validationFault": NamedError(Invalid, "A value is invalid"),
    "itemNotFoundFault": NamedError(lambda message: ItemNotFound(message, "Mailbox"), "Mailbox Not Found"),
    "unauthorizedFault": NamedError(Unauthorized, AUTHENTICATION_FAILED),
    "exceededRequestLimits": NamedError(Unauthorized, EXCEEDED_REQUEST_LIMITS),
    "appsFault": NamedError(lambda message: Fault(message, 500), "Internal error"),
}
"""The errors that an injected fault can show; names of faults are the vendor's own."""
