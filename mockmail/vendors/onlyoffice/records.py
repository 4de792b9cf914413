"""The records of a DocSpace portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from mockmail.core.state.records import Index, Port, Record

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

PORTAL = "portal"
"""The key of a record that a portal has only once."""
API_KEY_PREFIX = "sk-"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class User(Record, frozen=True, kw_only=True):
    """A user of the portal. password: in plain text."""

    table: ClassVar[str] = "users"
    key_fields = ("id",)
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
    def is_admin(self) -> bool:
        """Return whether the user may change the portal's settings."""
        return self.role in ("owner", "docSpaceAdmin")

    @property
    def display_name(self) -> str:
        """Return the name that other users see."""
        return f"{self.firstName} {self.lastName}".strip() or self.userName


class Session(Record, frozen=True, kw_only=True):
    """A session token, which is also the value of the cookie. expires: a timestamp; None for never."""

    table: ClassVar[str] = "sessions"
    key_fields = ("token",)
    timestamps = ("expires",)

    token: str
    userId: str
    expires: str | None = None


class ApiKey(Record, frozen=True, kw_only=True):
    """An API key. apiKey: the secret.

    permissions: scopes such as `*:read`; an empty list stands for all. expiresAt, lastUsed: None for never.
    """

    table: ClassVar[str] = "api_keys"
    key_fields = ("id",)
    timestamps = ("createOn", "expiresAt", "lastUsed")
    indexes: ClassVar[Mapping[str, Index]] = {"key": lambda key: key.apiKey, "createBy": lambda key: key.createBy}

    id: str
    name: str
    apiKey: str
    permissions: tuple[str, ...] = ()
    createOn: str
    createBy: str
    expiresAt: str | None = None
    lastUsed: str | None = None
    isActive: bool = True


class SmtpSettings(Record, frozen=True, kw_only=True):
    """The SMTP settings that the portal has stored, with the password."""

    table: ClassVar[str] = "smtp_settings"
    key = PORTAL

    host: str
    port: Port
    senderAddress: str
    senderDisplayName: str
    credentialsUserName: str | None = None
    credentialsUserPassword: str | None = None
    enableSSL: bool = False
    enableAuth: bool = False


class SmtpTest(Record, frozen=True, kw_only=True):
    """The job that sends a test message. startedAt: a timestamp."""

    table: ClassVar[str] = "smtp_tests"
    timestamps = ("startedAt",)
    key = PORTAL

    id: str
    startedAt: str
    completed: bool = False
    error: str = ""
    status: str = ""
    percents: int = 0


class Attempts(Record, frozen=True, kw_only=True):
    """The recent attempts at a limited action. at, blockedUntil: seconds since 1970; blockedUntil is 0 for no block."""

    table: ClassVar[str] = "attempts"
    key_fields = ("what",)

    what: str
    at: tuple[float, ...] = ()
    blockedUntil: float = 0.0
