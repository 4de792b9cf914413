"""The parameters of Rackspace's operations, and the rules for their values.

Beyond the messages that the page shows, no rule of the vendor's is known.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, fields, make_dataclass, replace
from typing import Any, ClassVar, Self, TypeVar, get_args

from mockmail.core.state.records import Record
from mockmail.vendors.rackspace.errors import BadRequest, Fault, Invalid, invalid_value, missing
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import FilterLevel, PermissionType

# ruff: noqa: N815  # fields are named as they are on the wire

F = TypeVar("F", bound="AnyMailboxFields")

LARGEST_PAGE = 250
LARGEST_OFFSET = 2**31 - 1
LARGEST_SIZE = 2**31 - 1
"""The largest mailbox, in MB."""
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
_SPAM_PATTERN = re.compile(r"[^@\s,]{0,64}@[^@\s,/]{1,253}|[^@\s,/]{1,253}\.[^@\s,/]{1,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The query of any list. fields: names, separated by commas."""

    size: int = 50
    offset: int = 0
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
        """Return the listing with an allowed size. Raises BadRequest."""
        if self.startswith is not None and self.contains is not None:
            raise BadRequest("startswith and contains cannot be used together")
        if self.size < 1 or (self.size > LARGEST_PAGE and options.oversize_page_is_refused):
            raise invalid_value("size")
        if not 0 <= self.offset <= LARGEST_OFFSET:
            raise invalid_value("offset")
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
        """Return the wanted domains, in lower case. Raises BadRequest for too many."""
        names = (self.domainNames or "").split(",", MOST_DOMAIN_NAMES)
        if len(names) > MOST_DOMAIN_NAMES:
            raise invalid_value("domainNames")
        return {name.strip().lower() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyMailboxFields:
    """The fields that Add and Edit of both kinds of mailbox have; None is a field that was not sent.

    The forms of the operations have the fields of the contact too: see `with_contact`.
    """

    invalid: ClassVar[type[Fault]] = BadRequest

    displayName: str | None = None
    password: str | None = None
    size: int | None = None
    saveForwardedEmail: bool | None = None
    visibleInRackspaceEmailCompanyDirectory: bool | None = None
    enabled: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Return the fields of the record that were sent."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def check(self) -> None:
        """Raise `invalid` for a wrong value (Rackspace API documentation, "Add/Edit", Errors)."""
        if self.password is not None and len(self.password) < SHORTEST_PASSWORD:
            raise self.invalid(f"Password must be at least {SHORTEST_PASSWORD} characters long")
        if self.size is not None and not 1 <= self.size <= LARGEST_SIZE:
            raise invalid_value("size", self.invalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFields(AnyMailboxFields):
    """The form of an Exchange mailbox (Rackspace API documentation, "Add/Edit")."""

    isHidden: bool | None = None
    isPublicFolderAdmin: bool | None = None
    emailForwardingAddress: str | None = None

    def check_required(self) -> None:
        """Raise BadRequest for the first field that an Add needs and that is missing or empty."""
        for name in ("displayName", "password", "size"):
            if getattr(self, name) in (None, ""):
                raise missing(name)

    def check(self) -> None:
        """Raise BadRequest for a wrong value (Rackspace API documentation, "Add/Edit", Errors)."""
        if self.displayName is not None and not is_display_name(self.displayName):
            raise BadRequest("Invalid display name")
        AnyMailboxFields.check(self)  # `super()` fails in a dataclass with slots
        if self.emailForwardingAddress and not is_address(self.emailForwardingAddress):
            raise invalid_value("emailForwardingAddress")


@dataclass(frozen=True, slots=True, kw_only=True)
class RsMailboxFields(AnyMailboxFields):
    """The form, or JSON, of a Rackspace Email mailbox. emailForwardingAddresses: separated by commas."""

    invalid = Invalid
    takes_json: ClassVar[bool] = True

    name: str | None = None
    recoverDeleted: bool | None = None
    vacationMessage: str | None = None
    enableVacationMessage: bool | None = None
    emailForwardingAddresses: str | None = None
    visibleInExchangeGAL: bool | None = None

    @property
    def forwards(self) -> tuple[str, ...]:
        """Return the addresses to forward to. Raises Invalid for too many."""
        return tuple(listed("emailForwardingAddresses", self.emailForwardingAddresses or "", Invalid))

    def changes(self) -> dict[str, Any]:
        """Return the fields of the record that were sent, apart from the name."""
        values = AnyMailboxFields.changes(self)
        if self.emailForwardingAddresses is not None:
            values["emailForwardingAddresses"] = self.forwards
        return {name: value for name, value in values.items() if name not in ("name", "recoverDeleted")}

    def check(self) -> None:
        """Raise Invalid for a wrong value."""
        AnyMailboxFields.check(self)
        if not all(is_address(address) for address in self.forwards):
            raise invalid_value("emailForwardingAddresses", Invalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionForm:
    """permission: one of the types, case-insensitive."""

    permission: str

    @property
    def type(self) -> PermissionType:
        """Return the type as responses write it. Raises BadRequest."""
        if not self.permission:
            raise missing("permission")
        for known in get_args(PermissionType):
            if known.lower() == self.permission.strip().lower():
                return known  # type: ignore[no-any-return]
        raise BadRequest("Invalid permission type")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamSettingsForm:
    """filterlevel is required, and in lower case in the vendor's table; the other fields change the settings."""

    filterlevel: str
    sendToDomainQuarantine: bool | None = None
    quarantineOwner: str | None = None
    removeQuarantineOwner: bool = False

    @property
    def level(self) -> FilterLevel:
        """Return the level as responses write it. Raises BadRequest."""
        if not self.filterlevel:
            raise missing("filterlevel")
        for known in get_args(FilterLevel):
            if known == self.filterlevel.strip().lower():
                return known  # type: ignore[no-any-return]
        raise invalid_value("filterlevel")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamListForm:
    """The addresses to add and to remove, separated by commas."""

    addList: str = ""
    removeList: str = ""


def with_contact(form: type[F], contact: type[Record]) -> type[F]:
    """Return a form that also has each field of a contact."""
    names = [(name, str | None, None) for name in contact.__struct_fields__]
    return make_dataclass(form.__name__, names, bases=(form,), frozen=True, slots=True, kw_only=True)


def is_user_name(text: str) -> bool:
    """Return whether a mailbox may have this name."""
    return ".." not in text and _USER_NAME.fullmatch(text) is not None


def is_display_name(text: str) -> bool:
    """Return whether a mailbox may have this display name: not blank, and on one line."""
    return bool(text.strip()) and len(text) <= LONGEST_DISPLAY_NAME and text.isprintable()


def is_address(text: str) -> bool:
    """Return whether a text is an e-mail address."""
    local, _, domain = text.rpartition("@")
    return (
        len(local) <= LONGEST_LOCAL_PART
        and _LOCAL_PART.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def is_ip_network(text: str) -> bool:
    """Return whether a text is an IP address or a network of them."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_spam_pattern(text: str) -> bool:
    """Return whether a text is an address or a domain that a spam list can have, with wildcards."""
    return _SPAM_PATTERN.fullmatch(text) is not None and text.isprintable()


def listed(name: str, text: str, error: type[Fault] = BadRequest) -> list[str]:
    """Return the values of a field, separated by commas. Raises `error` for too many."""
    parts = text.split(",", MOST_LISTED)
    if len(parts) > MOST_LISTED:
        raise invalid_value(name, error)
    return [part.strip() for part in parts if part.strip()]
