"""The records of SpaceDog's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from msgspec import field

from mockmail.core.state.records import Index, Record

# ruff: noqa: N815  # fields are named as in the vendor's documents

LEVELS = ("KEY", "USER", "ADMIN", "SUPER_ADMIN", "SUPERDOG")
_SUPER = ("SUPER_ADMIN", "SUPERDOG")


class Backend(Record, frozen=True, kw_only=True):
    """A backend: one application's users, settings and data."""

    table: ClassVar[str] = "backends"
    key_fields = ("id",)

    id: str


class Credentials(Record, frozen=True, kw_only=True):
    """A user of a backend. The password is stored in clear; roles are those beyond the level's own.

    level: one of LEVELS. enableAfter, disableAfter, createdAt, updatedAt: ISO 8601.
    """

    table: ClassVar[str] = "credentials"
    key_fields = ("id",)
    indexes: ClassVar[Mapping[str, Index]] = {
        "name": lambda user: (user.backendId, user.username),
        "backend": lambda user: user.backendId,
        "superadmins": lambda user: user.backendId if user.level in _SUPER else None,
        "email": lambda user: (user.backendId, user.email),
    }

    id: str
    backendId: str
    username: str
    email: str | None = None
    level: str = "USER"
    roles: tuple[str, ...] = ()
    password: str | None = None
    passwordResetCode: str | None = None
    passwordMustChange: bool = False
    enabled: bool = True
    enableAfter: str | None = None
    disableAfter: str | None = None
    invalidChallenges: int = 0
    lastInvalidChallengeAt: str | None = None
    version: int = 1
    createdAt: str = ""
    updatedAt: str = ""

    def updated(self, now: datetime, **changes: Any) -> Credentials:
        """Return the next version of the credentials, with some changes."""
        return self.replace(**changes, version=self.version + 1, updatedAt=timestamp(now))


class Session(Record, frozen=True, kw_only=True):
    """A session. createdAt, expiresAt: seconds since 1970."""

    table: ClassVar[str] = "sessions"
    key_fields = ("accessToken",)
    indexes: ClassVar[Mapping[str, Index]] = {"credentials": lambda session: session.credentialsId}

    accessToken: str
    credentialsId: str
    createdAt: float
    expiresAt: float


class Settings(Record, frozen=True, kw_only=True):
    """A settings document of a backend.

    source: the document; None once it is deleted. mapped: whether it is known to fit its class.
    deletedAt: seconds since 1970; the version continues for a while.
    """

    table: ClassVar[str] = "settings"
    key_fields = ("backendId", "id")
    indexes: ClassVar[Mapping[str, Index]] = {"backend": lambda settings: settings.backendId}

    backendId: str
    id: str
    source: dict[str, Any] | None
    mapped: bool = False
    version: int = 1
    deletedAt: float | None = None


class DataObject(Record, frozen=True, kw_only=True):
    """An object of a backend's data; a template's parameter may name it by its id."""

    table: ClassVar[str] = "objects"
    key_fields = ("backendId", "type", "id")
    indexes: ClassVar[Mapping[str, Index]] = {
        "type": lambda found: (found.backendId, found.type),
        "backend": lambda found: found.backendId,
    }

    backendId: str
    type: str
    id: str
    source: dict[str, Any] = field(default_factory=dict)
    version: int = 1


class Schema(Record, frozen=True, kw_only=True):
    """The schema of a type of objects. source: the document, with the type as its one member."""

    table: ClassVar[str] = "schemas"
    key_fields = ("backendId", "type")
    indexes: ClassVar[Mapping[str, Index]] = {"backend": lambda schema: schema.backendId}

    backendId: str
    type: str
    source: dict[str, Any]


class MailgunDomain(Record, frozen=True, kw_only=True):
    """A domain that Mailgun sends for, and the key of its account."""

    table: ClassVar[str] = "mailgunDomains"
    key_fields = ("domain",)
    indexes: ClassVar[Mapping[str, Index]] = {"account": lambda domain: domain.accountKey}

    domain: str
    accountKey: str


def timestamp(when: datetime) -> str:
    """Return a time as SpaceDog writes it: ISO 8601 with milliseconds, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
