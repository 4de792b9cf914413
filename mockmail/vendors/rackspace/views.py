"""How answers show mailboxes, in the order of the XML elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockmail.core.state.store import Records
from mockmail.core.world import World
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.records import VENDOR, ActiveSyncService, EmailAddress, Mailbox, RsMailbox
from mockmail.wire.namespaced_xml import Items

MEGABYTE = 1 << 20

MAILBOX_ROW: Mapping[str, Callable[[World, Mailbox], Any]] = {
    "size": lambda _, mailbox: mailbox.size,
    "currentUsage": lambda world, mailbox: usage(world, mailbox.key),
    "hasBlackBerryMobileService": lambda _, mailbox: mailbox.hasBlackBerryMobileService,
    "hasActiveSyncMobileService": lambda world, mailbox: mailbox.key in _active_sync(world),
}
"""What `fields` may add to a row of the list (Rackspace API documentation, "Custom Fields")."""

RS_MAILBOX_ROW: Mapping[str, Callable[[World, RsMailbox], Any]] = {
    "displayName": lambda _, mailbox: mailbox.displayName,
    "size": lambda _, mailbox: mailbox.size,
    "currentUsage": lambda world, mailbox: usage(world, mailbox.key),
    "enabled": lambda _, mailbox: mailbox.enabled,
    "createdDate": lambda _, mailbox: mailbox.createdDate,
    "lastLogin": lambda _, mailbox: mailbox.lastLogin,
}

RS_CONTACT = (
    "lastName",
    "firstName",
    "generationQualifier",
    "initials",
    "organizationUnit",
    "businessStreet",
    "businessCity",
    "businessState",
    "businessPostalCode",
    "businessCountry",
    "homeStreet",
    "homeCity",
    "homeState",
    "homePostalCode",
    "homeCountry",
    "businessNumber",
    "homeNumber",
    "mobileNumber",
    "faxNumber",
    "homeFaxNumber",
    "pagerNumber",
    "notes",
    "title",
    "userID",
    "organizationalStatus",
    "employeeType",
    "customID",
)


def usage(world: World, key: str) -> int:
    """What a mailbox holds, in whole MB as its size is; one that holds anything shows at least 1."""
    size = world.mail.usage(VENDOR, key).size
    return max(1, size // MEGABYTE) if size else 0


def mailbox_row(world: World, mailbox: Mailbox, wanted: frozenset[str]) -> dict[str, Any]:
    """A mailbox in a list: name and display name, and the fields that are wanted."""
    row: dict[str, Any] = {"name": mailbox.name, "displayName": mailbox.displayName}
    if wanted:
        row |= {name: value_of(world, mailbox) for name, value_of in MAILBOX_ROW.items() if name.lower() in wanted}
    return row


def mailbox(world: World, mailbox: Mailbox, *, with_created_date: bool = False) -> Document:
    """An Exchange mailbox (Rackspace API documentation, "Show")."""
    content: dict[str, Any] = {
        "name": mailbox.name,
        "displayName": mailbox.displayName,
        "size": mailbox.size,
        "currentUsage": usage(world, mailbox.key),
        "isHidden": mailbox.isHidden,
        "visibleInRackspaceEmailCompanyDirectory": mailbox.visibleInRackspaceEmailCompanyDirectory,
        "isPublicFolderAdmin": mailbox.isPublicFolderAdmin,
        "enabled": mailbox.enabled,
        "lastLogin": mailbox.lastLogin,
        "contactInfo": _contact(mailbox),
        "emailForwardingAddress": mailbox.emailForwardingAddress,
        "saveForwardedEmail": mailbox.saveForwardedEmail,
        "emailAddressList": Items("emailAddress", _addresses(world, mailbox)),
        "hasBlackBerryMobileService": mailbox.hasBlackBerryMobileService,
        "hasActiveSyncMobileService": mailbox.key in _active_sync(world),
        "samAccountName": mailbox.samAccountName,
    }
    if with_created_date:
        content["createdDate"] = mailbox.createdDate
    return Document("mailbox", content, last_in_json="visibleInRackspaceEmailCompanyDirectory")


def rs_mailbox_row(world: World, mailbox: RsMailbox, wanted: frozenset[str]) -> dict[str, Any]:
    """A Rackspace Email mailbox in a list: its name, and the fields that are wanted."""
    row: dict[str, Any] = {"name": mailbox.name}
    if wanted:
        row |= {name: value_of(world, mailbox) for name, value_of in RS_MAILBOX_ROW.items() if name.lower() in wanted}
    return row


def rs_mailbox(world: World, mailbox: RsMailbox) -> Document:
    """A Rackspace Email mailbox, with the names that real answers have."""
    content = {
        "name": mailbox.name,
        "displayName": mailbox.displayName,
        "size": mailbox.size,
        "currentUsage": usage(world, mailbox.key),
        "vacationMessage": mailbox.vacationMessage,
        "enableVacationMessage": mailbox.enableVacationMessage,
        "emailForwardingAddressList": Items("emailAddress", mailbox.emailForwardingAddresses),
        "saveForwardedEmail": mailbox.saveForwardedEmail,
        "lastLogin": mailbox.lastLogin,
        "createdDate": mailbox.createdDate,
        "visibleInRackspaceEmailCompanyDirectory": mailbox.visibleInRackspaceEmailCompanyDirectory,
        "visibleInExchangeGAL": mailbox.visibleInExchangeGAL,
        "contactInfo": {name: getattr(mailbox, name) for name in RS_CONTACT},
        "enabled": mailbox.enabled,
    }
    return Document("rsMailbox", content)


def _contact(mailbox: Mailbox) -> dict[str, str]:
    return {
        "firstName": mailbox.firstName,
        "lastName": mailbox.lastName,
        "jobTitle": mailbox.jobTitle,
        "company": mailbox.company,
        "department": mailbox.department,
        "businessNumber": mailbox.businessNumber,
        "homeNumber": mailbox.homeNumber,
        "mobileNumber": mailbox.mobileNumber,
        "faxNumber": mailbox.faxNumber,
        "pagerNumber": mailbox.pagerNumber,
        "addressLine1": mailbox.addressLine1,
        "city": mailbox.city,
        "state": mailbox.state,
        "zip": mailbox.zip,
        "country": mailbox.country,
        "notes": mailbox.notes,
        "customID": mailbox.customID,
    }


def _addresses(world: World, mailbox: Mailbox) -> list[dict[str, Any]]:
    """All addresses, the one that replies go to first."""
    further = world.store.records(VENDOR, EmailAddress).find("mailbox", mailbox.key)
    return [
        {"address": mailbox.address, "replyTo": True},
        *({"address": one.address, "replyTo": False} for one in further),
    ]


def _active_sync(world: World) -> Records[ActiveSyncService]:
    return world.store.records(VENDOR, ActiveSyncService)
