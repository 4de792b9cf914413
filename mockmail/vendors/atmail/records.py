"""Records of atmail's state. Their fields are the columns of the vendor's database, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from mockmail.core.mail.addresses import ascii_domain
from mockmail.core.state.records import Index, Record, Sum
from mockmail.core.vendor import Call, CallerT, OptionsT

# ruff: noqa: N815  # fields are named as the vendor's columns, because responses print them so

AliasType = Literal["Local", "Deliver", "Domain"]


class AdminUser(Record, frozen=True, kw_only=True):
    """An administrator. The password is kept as it was set; responses show it as CHANGEME.

    leftEdge, rightEdge: its place in the nested set of administrators, around those that it created. A seed may leave
        them out.
    modified: the time of its last update, as `YYYY-MM-DD hh:mm:ss`; lastLogin: in seconds since 1970.
    numUsers: the number of accounts that it may create (16777215: any number; None: the first admin).
    quota: MB for all its accounts together (0: unlimited; None: the first admin).
    """

    table: ClassVar[str] = "users"
    key_fields = ("userId",)
    indexes: ClassVar[Mapping[str, Index]] = {
        "username": lambda user: user.username.lower(),
        "root": lambda user: True if user.createdByUserId is None else None,
        "createdByUserId": lambda user: user.createdByUserId,
        "unplaced": lambda user: user.is_unplaced or None,
    }

    userId: int
    leftEdge: int = 0
    rightEdge: int = 0
    createdByUserId: int | None = None
    username: str
    password: str
    numUsers: int | None = None
    company: str = ""
    fullname: str = ""
    emailAddress: str = ""
    dateCreate: str = ""
    lastLogin: int | None = None
    modified: str = ""
    ipAddress: str = ""
    quota: int | None = None
    language: str = "en"
    cssColorTheme: str = "darkblue"
    welcomeDisplayed: int = 0
    roleId: int = 0
    permissionIds: tuple[int, ...] = ()
    domainIds: tuple[int, ...] = ()

    @property
    def is_unplaced(self) -> bool:
        """Return whether it has no place in the nested set: no edges, or edges that cannot enclose anything."""
        return self.leftEdge >= self.rightEdge


class Role(Record, frozen=True, kw_only=True):
    """A role. roleHierarchy: the ids of the roles above it, the nearest last, as `|1|`."""

    table: ClassVar[str] = "roles"
    key_fields = ("roleId",)

    roleId: int
    roleName: str
    roleDescription: str = ""
    roleHierarchy: str = ""
    roleEnabled: int = 1
    createdByUserId: int | None = None
    permissionIds: tuple[int, ...] = ()


class Permission(Record, frozen=True, kw_only=True):
    """A right that a role or an admin has."""

    table: ClassVar[str] = "permissions"
    key_fields = ("permissionId",)

    permissionId: int
    permissionName: str
    permissionDescription: str = ""


class Domain(Record, frozen=True, kw_only=True):
    """A domain whose mail the server hosts; its name is case-insensitive."""

    table: ClassVar[str] = "domains"
    key_fields = ("domainId",)
    indexes: ClassVar[Mapping[str, Index]] = {"domainName": lambda domain: canonical(domain.domainName)}

    domainId: int
    domainName: str


class Account(Record, frozen=True, kw_only=True):
    """A mailbox. The password is kept as it was set; responses show it as CHANGEME.

    userStatus: 0 enabled, 1 disabled. quota: MB, 0 for unlimited. homeDir: empty for the default, see `home`.
    """

    table: ClassVar[str] = "accounts"
    key_fields = ("accountId",)
    indexes: ClassVar[Mapping[str, Index]] = {
        "username": lambda account: canonical(account.username),
        "domainId": lambda account: account.domainId,
        "createdByUserId": lambda account: account.createdByUserId,
    }
    sums: ClassVar[Mapping[str, Sum]] = {
        "quota": (lambda account: account.createdByUserId, lambda account: account.quota),
    }

    accountId: int
    createdByUserId: int = 1
    username: str
    password: str
    domainId: int
    dateModified: str = ""
    dateCreate: str = ""
    userStatus: int = 0
    homeDir: str = ""
    forward: str = ""
    autoReply: str = ""
    quota: int = 1024
    lastLogin: str = ""
    autoReplyEnabled: int = 0
    autoReplySubject: str = ""
    autoReplyStart: str = ""
    autoReplyEnd: str = ""
    mboxServer: int = 1
    mboxType: str = "Maildir"
    groupId: int = 1
    firstName: str = ""
    lastName: str = ""

    @property
    def home(self) -> str:
        """Return its home directory as responses show it (atmail API documentation, "CREATE ACCOUNT")."""
        return self.homeDir or home_of(self.username)


class Alias(Record, frozen=True, kw_only=True):
    """An alias.

    aliasType: Local (mail goes to AliasTo), Deliver (a copy stays too) or Domain (both names are domains).
    DomainPart: the domain of AliasName; empty for the default, see `domain_part`. Domain: AliasName of an alias of type
        Domain, else empty.
    """

    table: ClassVar[str] = "aliases"
    key_fields = ("id",)
    indexes: ClassVar[Mapping[str, Index]] = {
        "AliasName": lambda alias: canonical(alias.AliasName),
        "AliasTo": lambda alias: canonical(alias.AliasTo),
        "DomainPart": lambda alias: canonical(alias.domain_part),
    }

    AliasName: str
    AliasTo: str
    Domain: str = ""
    DateCreate: str = ""
    id: int
    aliasType: AliasType
    DomainPart: str = ""

    @property
    def domain_part(self) -> str:
        """Return the domain that AliasName is in, or that it is."""
        return self.DomainPart or self.AliasName.rpartition("@")[2]


def canonical(name: str) -> str:
    """Return the form that all spellings of a domain or an address share: `jäger.com` and `xn--jger-loa.com`, any case.

    A non-ASCII domain without an ASCII form is returned lower-cased.
    """
    lowered = name.strip().lower()
    if lowered.isascii():
        return lowered
    local_part, at, domain = lowered.rpartition("@")
    try:
        return f"{local_part}{at}{ascii_domain(domain)}".lower()
    except UnicodeError:
        return lowered


def home_of(address: str) -> str:
    """Return the home directory of a new account, below one for each of the first three characters of its name.

    Assumed: a shorter name has fewer directories.
    """
    return f"/var/atmail/users/{'/'.join(address.rpartition('@')[0][:3])}/{address}/"


def new_id(call: Call[CallerT, OptionsT], model: type[Record]) -> int:
    """Return the next id of a table that no record of a seed has taken."""
    while True:
        number = call.world.store.next_number(call.vendor.name, model.table)
        if str(number) not in call.records(model):
            return number


def timestamp(call: Call[CallerT, OptionsT]) -> str:
    """Return the sandbox's time as the vendor's columns hold it."""
    return call.world.clock.now().strftime("%Y-%m-%d %H:%M:%S")
