"""Rackspace's records, with fields named as in its responses and forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from mockmail.core.state.records import Index, Record

# ruff: noqa: N815  # fields are named as they are on the wire

VENDOR = "rackspace"

FilterLevel = Literal["on", "off", "exclusive"]
SpamHandling = Literal["toFolder", "delete", "labelSubject", "toAddress"]
Quarantine = Literal["on", "off", "nonuser"]
AdminType = Literal["super", "standard", "limited"]
SpamListName = Literal["blocklist", "ipblocklist", "safelist", "ipsafelist"]
PermissionType = Literal["sendAs", "fullAccess", "both"]


def mailbox_key(domain: str, name: str) -> str:
    """Return the key of a mailbox; it sorts the mailboxes of a domain by name."""
    return f"{domain}/{name}".lower()


class CaseInsensitiveRecord(Record, frozen=True, kw_only=True):
    """A record whose key is case-insensitive."""

    @property
    def key(self) -> str:
        """Return the key in lower case."""
        return super().key.lower()


class ApiKey(Record, frozen=True, kw_only=True):
    """A user key, its secret and its account. role: a reseller reaches its customers, a business user only itself."""

    table: ClassVar[str] = "api_keys"
    key_fields = ("userKey",)

    userKey: str
    secretKey: str
    accountNumber: str
    role: Literal["reseller", "business"] = "business"


class RequestCount(Record, frozen=True, kw_only=True):
    """The reads, or the writes, of a user key in the minute of its last call. minute: since 1970."""

    table: ClassVar[str] = "request_counts"

    userKey: str
    reads: bool
    minute: int
    calls: int

    @property
    def key(self) -> str:
        """Return the user key and whether reads or writes are counted."""
        return f"{self.userKey} {'reads' if self.reads else 'writes'}"


class Customer(Record, frozen=True, kw_only=True):
    """A customer. reseller: the account number of the reseller that it belongs to, if any."""

    table: ClassVar[str] = "customers"
    key_fields = ("accountNumber",)
    indexes: ClassVar[Mapping[str, Index]] = {"reseller": lambda customer: customer.reseller}

    accountNumber: str
    name: str = ""
    referenceNumber: str = ""
    reseller: str | None = None


class Domain(CaseInsensitiveRecord, frozen=True, kw_only=True):
    """A customer's domain; its name is case-insensitive. Sizes in MB.

    serviceType: the services that its mailboxes may have. exchangeMaxNumMailboxes, rsEmailMaxNumberMailboxes: the most
    mailboxes of each; a number that no test reaches unless a seed says otherwise. catchAllAddress: receives mail for
    unknown addresses; empty for none.
    """

    table: ClassVar[str] = "domains"
    key_fields = ("name",)
    indexes: ClassVar[Mapping[str, Index]] = {"accountNumber": lambda domain: domain.accountNumber}

    name: str
    accountNumber: str
    serviceType: Literal["exchange", "rsemail", "both"] = "both"
    exchangeBaseMailboxSize: int = 2048
    exchangeExtraStorage: int = 0
    exchangeMaxNumMailboxes: int = 1_000_000
    rsEmailBaseMailboxSize: int = 25600
    rsEmailMaxNumberMailboxes: int = 1_000_000
    rsEmailExtraStorage: int = 0
    archivingServiceEnabled: bool = False
    publicFoldersEnabled: bool = False
    blackBerryMobileServiceEnabled: bool = False
    blackBerryLicenses: int = 0
    activeSyncMobileServiceEnabled: bool = True
    activeSyncLicenses: int = 100
    catchAllAddress: str = ""


class Admin(CaseInsensitiveRecord, frozen=True, kw_only=True):
    """An administrator of a customer. passwordExpiration: days. restrictedIps: its clients' addresses; () for any."""

    table: ClassVar[str] = "admins"
    key_fields = ("accountNumber", "adminId")
    indexes: ClassVar[Mapping[str, Index]] = {"accountNumber": lambda admin: admin.accountNumber}

    accountNumber: str
    adminId: str
    firstName: str = ""
    lastName: str = ""
    type: AdminType = "super"
    email: str = ""
    password: str = ""
    securityQuestion: str = ""
    securityAnswer: str = ""
    passwordExpiration: int = 90
    allowSimultaneousLogins: bool = False
    restrictedIps: tuple[str, ...] = ()
    enabled: bool = True
    locked: bool = False
    twoFactorEnabled: bool = False


class Contact(Record, frozen=True, kw_only=True):
    """The `contactInfo` of an Exchange mailbox, in the order of responses."""

    firstName: str = ""
    lastName: str = ""
    jobTitle: str = ""
    company: str = ""
    department: str = ""
    businessNumber: str = ""
    homeNumber: str = ""
    mobileNumber: str = ""
    faxNumber: str = ""
    pagerNumber: str = ""
    addressLine1: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    notes: str = ""
    customID: str = ""


class Mailbox(Contact, frozen=True, kw_only=True):
    """An Exchange mailbox. size: MB. lastLogin, createdDate: in the vendor's format (`views.timestamp`).

    primaryAddress: empty for name@domain; further addresses are `EmailAddress` records.
    """

    table: ClassVar[str] = "mailboxes"
    indexes: ClassVar[Mapping[str, Index]] = {
        "domain": lambda mailbox: mailbox.domain.lower(),
        "address": lambda mailbox: mailbox.address.lower(),
    }

    domain: str
    name: str
    displayName: str
    password: str = ""
    size: int = 2048
    isHidden: bool = False
    visibleInRackspaceEmailCompanyDirectory: bool = False
    isPublicFolderAdmin: bool = False
    enabled: bool = True
    lastLogin: str = ""
    createdDate: str = ""
    emailForwardingAddress: str = ""
    saveForwardedEmail: bool = False
    hasBlackBerryMobileService: bool = False
    samAccountName: str = ""
    primaryAddress: str = ""

    @property
    def key(self) -> str:
        """Return domain and name."""
        return mailbox_key(self.domain, self.name)

    @property
    def address(self) -> str:
        """Return the address that replies go to."""
        return self.primaryAddress or f"{self.name}@{self.domain}"


class MailboxRecord(CaseInsensitiveRecord, frozen=True, kw_only=True):
    """A record that belongs to an Exchange mailbox. mailbox: its name."""

    key_fields: ClassVar[tuple[str, ...]] = ("domain", "mailbox")

    domain: str
    mailbox: str

    @property
    def mailbox_key(self) -> str:
        """Return the mailbox's key."""
        return mailbox_key(self.domain, self.mailbox)


class EmailAddress(MailboxRecord, frozen=True, kw_only=True):
    """A further address of an Exchange mailbox."""

    table: ClassVar[str] = "email_addresses"
    key_fields = ("address",)
    indexes: ClassVar[Mapping[str, Index]] = {"mailbox": lambda record: record.mailbox_key}

    address: str


class Permission(MailboxRecord, frozen=True, kw_only=True):
    """The permission of a user on an Exchange mailbox of the same domain."""

    table: ClassVar[str] = "permissions"
    key_fields = ("domain", "mailbox", "user")
    indexes: ClassVar[Mapping[str, Index]] = {
        "mailbox": lambda record: record.mailbox_key,
        "user": lambda record: mailbox_key(record.domain, record.user),
    }

    user: str
    permissionType: PermissionType


class ActiveSyncService(MailboxRecord, frozen=True, kw_only=True):
    """An Exchange mailbox's ActiveSync service."""

    table: ClassVar[str] = "active_sync_services"
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda service: service.domain.lower()}

    userName: str
    serverAddress: str = "mex07A.emailsrvr.com"
    domainAddress: str = "mex07A.mlsrvr.com"


class SpamSettings(MailboxRecord, frozen=True, kw_only=True):
    """An Exchange mailbox's spam settings; a mailbox without a record has these defaults."""

    table: ClassVar[str] = "spam_settings"
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda settings: settings.domain.lower()}

    filterLevel: FilterLevel = "on"
    sendToDomainQuarantine: bool = False
    quarantineOwner: str = ""


class RsSpamSettings(MailboxRecord, frozen=True, kw_only=True):
    """A Rackspace Email mailbox's spam settings. spamFolderAgeLimit: days."""

    table: ClassVar[str] = "rs_spam_settings"
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda settings: settings.domain.lower()}

    filterLevel: FilterLevel = "on"
    spamHandling: SpamHandling = "toFolder"
    hasFolderCleaner: bool = True
    spamFolderAgeLimit: int = 7
    spamFolderNumLimit: int = 250
    spamForwardingAddress: str = ""


class DomainSpamSettings(RsSpamSettings, frozen=True, kw_only=True):
    """A domain's spam settings, which its mailboxes without settings have; `mailbox` is empty."""

    table: ClassVar[str] = "domain_spam_settings"

    mailbox: str = ""
    forwardToDomainQuarantine: Quarantine = "off"
    quarantineOwner: str = ""
    defaultQuarantineOwner: str = ""


class SpamListEntry(MailboxRecord, frozen=True, kw_only=True):
    """An address, domain or IP address in a list of a mailbox of either kind, or of a domain: `mailbox` is empty."""

    table: ClassVar[str] = "spam_list_entries"
    key_fields = ("domain", "mailbox", "list", "address")
    indexes: ClassVar[Mapping[str, Index]] = {
        "list": lambda entry: f"{entry.mailbox_key}/{entry.list}",
        "mailbox": lambda entry: entry.mailbox_key,
    }

    list: SpamListName
    address: str


class RsContact(Record, frozen=True, kw_only=True):
    """The `contactInfo` of a Rackspace Email mailbox, in the order of responses."""

    lastName: str = ""
    firstName: str = ""
    generationQualifier: str = ""
    initials: str = ""
    organizationUnit: str = ""
    businessStreet: str = ""
    businessCity: str = ""
    businessState: str = ""
    businessPostalCode: str = ""
    businessCountry: str = ""
    homeStreet: str = ""
    homeCity: str = ""
    homeState: str = ""
    homePostalCode: str = ""
    homeCountry: str = ""
    businessNumber: str = ""
    homeNumber: str = ""
    mobileNumber: str = ""
    faxNumber: str = ""
    homeFaxNumber: str = ""
    pagerNumber: str = ""
    notes: str = ""
    title: str = ""
    userID: str = ""
    organizationalStatus: str = ""
    employeeType: str = ""
    customID: str = ""


class RsMailbox(RsContact, frozen=True, kw_only=True):
    """A Rackspace Email mailbox. size: MB. lastLogin, createdDate: in the vendor's format (`views.timestamp`)."""

    table: ClassVar[str] = "rs_mailboxes"
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda mailbox: mailbox.domain.lower()}

    domain: str
    name: str
    displayName: str = ""
    password: str = ""
    size: int = 25600
    vacationMessage: str = ""
    enableVacationMessage: bool = False
    emailForwardingAddresses: tuple[str, ...] = ()
    saveForwardedEmail: bool = False
    lastLogin: str = ""
    createdDate: str = ""
    visibleInRackspaceEmailCompanyDirectory: bool = True
    visibleInExchangeGAL: bool = False
    enabled: bool = True

    @property
    def key(self) -> str:
        """Return domain and name."""
        return mailbox_key(self.domain, self.name)

    @property
    def address(self) -> str:
        """Return its only address."""
        return f"{self.name}@{self.domain}"


class DeletedRsMailbox(RsMailbox, frozen=True, kw_only=True):
    """A deleted Rackspace Email mailbox, which can be added again with recoverDeleted."""

    table: ClassVar[str] = "deleted_rs_mailboxes"
    indexes: ClassVar[Mapping[str, Index]] = {}


class RsAlias(CaseInsensitiveRecord, frozen=True, kw_only=True):
    """A Rackspace Email alias. members: the addresses that its mail goes to."""

    table: ClassVar[str] = "rs_aliases"
    key_fields = ("domain", "name")
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda alias: alias.domain.lower()}

    domain: str
    name: str
    members: tuple[str, ...] = ()


class DistributionList(CaseInsensitiveRecord, frozen=True, kw_only=True):
    """An Exchange distribution list; fields in PascalCase are named as on the wire. Members, Senders: addresses."""

    table: ClassVar[str] = "distribution_lists"
    key_fields = ("domain", "CommonName")
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda found: found.domain.lower()}

    domain: str
    CommonName: str
    DisplayName: str
    Description: str = ""
    IsHiddenFromAddressList: bool = False
    Members: tuple[str, ...] = ()
    Senders: tuple[str, ...] = ()
