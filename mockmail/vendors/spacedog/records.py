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

    id: str

    @property
    def key(self) -> str:
        """The backend's id."""
        return self.id


class Credentials(Record, frozen=True, kw_only=True):
    """A user of a backend. The password is stored in clear; roles are those beyond the level's own.

    level: one of LEVELS. enableAfter, disableAfter, createdAt, updatedAt: ISO 8601.
    """

    table: ClassVar[str] = "credentials"
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

    @property
    def key(self) -> str:
        """The credentials' id."""
        return self.id

    def updated(self, now: datetime, **changes: Any) -> Credentials:
        """Return the next version of the credentials, with some changes."""
        return self.replace(**changes, version=self.version + 1, updatedAt=timestamp(now))


class Session(Record, frozen=True, kw_only=True):
    """A session. createdAt, expiresAt: seconds since 1970."""

    table: ClassVar[str] = "sessions"
    indexes: ClassVar[Mapping[str, Index]] = {"credentials": lambda session: session.credentialsId}

    accessToken: str
    credentialsId: str
    createdAt: float
    expiresAt: float

    @property
    def key(self) -> str:
        """The access token."""
        return self.accessToken


class Settings(Record, frozen=True, kw_only=True):
    """A settings document of a backend.

    source: the document; None once it is deleted. mapped: whether it is known to fit its class.
    deletedAt: seconds since 1970; the version continues for a while.
    """

    table: ClassVar[str] = "settings"
    indexes: ClassVar[Mapping[str, Index]] = {"backend": lambda settings: settings.backendId}

    backendId: str
    id: str
    source: dict[str, Any] | None
    mapped: bool = False
    version: int = 1
    deletedAt: float | None = None

    @property
    def key(self) -> str:
        """Backend and id."""
        return settings_key(self.backendId, self.id)


class DataObject(Record, frozen=True, kw_only=True):
    """An object of a backend's data; a template's parameter may name it by its id."""

    table: ClassVar[str] = "objects"
    indexes: ClassVar[Mapping[str, Index]] = {"type": lambda found: (found.backendId, found.type)}

    backendId: str
    type: str
    id: str
    source: dict[str, Any] = field(default_factory=dict)
    version: int = 1

    @property
    def key(self) -> str:
        """Backend, type and id."""
        return object_key(self.backendId, self.type, self.id)


class MailgunDomain(Record, frozen=True, kw_only=True):
    """A domain that Mailgun sends for, and the key of its account."""

    table: ClassVar[str] = "mailgunDomains"
    indexes: ClassVar[Mapping[str, Index]] = {"account": lambda domain: domain.accountKey}

    domain: str
    accountKey: str

    @property
    def key(self) -> str:
        """The domain."""
        return self.domain


def settings_key(backend: str, settings_id: str) -> str:
    """Return the natural key of a settings document."""
    return f"{backend}/{settings_id}"


def object_key(backend: str, type_name: str, object_id: str) -> str:
    """Return the natural key of a data object."""
    return f"{backend}/{type_name}/{object_id}"


def timestamp(when: datetime) -> str:
    """Return a time as SpaceDog writes it: ISO 8601 with milliseconds, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(text: str | None) -> datetime | None:
    """Return the time of a timestamp; one without a time zone is in UTC. Raises ValueError."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


MODELS = (Backend, Credentials, Session, Settings, DataObject, MailgunDomain)
