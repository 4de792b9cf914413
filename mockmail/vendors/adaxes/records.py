"""What Adaxes' state is made of, with the members of its JSON by their own names."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from msgspec import field
from msgspec.structs import force_setattr

from mockmail.core.errors import SeedError
from mockmail.core.state.records import Index, Record
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.identity import domain_of, is_guid, is_sid, normal_dn, normal_guid, relative_names
from mockmail.vendors.adaxes.options import OPERATIONS, operations_named
from mockmail.vendors.adaxes.result import Message

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

PORTS = range(1, 65536)


class DirectoryObject(Record, frozen=True, kw_only=True):
    """A user, or anything else that a directory holds.

    guid: one is made from the DN where it is empty. sid: empty for what has none, such as a contact.
    properties: values by LDAP name, `{"mail": ["john@example.com"]}`; `mail` is the Email property, `mobile` the phone.
    password: None for what nobody can log in with; logon names are the properties `userPrincipalName` and
        `sAMAccountName`.
    passwordChangedAtUtc, passwordExpiresAtUtc: what is told of the password; None for never. Only `passwordExpired`
        says that it has expired.
    deniedOperations: what its security roles do not allow it (`SendEmail`, `*`).
    apiAccess, logonHoursAllow: whether it may log in at all, and now. failedLogons: wrong passwords in a row.
    """

    table: ClassVar[str] = "directoryObjects"
    indexes: ClassVar[Mapping[str, Index]] = {
        "guid": lambda one: one.object_guid,
        "sid": lambda one: one.sid.upper() or None,
        "userPrincipalName": lambda one: one.user_principal_name or None,
        "accountName": lambda one: one.account_name or None,
    }

    dn: str
    guid: str = ""
    sid: str = ""
    objectType: str = "user"
    properties: dict[str, Any] = field(default_factory=dict)
    password: str | None = None
    passwordExpired: bool = False
    passwordChangedAtUtc: str | None = None
    passwordExpiresAtUtc: str | None = None
    isDisabled: bool = False
    isLocked: bool = False
    expirationDate: str | None = None
    logonHoursAllow: bool = True
    apiAccess: bool = True
    failedLogons: int = 0
    deniedOperations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        moments.check("expirationDate", self.expirationDate)
        moments.check("passwordChangedAtUtc", self.passwordChangedAtUtc)
        moments.check("passwordExpiresAtUtc", self.passwordExpiresAtUtc)
        if self.guid and not is_guid(self.guid):
            raise SeedError(f"guid: expected one such as 7a4267ce-d354-44e7-8bd6-c681f1284a41, came {self.guid!r:.200}")
        if self.sid and not is_sid(self.sid):
            raise SeedError(f"sid: expected one such as S-1-5-21-3635565734-1729062999-1627, came {self.sid!r:.200}")
        if self.deniedOperations:
            force_setattr(self, "deniedOperations", _denied(self.deniedOperations))

    @property
    def key(self) -> str:
        """The distinguished name, in the form in which all its spellings are one."""
        key = normal_dn(self.dn)
        if key is None:
            raise SeedError(
                f"dn: expected a distinguished name such as CN=Jane Doe,DC=example,DC=com, came {self.dn!r:.200}"
            )
        return key

    @property
    def object_guid(self) -> str:
        """The GUID."""
        return normal_guid(self.guid) if self.guid else str(uuid.uuid5(uuid.NAMESPACE_X500, self.key))

    @property
    def user_principal_name(self) -> str:
        """The logon name `user@domain`, in lower case."""
        return self.text("userPrincipalName").lower()

    @property
    def account_name(self) -> str:
        """The other logon name: the first label of the domain, a backslash, the user; in lower case."""
        name = self.text("sAMAccountName").lower()
        return f"{domain_of(self.dn).partition('.')[0].lower()}\\{name}" if name else ""

    @property
    def display_name(self) -> str:
        """The display name, which comes from the relative distinguished name by default."""
        names = relative_names(self.dn)
        return names[0][1] if names else ""

    def values(self, name: str) -> list[Any]:
        """A property's values; its name may be in any case."""
        found = self.properties.get(name)
        if found is None:
            wanted = name.lower()
            found = next((value for known, value in self.properties.items() if known.lower() == wanted), None)
        if found is None:
            return []
        return list(found) if isinstance(found, list | tuple) else [found]

    def text(self, name: str) -> str:
        """A property's first value as text; empty where it has none."""
        values = self.values(name)
        return str(values[0]).strip() if values else ""


class AuthSession(Record, frozen=True, kw_only=True):
    """An authentication session, which is good for issuing tokens. account: DN, GUID or SID."""

    table: ClassVar[str] = "authSessions"

    sessionId: str
    account: str
    expiresAtUtc: str

    def __post_init__(self) -> None:
        moments.check("expiresAtUtc", self.expiresAtUtc)

    @property
    def key(self) -> str:
        """The session's id."""
        return self.sessionId


class Token(Record, frozen=True, kw_only=True):
    """A security token.

    account: DN, GUID or SID. expiresAtUtc: None for one that never expires, as New-AdmAccountToken makes them.
    """

    table: ClassVar[str] = "tokens"

    token: str
    account: str
    expiresAtUtc: str | None = None

    def __post_init__(self) -> None:
        moments.check("expiresAtUtc", self.expiresAtUtc)

    @property
    def key(self) -> str:
        """The token."""
        return self.token


class MailSettings(Record, frozen=True, kw_only=True):
    """The mail settings, of which there is one record. host: empty where nobody configured them.

    fromAddress: what mail is sent from where the caller has no Email.
    """

    table: ClassVar[str] = "mailSettings"
    KEY: ClassVar[str] = "mailSettings"

    host: str = ""
    port: int = 25
    security: Literal["plain", "opportunistic", "starttls", "implicit"] = "plain"
    user: str | None = None
    password: str = ""
    fromAddress: str = ""

    def __post_init__(self) -> None:
        if self.port not in PORTS:
            raise SeedError(f"port: expected from {PORTS[0]} to {PORTS[-1]}, came {self.port}")

    @property
    def key(self) -> str:
        """A name that all mail settings share, so that new ones replace the old."""
        return self.KEY


class TextMessage(Record, frozen=True, kw_only=True):
    """An SMS that was sent. sender: the DN of the account that sent it."""

    table: ClassVar[str] = "textMessages"

    number: int
    to: str
    text: str
    sender: str
    sentAtUtc: str

    @property
    def key(self) -> str:
        """Its number, in the order of sending."""
        return str(self.number)


class BusinessRule(Record, frozen=True, kw_only=True):
    """What happens before an operation.

    operation: SendEmail, SendSms, CreateObject, ModifyObject, DeleteObject, or `*` for any.
    scope: the DN of the object, or of the container of the objects, that it is about; empty for all.
    approval: whether the operation waits for one. cancel: why it is not done; None where it is.
    messages: what the rule says in the operation's log, `[{"text", "messageType", "source", "innerMessages"}]`.
    action: what the log says that the rule does; empty for what such a rule says by itself.
    hidden: whether the log has its messages as the operation's own, and no word of the rule.
    """

    table: ClassVar[str] = "businessRules"
    indexes: ClassVar[Mapping[str, Index]] = {"operation": lambda one: one.operation.lower()}

    name: str
    operation: str = "*"
    scope: str = ""
    approval: bool = False
    cancel: str | None = None
    messages: tuple[dict[str, Any], ...] = ()
    action: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        if self.scope and normal_dn(self.scope) is None:
            raise SeedError(
                f"scope: expected a distinguished name such as CN=Users,DC=example,DC=com, came {self.scope!r:.200}"
            )
        if self.operation.lower() not in _RULED:
            raise SeedError(f"operation: expected one of {', '.join(RULED_OPERATIONS)}, came {self.operation!r}")
        _ = self.logged

    @property
    def key(self) -> str:
        """Its name."""
        return self.name

    @property
    def logged(self) -> tuple[Message, ...]:
        """The messages."""
        return tuple(Message.of(one, f"messages[{number}]") for number, one in enumerate(self.messages))


RULED_OPERATIONS = ("SendEmail", "SendSms", "CreateObject", "ModifyObject", "DeleteObject", "*")
_RULED = frozenset(name.lower() for name in RULED_OPERATIONS)


class ApprovalRequest(Record, frozen=True, kw_only=True):
    """An operation that waits for approval. target: the DN of its object; requestor: who asked for it."""

    table: ClassVar[str] = "approvalRequests"

    guid: str
    operation: str
    target: str
    requestor: str
    createdAtUtc: str

    @property
    def key(self) -> str:
        """The GUID."""
        return self.guid


def _denied(given: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return operations_named("deniedOperations", given, (*OPERATIONS, "*"))
    except ValueError as error:
        raise SeedError(str(error)) from error


MODELS = (DirectoryObject, AuthSession, Token, MailSettings, TextMessage, BusinessRule, ApprovalRequest)
