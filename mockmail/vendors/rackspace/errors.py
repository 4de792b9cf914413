"""Rackspace's refusals, each a fault of its own name (docs/wire/rackspace.md 1.8).

VendorError
└── Fault              appsFault, what has no name of its own
    ├── BadRequest     badRequestFault, 400
    ├── Invalid        validationFault, 400: what is wrong with an rs mailbox
    ├── ItemNotFound   itemNotFoundFault, 404
    └── Unauthorized   unauthorizedFault, 403
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mockmail.core.errors import VendorError

AUTHENTICATION_FAILED = "Authentication failed."
EXCEEDED_REQUEST_LIMITS = "Exceeded request limits"
"""Clients know a throttled call by this text alone, so it is exactly this."""


class Fault(VendorError):
    """A fault: its name, its HTTP status, and what it says beside its message."""

    name: ClassVar[str] = "appsFault"
    status: int = 500

    def extras(self) -> Mapping[str, Any]:
        """Members of the fault after message, details and code."""
        return {}


class BadRequest(Fault):
    """What came does not fit."""

    name = "badRequestFault"
    status = 400


class Invalid(Fault):
    """A value of an rs mailbox does not fit."""

    name = "validationFault"
    status = 400


class ItemNotFound(Fault):
    """There is no such thing. resource_type: what it would be (`Domain`, `Mailbox`)."""

    name = "itemNotFoundFault"
    status = 404

    def __init__(self, message: str, resource_type: str, *, is_recoverable: bool = False) -> None:
        super().__init__(message)
        self.resource_type = resource_type
        self.is_recoverable = is_recoverable

    def extras(self) -> Mapping[str, Any]:
        """`resourceType`, and of a mailbox that was deleted lately that it can be had back."""
        found: dict[str, Any] = {"resourceType": self.resource_type}
        if self.is_recoverable:
            found["additionalData"] = {"isRecoverable": True}
        return found


class Unauthorized(Fault):
    """The caller is not known, may not do this, or asked too often."""

    name = "unauthorizedFault"
    status = 403


def missing(field: str) -> BadRequest:
    """A required field did not come (docs/wire/rackspace.md 1.8)."""
    return BadRequest(f"Missing required field: {field}")


def invalid_value(field: str) -> BadRequest:
    """A field's or a query's value cannot be read; the vendor's words for it are not known."""
    return BadRequest(f"Invalid value for field: {field}")
