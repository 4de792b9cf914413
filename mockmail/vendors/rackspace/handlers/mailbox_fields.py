"""The form of an Exchange mailbox's Add and Edit, and what its values must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.errors import BadRequest, invalid_value, missing
from mockmail.vendors.rackspace.handlers.addresses import owner_of
from mockmail.vendors.rackspace.handlers.texts import LARGEST_SIZE, is_address, is_display_name, is_password
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import ApiKey

# ruff: noqa: N815  # fields are named as they are on the wire

REQUIRED = ("displayName", "password", "size")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFields:
    """The fields that are there; None for one that is not (Rackspace API documentation, "Add/Edit")."""

    displayName: str | None = None
    password: str | None = None
    size: int | None = None
    isHidden: bool | None = None
    isPublicFolderAdmin: bool | None = None
    firstName: str | None = None
    lastName: str | None = None
    company: str | None = None
    department: str | None = None
    jobTitle: str | None = None
    addressLine1: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    businessNumber: str | None = None
    pagerNumber: str | None = None
    homeNumber: str | None = None
    mobileNumber: str | None = None
    faxNumber: str | None = None
    notes: str | None = None
    customID: str | None = None
    emailForwardingAddress: str | None = None
    saveForwardedEmail: bool | None = None
    visibleInRackspaceEmailCompanyDirectory: bool | None = None
    enabled: bool | None = None

    def given(self) -> dict[str, Any]:
        """The fields that came, by name."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


def check_required(fields: MailboxFields) -> None:
    """Raises BadRequest for the first field that an Add must have and has not, or has empty."""
    for name in REQUIRED:
        if getattr(fields, name) in (None, ""):
            raise missing(name)


def check_values(call: Call[ApiKey, Options], fields: MailboxFields) -> None:
    """Raises BadRequest for a value that will not do (Rackspace API documentation, "Add/Edit", Errors)."""
    options: Options = call.options
    if fields.displayName is not None and not is_display_name(fields.displayName):
        raise BadRequest("Invalid display name")
    if fields.password is not None and not is_password(fields.password):
        raise BadRequest("Password must be at least 8 characters long")
    if fields.size is not None and not 1 <= fields.size <= LARGEST_SIZE:
        raise invalid_value("size")
    forward = fields.emailForwardingAddress
    if forward:
        if not is_address(forward):
            raise invalid_value("emailForwardingAddress")
        if options.forward_inside_only and owner_of(call.world, forward) is None:
            raise invalid_value("emailForwardingAddress")
