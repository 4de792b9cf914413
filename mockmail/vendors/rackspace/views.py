"""Records as response documents, in the order of the XML elements, and pages of lists (docs/wire/rackspace.md 1.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from mockmail.core.state.records import Record
from mockmail.core.state.typed_records import Records
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.parameters import Listing
from mockmail.vendors.rackspace.records import (
    ActiveSyncService,
    Admin,
    Contact,
    Customer,
    DistributionList,
    Domain,
    DomainSpamSettings,
    EmailAddress,
    Mailbox,
    RsAlias,
    RsContact,
    RsMailbox,
    RsSpamSettings,
)
from mockmail.vendors.rackspace.spam_parameters import RS_SPAM_FIELDS
from mockmail.wire.namespaced_xml import Items

R = TypeVar("R", bound=Record)

MEGABYTE = 1 << 20
NOON = 12
EASTERN = timezone(timedelta(hours=-5), "EST")

MAILBOX_FIELDS: tuple[str, ...] = ("size", "currentUsage", "hasBlackBerryMobileService", "hasActiveSyncMobileService")
"""The fields that a row of the list may also have (Rackspace API documentation, "Custom Fields")."""

RS_MAILBOX_FIELDS = ("displayName", "size", "currentUsage", "enabled", "createdDate", "lastLogin")


@dataclass(frozen=True, slots=True)
class Document:
    """A response with a body, the same for XML and for JSON.

    root: the XML root; JSON has none.
    content: in the order of the XML elements; lists are `Items`.
    last_in_json: the name that comes last in JSON. json: the content of JSON, if it is another one.
    namespace: of the XML root, after `urn:xml:`; empty for the root's name.
    """

    root: str
    content: Mapping[str, Any]
    last_in_json: str | None = None
    json: Mapping[str, Any] | None = None
    namespace: str = ""


NO_CONTENT = Document("", {})
"""The result of a write that is answered with 204; other writes are answered with 200."""


def timestamp(moment: datetime) -> str:
    """Return a time as `M/d/yyyy h:mm:ss tt` in EST (Rackspace API documentation, "Add/Edit": EST all year)."""
    local = moment.astimezone(EASTERN)
    half = "AM" if local.hour < NOON else "PM"
    date = f"{local.month}/{local.day}/{local.year:04}"
    return f"{date} {local.hour % NOON or NOON}:{local.minute:02}:{local.second:02} {half}"


def page(
    listing: Listing, records: Records[R], index: str, value: Hashable, matches: Callable[[R], bool]
) -> tuple[int, Sequence[R]]:
    """Return the number of records that a list has, and those on the page, sorted by name.

    records, index, value: all rows of the list. Without a filter only those on the page are read.
    """
    if not listing.is_filtered:
        return records.count(index, value), records.page_of(index, value, listing.offset, listing.size)
    found = sorted((record for record in records.find(index, value) if matches(record)), key=lambda record: record.key)
    return len(found), found[listing.offset : listing.offset + listing.size]


def list_document(root: str, listing: Listing, total: int, name: str, item: str, *, rows: Iterable[Any]) -> Document:
    """Return a page of a list. name: of the list; item: of each row in XML. `size` is the requested one."""
    content = {"offset": listing.offset, "size": listing.size, "total": total, name: Items(item, rows)}
    return Document(root, content)


def customer(customer: Customer) -> dict[str, Any]:
    """Return a customer."""
    return {name: getattr(customer, name) for name in ("accountNumber", "name", "referenceNumber")}


def domain(call: RackspaceCall, domain: Domain) -> Document:
    """Return a domain and its services: available storage in MB, used storage in mailboxes."""
    extra = domain.exchangeExtraStorage
    content: dict[str, Any] = {
        "name": domain.name,
        "accountNumber": domain.accountNumber,
        "serviceType": domain.serviceType,
        "exchangeBaseMailboxSize": domain.exchangeBaseMailboxSize,
        "exchangeUsedStorage": _used(call, domain, Mailbox),
        "exchangeTotalStorage": domain.exchangeBaseMailboxSize * domain.exchangeMaxNumMailboxes + extra,
        "exchangeExtraStorage": extra,
        "exchangeMaxNumMailboxes": domain.exchangeMaxNumMailboxes,
        "rsEmailBaseMailboxSize": domain.rsEmailBaseMailboxSize,
        "rsEmailMaxNumberMailboxes": domain.rsEmailMaxNumberMailboxes,
        "rsEmailExtraStorage": domain.rsEmailExtraStorage,
        "rsEmailUsedStorage": _used(call, domain, RsMailbox),
        "aliases": Items("alias"),
        "archivingServiceEnabled": domain.archivingServiceEnabled,
        "publicFoldersEnabled": domain.publicFoldersEnabled,
        "blackBerryMobileServiceEnabled": domain.blackBerryMobileServiceEnabled,
        "blackBerryLicenses": domain.blackBerryLicenses,
        "activeSyncMobileServiceEnabled": domain.activeSyncMobileServiceEnabled,
        "activeSyncLicenses": domain.activeSyncLicenses,
    }
    return Document("domain", content)


def domain_row(call: RackspaceCall, domain: Domain) -> dict[str, Any]:
    """Return a domain in a list, with the fields that the vendor's own .NET client reads."""
    return {
        "name": domain.name,
        "accountNumber": domain.accountNumber,
        "serviceType": domain.serviceType,
        "exchangeMaxNumMailboxes": domain.exchangeMaxNumMailboxes,
        "exchangeUsedStorage": _used(call, domain, Mailbox),
        "rsEmailMaxNumberMailboxes": domain.rsEmailMaxNumberMailboxes,
        "rsEmailUsedStorage": _used(call, domain, RsMailbox),
    }


def mailbox_row(call: RackspaceCall, mailbox: Mailbox | RsMailbox, wanted: frozenset[str]) -> dict[str, Any]:
    """Return a mailbox in a list: its name, the display name of an Exchange mailbox, and the wanted fields."""
    if isinstance(mailbox, Mailbox):
        row, optional = {"name": mailbox.name, "displayName": mailbox.displayName}, MAILBOX_FIELDS
    else:
        row, optional = {"name": mailbox.name}, RS_MAILBOX_FIELDS
    return row | {name: _value(call, mailbox, name) for name in optional if name.lower() in wanted}


def mailbox(call: RackspaceCall, mailbox: Mailbox) -> Document:
    """Return an Exchange mailbox (Rackspace API documentation, "Show")."""
    content: dict[str, Any] = {
        "name": mailbox.name,
        "displayName": mailbox.displayName,
        "size": mailbox.size,
        "currentUsage": _value(call, mailbox, "currentUsage"),
        "isHidden": mailbox.isHidden,
        "visibleInRackspaceEmailCompanyDirectory": mailbox.visibleInRackspaceEmailCompanyDirectory,
        "isPublicFolderAdmin": mailbox.isPublicFolderAdmin,
        "enabled": mailbox.enabled,
        "lastLogin": mailbox.lastLogin,
        "contactInfo": {name: getattr(mailbox, name) for name in Contact.__struct_fields__},
        "emailForwardingAddress": mailbox.emailForwardingAddress,
        "saveForwardedEmail": mailbox.saveForwardedEmail,
        "emailAddressList": Items("emailAddress", _addresses(call, mailbox)),
        "hasBlackBerryMobileService": mailbox.hasBlackBerryMobileService,
        "hasActiveSyncMobileService": _value(call, mailbox, "hasActiveSyncMobileService"),
        "samAccountName": mailbox.samAccountName,
    }
    if call.options.created_date:
        content["createdDate"] = mailbox.createdDate
    return Document("mailbox", content, last_in_json="visibleInRackspaceEmailCompanyDirectory")


def rs_mailbox(call: RackspaceCall, mailbox: RsMailbox) -> Document:
    """Return a Rackspace Email mailbox, with the names that real responses have."""
    content = {
        "name": mailbox.name,
        "displayName": mailbox.displayName,
        "size": mailbox.size,
        "currentUsage": _value(call, mailbox, "currentUsage"),
        "vacationMessage": mailbox.vacationMessage,
        "enableVacationMessage": mailbox.enableVacationMessage,
        "emailForwardingAddressList": Items("emailAddress", mailbox.emailForwardingAddresses),
        "saveForwardedEmail": mailbox.saveForwardedEmail,
        "lastLogin": mailbox.lastLogin,
        "createdDate": mailbox.createdDate,
        "visibleInRackspaceEmailCompanyDirectory": mailbox.visibleInRackspaceEmailCompanyDirectory,
        "visibleInExchangeGAL": mailbox.visibleInExchangeGAL,
        "contactInfo": {name: getattr(mailbox, name) for name in RsContact.__struct_fields__},
        "enabled": mailbox.enabled,
    }
    return Document("rsMailbox", content)


def rs_spam_settings(settings: RsSpamSettings) -> Document:
    """Return the spam settings of a Rackspace Email mailbox. The namespace is not the root; JSON is sorted."""
    own = _rs_email_settings(settings)
    content = {"filterLevel": settings.filterLevel, "rsEmailSettings": own}
    json = {**content, "rsEmailSettings": dict(sorted(own.items()))}
    return Document("rsMailboxSpamSetting", content, json=json, namespace="RSMailboxSpamSetting")


def domain_spam_settings(settings: DomainSpamSettings) -> Document:
    """Return the spam settings of a domain; the namespace begins with a capital letter."""
    names = ("forwardToDomainQuarantine", "quarantineOwner", "defaultQuarantineOwner")
    content = {
        "filterLevel": settings.filterLevel,
        "rsEmailSettings": _rs_email_settings(settings),
        "exchangeSettings": {name: getattr(settings, name) for name in names},
    }
    return Document("domainSpamSettings", content, namespace="DomainSpamSettings")


def _rs_email_settings(settings: RsSpamSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in RS_SPAM_FIELDS}


def admin_row(admin: Admin) -> dict[str, Any]:
    """Return an administrator in a list."""
    names = ("adminId", "firstName", "lastName", "type", "email", "enabled", "locked", "twoFactorEnabled")
    return {name: getattr(admin, name) for name in names}


def admin(admin: Admin) -> Document:
    """Return an administrator, with the members that the vendor's own .NET client reads."""
    names = ("adminId", "firstName", "lastName", "type", "email", "enabled", "locked", "allowSimultaneousLogins")
    content: dict[str, Any] = {name: getattr(admin, name) for name in (*names, "passwordExpiration")}
    return Document("admin", {**content, "restrictedIps": Items("restrictedIp", admin.restrictedIps)})


def alias_row(alias: RsAlias) -> dict[str, Any]:
    """Return an alias in a list; clients read its only member from here."""
    row: dict[str, Any] = {"name": alias.name, "numberOfMembers": len(alias.members)}
    return row | {"singleMemberName": alias.members[0]} if len(alias.members) == 1 else row


def alias(alias: RsAlias) -> Document:
    """Return an alias; JSON has the list of its members in an object, where clients read it."""
    members = Items("emailAddress", alias.members)
    json = {"name": alias.name, "emailAddressList": {"emailAddress": members}}
    return Document("aliasInfo", {"name": alias.name, "emailAddressList": members}, json=json)


def distribution_list(found: DistributionList) -> dict[str, Any]:
    """Return a distribution list, in a list of them and alone."""
    address = f"{found.CommonName}@{found.domain}"
    return {
        "CommonName": found.CommonName,
        "DisplayName": found.DisplayName,
        "Alias": found.CommonName,
        "IsHiddenFromAddressList": found.IsHiddenFromAddressList,
        "Status": "Active",
        "Description": found.Description,
        "MemberCount": len(found.Members),
        "PrimarySmtpAddress": address,
        "EmailAddresses": Items(
            "EmailAddress", [{"AddressPrimary": True, "AddressProtocol": "smtp", "Value": address}]
        ),
    }


def _value(call: RackspaceCall, mailbox: Mailbox | RsMailbox, name: str) -> Any:
    if name == "currentUsage":
        # Whole MB, as `size` is; a mailbox with any mail shows at least 1.
        size = call.world.mail.mailboxes.usage(call.vendor.name, mailbox.key).size
        return max(1, size // MEGABYTE) if size else 0
    if name == "hasActiveSyncMobileService":
        return mailbox.key in call.records(ActiveSyncService)
    return getattr(mailbox, name)


def _addresses(call: RackspaceCall, mailbox: Mailbox) -> list[dict[str, Any]]:
    further = call.records(EmailAddress).find("mailbox", mailbox.key)
    return [
        {"address": mailbox.address, "replyTo": True},
        *({"address": record.address, "replyTo": False} for record in further),
    ]


def _used(call: RackspaceCall, domain: Domain, model: type[Mailbox | RsMailbox]) -> int:
    # Clients take the vendor's figure for a number of mailboxes (see README.md).
    return call.records(model).count("domain", domain.key)
