"""What Rackspace's state is made of, with fields by the names that its answers and forms have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from mockmail.core.state.records import Index, Record

# ruff: noqa: N815  # fields are named as they are on the wire

VENDOR = "rackspace"

FilterLevel = Literal["on", "off", "exclusive"]
PermissionType = Literal["sendAs", "fullAccess", "both"]


def mailbox_key(domain: str, name: str) -> str:
    """The key of a mailbox, and of what a mailbox has one of; mailboxes of a domain are sorted by name by it."""
    return f"{domain}/{name}".lower()


class ApiKey(Record, frozen=True, kw_only=True):
    """A pair of keys and whose they are. role: a reseller reaches its customers, a business user only itself."""

    table: ClassVar[str] = "api_keys"

    userKey: str
    secretKey: str
    accountNumber: str
    role: Literal["reseller", "business"] = "business"

    @property
    def key(self) -> str:
        """The user key."""
        return self.userKey


class RequestCount(Record, frozen=True, kw_only=True):
    """How many reads, or writes, a user key made in the last minute that it made any. minute: since 1970."""

    table: ClassVar[str] = "request_counts"

    userKey: str
    reads: bool
    minute: int
    calls: int

    @property
    def key(self) -> str:
        """The user key and what is counted."""
        return f"{self.userKey} {'reads' if self.reads else 'writes'}"


class Customer(Record, frozen=True, kw_only=True):
    """A customer. reseller: the account number of the customer through which it came, if any."""

    table: ClassVar[str] = "customers"
    indexes: ClassVar[Mapping[str, Index]] = {"reseller": lambda customer: customer.reseller}

    accountNumber: str
    name: str = ""
    referenceNumber: str = ""
    reseller: str | None = None

    @property
    def key(self) -> str:
        """The account number."""
        return self.accountNumber


class Domain(Record, frozen=True, kw_only=True):
    """A customer's domain; its name is found in any case. Sizes in MB.

    serviceType: the services it has mailboxes of. exchangeMaxNumMailboxes, rsEmailMaxNumberMailboxes: of each, how
    many; as good as any number unless a seed says otherwise.
    """

    table: ClassVar[str] = "domains"
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

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.lower()


class Mailbox(Record, frozen=True, kw_only=True):
    """An Exchange mailbox. size: MB. lastLogin, createdDate: in the vendor's own words.

    primaryAddress: empty for name@domain; further ones are `EmailAddress` records.
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
    emailForwardingAddress: str = ""
    saveForwardedEmail: bool = False
    hasBlackBerryMobileService: bool = False
    samAccountName: str = ""
    primaryAddress: str = ""

    @property
    def key(self) -> str:
        """Domain and name."""
        return mailbox_key(self.domain, self.name)

    @property
    def address(self) -> str:
        """The address that replies go to."""
        return self.primaryAddress or f"{self.name}@{self.domain}"


class EmailAddress(Record, frozen=True, kw_only=True):
    """A further address of an Exchange mailbox. mailbox: its name."""

    table: ClassVar[str] = "email_addresses"
    indexes: ClassVar[Mapping[str, Index]] = {"mailbox": lambda one: mailbox_key(one.domain, one.mailbox)}

    address: str
    domain: str
    mailbox: str

    @property
    def key(self) -> str:
        """The address in lower case."""
        return self.address.lower()


class Permission(Record, frozen=True, kw_only=True):
    """What a user may do with somebody's Exchange mailbox; both are named, in one domain."""

    table: ClassVar[str] = "permissions"
    indexes: ClassVar[Mapping[str, Index]] = {
        "mailbox": lambda one: mailbox_key(one.domain, one.mailbox),
        "user": lambda one: mailbox_key(one.domain, one.user),
    }

    domain: str
    mailbox: str
    user: str
    permissionType: PermissionType

    @property
    def key(self) -> str:
        """The mailbox's key, and the user."""
        return f"{mailbox_key(self.domain, self.mailbox)}/{self.user.lower()}"


class ActiveSyncService(Record, frozen=True, kw_only=True):
    """An Exchange mailbox's ActiveSync service."""

    table: ClassVar[str] = "active_sync_services"
    indexes: ClassVar[Mapping[str, Index]] = {"domain": lambda service: service.domain.lower()}

    domain: str
    mailbox: str
    userName: str
    serverAddress: str = "mex07A.emailsrvr.com"
    domainAddress: str = "mex07A.mlsrvr.com"

    @property
    def key(self) -> str:
        """The mailbox's key."""
        return mailbox_key(self.domain, self.mailbox)


class SpamSettings(Record, frozen=True, kw_only=True):
    """An Exchange mailbox's spam settings; a mailbox without a record has these defaults."""

    table: ClassVar[str] = "spam_settings"

    domain: str
    mailbox: str
    filterLevel: FilterLevel = "on"
    sendToDomainQuarantine: bool = False
    quarantineOwner: str = ""

    @property
    def key(self) -> str:
        """The mailbox's key."""
        return mailbox_key(self.domain, self.mailbox)


class SpamListEntry(Record, frozen=True, kw_only=True):
    """An address, domain or IP address on one of an Exchange mailbox's lists."""

    table: ClassVar[str] = "spam_list_entries"
    indexes: ClassVar[Mapping[str, Index]] = {
        "list": lambda entry: f"{mailbox_key(entry.domain, entry.mailbox)}/{entry.list}",
        "mailbox": lambda entry: mailbox_key(entry.domain, entry.mailbox),
    }

    domain: str
    mailbox: str
    list: Literal["blocklist", "ipblocklist", "safelist", "ipsafelist"]
    address: str

    @property
    def key(self) -> str:
        """The mailbox's key, the list and the address."""
        return f"{mailbox_key(self.domain, self.mailbox)}/{self.list}/{self.address.lower()}"


class RsMailbox(Record, frozen=True, kw_only=True):
    """A Rackspace Email mailbox. size: MB. lastLogin, createdDate: in the vendor's own words."""

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
    enabled: bool = True

    @property
    def key(self) -> str:
        """Domain and name."""
        return mailbox_key(self.domain, self.name)

    @property
    def address(self) -> str:
        """Its one address."""
        return f"{self.name}@{self.domain}"


class DeletedRsMailbox(RsMailbox, frozen=True, kw_only=True):
    """A Rackspace Email mailbox that was deleted, and can be added again with recoverDeleted."""

    table: ClassVar[str] = "deleted_rs_mailboxes"
    indexes: ClassVar[Mapping[str, Index]] = {}


MODELS = (
    ApiKey,
    RequestCount,
    Customer,
    Domain,
    Mailbox,
    EmailAddress,
    Permission,
    ActiveSyncService,
    SpamSettings,
    SpamListEntry,
    RsMailbox,
    DeletedRsMailbox,
)
