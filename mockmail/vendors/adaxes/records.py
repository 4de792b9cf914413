"""The records of Adaxes' state."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import field
from msgspec.structs import force_setattr

from mockmail.core.state.records import Index, Port, Record
from mockmail.vendors.adaxes.identifiers import domain_of, is_guid, is_sid, normal_dn, normal_guid, relative_names
from mockmail.vendors.adaxes.options import OPERATION_NAMES, spell_operations

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

MAX_MESSAGE_DEPTH = 20
UNIT = "organizationalUnit"
WITH_ACCOUNT = ("user", "computer")
_KINDS = {kind.lower(): kind for kind in (*WITH_ACCOUNT, UNIT, "group", "contact", "container", "printQueue", "volume")}
RULED_OPERATIONS = (*(name for name in OPERATION_NAMES if name != "View"), "*")

SecurityRole = Literal["administrator", "helpDesk", "user"]


def spell_kind(text: str) -> str:
    """Return the kind of an object in the vendor's spelling; unknown kinds are returned unchanged."""
    return _KINDS.get(text.lower(), text)


class DirectoryObject(Record, frozen=True, kw_only=True):
    """A user, or another object of a directory.

    guid: made from the DN if it is empty. sid: empty for an object without one, such as a contact.
    properties: values by LDAP name, `{"mail": ["john@example.com"]}`; `mail` is the Email property, `mobile` the phone.
    password: None for an object that cannot log in; its logon names are the properties `userPrincipalName` and
        `sAMAccountName`.
    passwordChangedAtUtc, passwordExpiresAtUtc: shown in `passwordStatus`; None for never. Only `passwordExpired`
        says that it has expired.
    securityRole: decides what its tokens may do; None may do nothing.
    deniedOperations: the operations that it may not perform, although its role grants them (`SendEmail`, `*`).
    apiAccess, logonHoursAllow: whether it may log in at all, and now. failedLogons: wrong passwords in a row.
    """

    table: ClassVar[str] = "directoryObjects"
    timestamps = ("expirationDate", "passwordChangedAtUtc", "passwordExpiresAtUtc")
    indexes: ClassVar[Mapping[str, Index]] = {
        "guid": lambda record: record.object_guid,
        "sid": lambda record: record.sid.upper() or None,
        "userPrincipalName": lambda record: record.text("userPrincipalName").lower() or None,
        "accountName": lambda record: record.account_name or None,
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
    securityRole: SecurityRole | None = None
    deniedOperations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_dn("dn", self.dn, "CN=Jane Doe,DC=example,DC=com")
        if self.guid and not is_guid(self.guid):
            raise _unexpected("guid", "one such as 7a4267ce-d354-44e7-8bd6-c681f1284a41", self.guid)
        if self.sid and not is_sid(self.sid):
            raise _unexpected("sid", "one such as S-1-5-21-3635565734-1729062999-1627", self.sid)
        if self.deniedOperations:
            denied = spell_operations("deniedOperations", self.deniedOperations, (*OPERATION_NAMES, "*"))
            force_setattr(self, "deniedOperations", denied)

    @property
    def key(self) -> str:
        """Return the form that all spellings of the DN share."""
        return normal_dn(self.dn) or ""

    @property
    def object_guid(self) -> str:
        """Return the GUID in its normal form; made from the DN if there is none."""
        return normal_guid(self.guid) if self.guid else str(uuid.uuid5(uuid.NAMESPACE_X500, self.key))

    @property
    def kind(self) -> str:
        """Return the object type in the vendor's spelling."""
        return spell_kind(self.objectType)

    @property
    def account_name(self) -> str:
        """Return the logon name in lower case: the first label of the domain, a backslash, the user."""
        name = self.text("sAMAccountName").lower()
        return f"{domain_of(relative_names(self.dn)).partition('.')[0].lower()}\\{name}" if name else ""

    @property
    def display_name(self) -> str:
        """Return the display name, which is the value of the relative distinguished name."""
        return relative_names(self.dn)[0][1]

    def values(self, name: str) -> list[Any]:
        """Return the values of a property; its name may be in any case."""
        wanted = name.lower()
        found = next((value for known, value in self.properties.items() if known.lower() == wanted), None)
        if found is None:
            return []
        return list(found) if isinstance(found, list | tuple) else [found]

    def text(self, name: str) -> str:
        """Return the first value of a property as text; empty if it has none."""
        values = self.values(name)
        return str(values[0]).strip() if values else ""


class AuthSession(Record, frozen=True, kw_only=True):
    """An authentication session, which issues tokens. account: DN, GUID or SID."""

    table: ClassVar[str] = "authSessions"
    key_fields = ("sessionId",)
    timestamps = ("expiresAtUtc",)

    sessionId: str
    account: str
    expiresAtUtc: str


class Token(Record, frozen=True, kw_only=True):
    """A security token.

    account: DN, GUID or SID. expiresAtUtc: None for one that never expires, as New-AdmAccountToken makes them.
    """

    table: ClassVar[str] = "tokens"
    key_fields = ("token",)
    timestamps = ("expiresAtUtc",)

    token: str
    account: str
    expiresAtUtc: str | None = None


class MailSettings(Record, frozen=True, kw_only=True):
    """The mail settings; there is only one record. host: empty if they are not configured.

    fromAddress: the sender of mail if the caller has no Email.
    """

    table: ClassVar[str] = "mailSettings"
    key = "mailSettings"

    host: str = ""
    port: Port = 25
    security: Literal["plain", "opportunistic", "starttls", "implicit"] = "plain"
    user: str | None = None
    password: str = ""
    fromAddress: str = ""


class TextMessage(Record, frozen=True, kw_only=True):
    """An SMS that was sent. sender: the DN of the account that sent it."""

    table: ClassVar[str] = "textMessages"
    key_fields = ("number",)

    number: int
    to: str
    text: str
    sender: str
    sentAtUtc: str


class MessageType(IntEnum):
    """The kind of a message in an operation's log."""

    ERROR = 0
    WARNING = 1
    INFORMATION = 2
    TRIGGERED_OPERATION = 3
    APPROVAL_REQUIRED = 4
    FAILURE_AUDIT = 5
    SUCCESS_AUDIT = 6


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message of an operation's log, and the messages below it. messageType: may be given by its name."""

    source: str | None = None
    text: str
    messageType: int | str = MessageType.INFORMATION
    innerMessages: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        if self.depth > MAX_MESSAGE_DEPTH:
            raise RecursionError
        name = str(self.messageType).replace("_", "").upper()
        for known in MessageType:
            if self.messageType == known or name == known.name.replace("_", ""):
                force_setattr(self, "messageType", int(known))
                return
        names = ", ".join(f"{int(known)} {known.name.lower()}" for known in MessageType)
        raise _unexpected("messageType", f"one of {names}", self.messageType)

    @property
    def depth(self) -> int:
        """Return the number of levels of messages below this one."""
        return max((message.depth + 1 for message in self.innerMessages), default=0)


class BusinessRule(Record, frozen=True, kw_only=True):
    """An action that Adaxes performs before an operation.

    operation: SendEmail, SendSms, Create, Edit, Delete, or `*` for any.
    scope: the DN of the operation's object or of a container of it; empty for all objects.
    approval: whether the operation waits for approval. cancel: why it is not performed; None if it is.
    messages: the rule's messages in the operation's log, `[{"text", "messageType", "source", "innerMessages"}]`.
    action: the rule's description in the log; empty for a default description.
    hidden: whether the log shows the messages as the operation's own, without the name of the rule.
    """

    table: ClassVar[str] = "businessRules"
    key_fields = ("name",)
    indexes: ClassVar[Mapping[str, Index]] = {"operation": lambda record: record.operation.lower()}

    name: str
    operation: str = "*"
    scope: str = ""
    approval: bool = False
    cancel: str | None = None
    messages: tuple[dict[str, Any], ...] = ()
    action: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        if self.scope:
            _check_dn("scope", self.scope, "CN=Users,DC=example,DC=com")
        spell_operations("operation", [self.operation], RULED_OPERATIONS)
        try:
            _ = self.log
        except RecursionError as error:
            raise ValueError(f"messages: messages nest at most {MAX_MESSAGE_DEPTH} levels deep") from error
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$")
            reason = reason.replace("Object missing required field", "expected the field")
            members = ", ".join(Message.__struct_fields__)
            raise ValueError(f"messages{path.rstrip('`')}: {reason}; a message has {members}") from error

    @property
    def log(self) -> tuple[Message, ...]:
        """Return the messages, read from their documents."""
        return msgspec.convert(self.messages, tuple[Message, ...])


class ApprovalRequest(Record, frozen=True, kw_only=True):
    """An operation that waits for approval. target: the DN of its object; requestor: of the account that called it."""

    table: ClassVar[str] = "approvalRequests"
    key_fields = ("guid",)

    guid: str
    operation: str
    target: str
    requestor: str
    createdAtUtc: str


def _unexpected(field_name: str, expected: str, value: object) -> ValueError:
    return ValueError(f"{field_name}: expected {expected}, got {value!r:.200}")


def _check_dn(field_name: str, dn: str, example: str) -> None:
    if not relative_names(dn):
        raise _unexpected(field_name, f"a distinguished name such as {example}", dn)
