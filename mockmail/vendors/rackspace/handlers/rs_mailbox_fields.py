"""The fields of a Rackspace Email mailbox's Add and Edit, sent as a form or as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from mockmail.vendors.rackspace.errors import Invalid
from mockmail.vendors.rackspace.handlers.texts import LARGEST_SIZE, is_address, is_password, listed

# ruff: noqa: N815  # fields are named as they are on the wire

NOT_STORED = ("name", "recoverDeleted", "emailForwardingAddresses")


@dataclass(frozen=True, slots=True, kw_only=True)
class RsMailboxFields:
    """The fields that are there; None for one that is not. emailForwardingAddresses: commas between them."""

    takes_json: ClassVar[bool] = True

    name: str | None = None
    password: str | None = None
    size: int | None = None
    recoverDeleted: bool | None = None
    displayName: str | None = None
    vacationMessage: str | None = None
    enableVacationMessage: bool | None = None
    emailForwardingAddresses: str | None = None
    saveForwardedEmail: bool | None = None
    visibleInRackspaceEmailCompanyDirectory: bool | None = None
    visibleInExchangeGAL: bool | None = None
    lastName: str | None = None
    firstName: str | None = None
    generationQualifier: str | None = None
    initials: str | None = None
    organizationUnit: str | None = None
    businessStreet: str | None = None
    businessCity: str | None = None
    businessState: str | None = None
    businessPostalCode: str | None = None
    businessCountry: str | None = None
    homeStreet: str | None = None
    homeCity: str | None = None
    homeState: str | None = None
    homePostalCode: str | None = None
    homeCountry: str | None = None
    businessNumber: str | None = None
    homeNumber: str | None = None
    mobileNumber: str | None = None
    faxNumber: str | None = None
    homeFaxNumber: str | None = None
    pagerNumber: str | None = None
    notes: str | None = None
    title: str | None = None
    userID: str | None = None
    organizationalStatus: str | None = None
    employeeType: str | None = None
    customID: str | None = None
    enabled: bool | None = None

    @property
    def forwards(self) -> tuple[str, ...]:
        """The addresses to forward to. Raises Invalid for more than there may be."""
        found = listed(self.emailForwardingAddresses or "")
        if found is None:
            raise Invalid("Invalid value for field: emailForwardingAddresses")
        return tuple(found)

    def given(self) -> dict[str, Any]:
        """The fields of the record that came, by name."""
        names = [name for name in self.__slots__ if name not in NOT_STORED]
        values = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.emailForwardingAddresses is not None:
            values["emailForwardingAddresses"] = self.forwards
        return values


def check_values(fields: RsMailboxFields) -> None:
    """Raises Invalid for a value that will not do."""
    if fields.password is not None and not is_password(fields.password):
        raise Invalid("Password must be at least 8 characters long")
    if fields.size is not None and not 1 <= fields.size <= LARGEST_SIZE:
        raise Invalid("Invalid value for field: size")
    if not all(is_address(address) for address in fields.forwards):
        raise Invalid("Invalid value for field: emailForwardingAddresses")
