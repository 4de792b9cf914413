"""The parameters of Rackspace's operations, and the rules for their values.

Beyond the messages that the page shows, no rule of the vendor's is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, make_dataclass, replace
from typing import Any, ClassVar, Self, TypeVar, get_args

from mockmail.core.state.records import Record
from mockmail.vendors.rackspace.errors import BadRequest, Fault, Invalid, invalid_value, missing
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import AdminType, FilterLevel, PermissionType, Quarantine, SpamHandling
from mockmail.wire.parameters import (
    JSON_CONVERTERS,
    TEXT_CONVERTERS,
    BindingRules,
    Converter,
    ErrorKind,
    Mismatch,
    given,
    parameter,
)

# ruff: noqa: N815  # fields are named as they are on the wire

F = TypeVar("F", bound="AnyMailboxFields")

LARGEST_PAGE = 250
LARGEST_NUMBER = 2**31 - 1
"""The largest number in any field, such as an offset, or a mailbox's size in MB."""
LONGEST_LOCAL_PART = 64
LONGEST_DISPLAY_NAME = 256
SHORTEST_PASSWORD = 8
MOST_DOMAIN_NAMES = 100
MOST_LISTED = 1000
"""The most addresses in one field."""
STARTS_WITH_DIGIT = "0-9"
"""The value of `startswith` for names that begin with a digit."""

_USER_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._&'-]{0,62}[a-z0-9_-])?", re.IGNORECASE | re.ASCII)
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The query of any list. fields: names, separated by commas."""

    size: int = 50
    offset: int = parameter(default=0, minimum=0, maximum=LARGEST_NUMBER)
    startswith: str | None = None
    contains: str | None = None
    enabled: bool | None = None
    fields: str | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """Return the requested further fields, in lower case."""
        return frozenset(name.strip().lower() for name in self.fields.split(",")) if self.fields else frozenset()

    @property
    def is_filtered(self) -> bool:
        """Return whether some rows may be left out."""
        return self.startswith is not None or self.contains is not None or self.enabled is not None

    def check_page(self, options: Options) -> Self:
        """Return the listing with an allowed size. Raise BadRequest."""
        if self.startswith is not None and self.contains is not None:
            raise BadRequest("startswith and contains cannot be used together")
        if self.size < 1 or (self.size > LARGEST_PAGE and options.oversize_page_is_refused):
            raise invalid_value("size")
        return self if self.size <= LARGEST_PAGE else replace(self, size=LARGEST_PAGE)

    def matches(self, name: str, *others: str, enabled: bool | None = None) -> bool:
        """Return whether a row with this name and these further texts is searched for, case-insensitive.

        enabled: None for a row that cannot be disabled.
        """
        if self.enabled is not None and enabled is not None and enabled != self.enabled:
            return False
        if self.startswith == STARTS_WITH_DIGIT:
            return name[:1].isdecimal()
        if self.startswith is not None:
            return any(text.lower().startswith(self.startswith.lower()) for text in (name, *others))
        if self.contains is not None:
            return any(self.contains.lower() in text.lower() for text in (name, *others))
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainListing(Listing):
    """The query of a list of domains. domainNames: the only domains wanted, separated by commas."""

    domainNames: str | None = None

    @property
    def names(self) -> Collection[str]:
        """Return the wanted domains, in lower case. Raise BadRequest for too many."""
        return set(listed("domainNames", (self.domainNames or "").lower(), most=MOST_DOMAIN_NAMES))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyMailboxFields:
    """The fields that Add and Edit of both kinds of mailbox have; None is a field that was not sent.

    The forms of the operations have the fields of the contact too: see `with_contact`.
    """

    invalid: ClassVar[type[Fault]] = BadRequest
    required: ClassVar[tuple[str, ...]]

    displayName: str | None = None
    password: str | None = None
    size: int | None = None
    saveForwardedEmail: bool | None = None
    visibleInRackspaceEmailCompanyDirectory: bool | None = None
    enabled: bool | None = None

    def check_name(self, name: str) -> None:
        """Raise `invalid` if no mailbox may have this name."""
        if not is_user_name(name):
            raise self.invalid("Invalid user name")

    def check_required(self) -> None:
        """Raise BadRequest for the first field that an Add needs and that is missing or empty."""
        for name in self.required:
            if getattr(self, name) in (None, ""):
                raise missing(name)

    def check(self) -> None:
        """Raise `invalid` for a wrong value (Rackspace API documentation, "Add/Edit", Errors)."""
        if self.password is not None and len(self.password) < SHORTEST_PASSWORD:
            raise self.invalid(f"Password must be at least {SHORTEST_PASSWORD} characters long")
        if self.size is not None and not 1 <= self.size <= LARGEST_NUMBER:
            raise invalid_value("size", self.invalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFields(AnyMailboxFields):
    """The form of an Exchange mailbox (Rackspace API documentation, "Add/Edit")."""

    required = ("displayName", "password", "size")

    isHidden: bool | None = None
    isPublicFolderAdmin: bool | None = None
    emailForwardingAddress: str | None = None

    def check(self) -> None:
        """Raise BadRequest for a wrong value (Rackspace API documentation, "Add/Edit", Errors)."""
        name = self.displayName
        if name is not None and (not name.strip() or len(name) > LONGEST_DISPLAY_NAME or not name.isprintable()):
            raise BadRequest("Invalid display name")
        AnyMailboxFields.check(self)  # `super()` fails in a dataclass with slots
        if self.emailForwardingAddress and not is_address(self.emailForwardingAddress):
            raise invalid_value("emailForwardingAddress")


@dataclass(frozen=True, slots=True, kw_only=True)
class RsMailboxFields(AnyMailboxFields):
    """The form, or JSON, of a Rackspace Email mailbox. emailForwardingAddresses: separated by commas."""

    invalid = Invalid
    required = ("password",)

    name: str | None = None
    recoverDeleted: bool | None = None
    vacationMessage: str | None = None
    enableVacationMessage: bool | None = None
    emailForwardingAddresses: str | None = None
    visibleInExchangeGAL: bool | None = None

    @property
    def forwards(self) -> tuple[str, ...]:
        """Return the addresses to forward to. Raise Invalid for too many."""
        return tuple(listed("emailForwardingAddresses", self.emailForwardingAddresses or "", Invalid))

    def changes(self) -> Mapping[str, Any]:
        """Return the fields of the record that were sent, apart from the name."""
        values = given(self, omit=("name", "recoverDeleted"))
        if "emailForwardingAddresses" in values:
            values["emailForwardingAddresses"] = self.forwards
        return values

    def check(self) -> None:
        """Raise Invalid for a wrong value."""
        AnyMailboxFields.check(self)
        if not all(is_address(address) for address in self.forwards):
            raise invalid_value("emailForwardingAddresses", Invalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionForm:
    """The type of a permission."""

    permission: PermissionType = parameter(message="Invalid permission type")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchAllForm:
    """The address for mail to unknown addresses of a domain; an empty address removes it."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasForm:
    """aliasEmails: the members of an alias, separated by commas."""

    aliasEmails: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminForm:
    """The form of an administrator. restrictedIps: separated by commas."""

    required: ClassVar[tuple[str, ...]] = (
        "type",
        "password",
        "firstName",
        "lastName",
        "email",
        "securityQuestion",
        "securityAnswer",
    )

    type: AdminType | None = None
    password: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    email: str | None = None
    securityQuestion: str | None = None
    securityAnswer: str | None = None
    passwordExpiration: int | None = parameter(default=None, minimum=0, maximum=LARGEST_NUMBER)
    allowSimultaneousLogins: bool | None = None
    restrictedIps: str | None = None
    enabled: bool | None = None
    locked: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Return the fields of the record that were sent. Raise BadRequest for a wrong value."""
        if self.password is not None and len(self.password) < SHORTEST_PASSWORD:
            raise BadRequest(f"Password must be at least {SHORTEST_PASSWORD} characters long")
        if self.email and not is_address(self.email):
            raise invalid_value("email")
        values = given(self)
        if self.restrictedIps is not None:
            values["restrictedIps"] = tuple(listed("restrictedIps", self.restrictedIps))
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The query of Exchange's newer lists: the entries after the one named by `marker`."""

    search: str = ""
    marker: str = ""
    limit: int = parameter(default=50, minimum=1, maximum=100)
    previousPage: bool = False
    sort: str = "CN"
    order: str = "asc"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """An entry of a list to add or to remove. Value: an address, or a name in the domain."""

    action: str = parameter("Action", default="Add")
    value: str = parameter("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChanges:
    """The changes of the members or the senders of a distribution list."""

    recipients: tuple[ListChange, ...] = parameter("Recipients", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionListBody:
    """A distribution list, in JSON: the vendor does not take a form here."""

    is_json: ClassVar[bool] = True

    commonName: str | None = parameter("CommonName", default=None)
    displayName: str | None = parameter("DisplayName", default=None, max_length=LONGEST_DISPLAY_NAME)
    description: str | None = parameter("Description", default=None)
    isHiddenFromAddressList: bool | None = parameter("IsHiddenFromAddressList", default=None)
    members: ListChanges = parameter("Members", default=ListChanges())
    acceptMessagesOnlyFrom: ListChanges = parameter("AcceptMessagesOnlyFrom", default=ListChanges())


def with_contact(form: type[F], contact: type[Record]) -> type[F]:
    """Return a form that also has each field of a contact."""
    names = [(name, str | None, None) for name in contact.__struct_fields__]
    return make_dataclass(form.__name__, names, bases=(form,), frozen=True, slots=True, kw_only=True)


def is_user_name(text: str) -> bool:
    """Return whether a mailbox may have a name."""
    return ".." not in text and _USER_NAME.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Return whether a text is an e-mail address."""
    local, _, domain = text.rpartition("@")
    return (
        len(local) <= LONGEST_LOCAL_PART
        and _LOCAL_PART.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def listed(name: str, text: str, error: type[Fault] = BadRequest, *, most: int = MOST_LISTED) -> list[str]:
    """Return the values of a field, separated by commas. Raise `error` for more than `most`."""
    parts = text.split(",", most)
    if len(parts) > most:
        raise invalid_value(name, error)
    return [part.strip() for part in parts if part.strip()]


def _choice(literal: Any) -> Converter:
    # Case-insensitive; the value is spelled as responses write it.
    known: Mapping[str, str] = {option.lower(): option for option in get_args(literal)}

    def convert(raw: str) -> str:
        if raw.strip().lower() not in known:
            raise Mismatch(ErrorKind.NOT_A_CHOICE)
        return known[raw.strip().lower()]

    return convert


CHOICES = {literal: _choice(literal) for literal in (FilterLevel, PermissionType, SpamHandling, Quarantine, AdminType)}

BINDING_RULES = BindingRules(converters={**TEXT_CONVERTERS, **CHOICES}, repeated_values=True, case_insensitive=True)
JSON_RULES = BindingRules(converters=JSON_CONVERTERS, case_insensitive=True, null_is_missing=True)
