"""What a DocSpace portal's state is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from mockmail.core.errors import SeedError
from mockmail.core.state.records import Index, Record
from mockmail.vendors.onlyoffice import moments

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

VENDOR = "onlyoffice"
PORTAL = "portal"
"""The key of what a portal has one of."""
PORTS = range(1, 65536)


class User(Record, frozen=True, kw_only=True):
    """A person of the portal. The password is kept as it was set."""

    table: ClassVar[str] = "users"
    indexes: ClassVar[Mapping[str, Index]] = {"email": lambda user: user.email.lower()}

    id: str
    userName: str
    email: str
    password: str
    firstName: str = ""
    lastName: str = ""
    role: Literal["owner", "docSpaceAdmin", "roomAdmin", "user", "guest"] = "user"
    status: Literal["active", "disabled"] = "active"

    @property
    def key(self) -> str:
        """The user id."""
        return self.id

    @property
    def is_admin(self) -> bool:
        """Whether the user may change the portal's settings."""
        return self.role in ("owner", "docSpaceAdmin")

    @property
    def display_name(self) -> str:
        """The name that others see."""
        return f"{self.firstName} {self.lastName}".strip() or self.userName


class Session(Record, frozen=True, kw_only=True):
    """A session token, which is also the value of the cookie. expires: a moment with its offset; None for never."""

    table: ClassVar[str] = "sessions"

    token: str
    userId: str
    expires: str | None = None

    def __post_init__(self) -> None:
        moments.check("expires", self.expires)

    @property
    def key(self) -> str:
        """The token."""
        return self.token


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key, kept whole. permissions: scopes such as `*:read`; none stands for all.

    expiresAt: None for never. lastUsed: likewise.
    """

    table: ClassVar[str] = "api_keys"
    indexes: ClassVar[Mapping[str, Index]] = {"key": lambda one: one.apiKey, "createBy": lambda one: one.createBy}

    id: str
    name: str
    apiKey: str
    permissions: tuple[str, ...] = ()
    createOn: str
    createBy: str
    expiresAt: str | None = None
    lastUsed: str | None = None
    isActive: bool = True

    def __post_init__(self) -> None:
        for name in ("createOn", "expiresAt", "lastUsed"):
            moments.check(name, getattr(self, name))

    @property
    def key(self) -> str:
        """The id of the key."""
        return self.id


class SmtpSettings(Record, frozen=True, kw_only=True):
    """The SMTP settings that the portal stored, with the password."""

    table: ClassVar[str] = "smtp_settings"

    host: str
    port: int
    senderAddress: str
    senderDisplayName: str
    credentialsUserName: str | None = None
    credentialsUserPassword: str | None = None
    enableSSL: bool = False
    enableAuth: bool = False

    def __post_init__(self) -> None:
        if self.port not in PORTS:
            raise SeedError(f"port: expected from {PORTS[0]} to {PORTS[-1]}, came {self.port}")

    @property
    def key(self) -> str:
        """A portal has one."""
        return PORTAL


class SmtpTest(Record, frozen=True, kw_only=True):
    """The job that sends a test mail. startedAt: a moment with its offset."""

    table: ClassVar[str] = "smtp_tests"

    id: str
    startedAt: str
    completed: bool = False
    error: str = ""
    status: str = ""
    percents: int = 0

    def __post_init__(self) -> None:
        moments.check("startedAt", self.startedAt)

    @property
    def key(self) -> str:
        """A portal has one."""
        return PORTAL


class Attempts(Record, frozen=True, kw_only=True):
    """When somebody tried something that is limited, in seconds since 1970. blockedUntil: likewise; 0 for not."""

    table: ClassVar[str] = "attempts"

    what: str
    at: tuple[float, ...] = ()
    blockedUntil: float = 0.0

    @property
    def key(self) -> str:
        """What was tried, and by whom."""
        return self.what


MODELS = (User, Session, ApiKey, SmtpSettings, SmtpTest, Attempts)
