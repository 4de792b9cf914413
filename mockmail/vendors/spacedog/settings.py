"""The settings of a backend: their Java classes, and the documents that are stored (docs/wire/spacedog.md 5).

sdk/src/main/java/io/spacedog/model/; services/.../SettingsResource.java.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockmail.core.vendor import Call, CallerT
from mockmail.vendors.spacedog.errors import Cause, NotFound, ServerFailure
from mockmail.vendors.spacedog.jackson import (
    MAPPING_EXCEPTION,
    JavaClass,
    JavaInt,
    JavaLong,
    MappingError,
    map_document,
)
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import Settings
from mockmail.wire.parameters import document, parameter

MODEL = "io.spacedog.model"
DEFAULT_PATTERNS = {"username": r"[a-zA-Z0-9_%@+\-\.]{3,}", "password": ".{6,}"}
ONE_DAY, ONE_HOUR, NO_MAXIMUM = JavaLong(86400), JavaInt(60), JavaInt(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTemplate(JavaClass):
    """A template of a mail."""

    java = f"{MODEL}.MailTemplate"

    sender: str | None = parameter("from", default=None)
    to: tuple[str | None, ...] | None = None
    cc: tuple[str | None, ...] | None = None
    bcc: tuple[str | None, ...] | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    model: dict[str, str | None] | None = None
    roles: tuple[str | None, ...] | None = parameter(default=None, unique=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailgunSettings(JavaClass):
    """The account at Mailgun."""

    java = f"{MODEL}.MailSettings$MailGunSettings"

    domain: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings(JavaClass):
    """The SMTP server."""

    java = f"{MODEL}.MailSettings$SmtpSettings"

    host: str | None = None
    login: str | None = None
    password: str | None = None
    start_tls_required: bool = False
    ssl_on_connect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings(JavaClass):
    """The settings `mail`."""

    java = f"{MODEL}.MailSettings"

    enable_user_full_access: bool = False
    mailgun: MailgunSettings | None = None
    smtp: SmtpSettings | None = None
    templates: dict[str, MailTemplate | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSettings(JavaClass):
    """The OAuth client of the settings `credentials`."""

    java = f"{MODEL}.CredentialsSettings$OAuthSettings"
    refuses_unknown_names = False

    client_id: str | None = None
    client_secret: str | None = None
    backend_url: str | None = None
    use_expires_in: bool = True
    final_redirect_uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsSettings(JavaClass):
    """The settings `credentials`."""

    java = f"{MODEL}.CredentialsSettings"
    refuses_unknown_names = False

    disable_guest_sign_up: bool = False
    username_regex: str | None = DEFAULT_PATTERNS["username"]
    password_regex: str | None = DEFAULT_PATTERNS["password"]
    linkedin_id: str | None = None
    linkedin_secret: str | None = None
    use_linkedin_expires_in: bool = True
    linkedin_redirect_uri: str | None = None
    linkedin_final_redirect_uri: str | None = None
    session_maximum_lifetime: JavaLong = ONE_DAY
    maximum_invalid_challenges: JavaInt = NO_MAXIMUM
    reset_invalid_challenges_after_minutes: JavaInt = ONE_HOUR
    oauth: OAuthSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAcl(JavaClass):
    """The roles that may read and update a settings document."""

    java = f"{MODEL}.SettingsSettings$SettingsAcl"

    read: tuple[str | None, ...] | None = parameter(default=None, unique=True)
    update: tuple[str | None, ...] | None = parameter(default=None, unique=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsSettings(JavaClass):
    """The settings `settings`."""

    java = f"{MODEL}.SettingsSettings"
    refuses_unknown_names = False

    acl: dict[str, SettingsAcl | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSettings(JavaClass):
    """The settings `schema`, which only a change of a schema writes. acl: permissions by type and role."""

    java = f"{MODEL}.SchemaSettings"

    acl: dict[str, Any] = field(default_factory=dict)


CLASSES: Mapping[str, type[JavaClass]] = MappingProxyType(
    {"mail": MailSettings, "credentials": CredentialsSettings, "schema": SchemaSettings}
)
"""The classes by settings id. The settings `settings` may be any object; it is mapped when an ACL is needed."""


def load(
    call: Call[CallerT, Options], backend: str, settings_id: str, model: type[JavaClass] | None = None
) -> dict[str, Any]:
    """Return settings with all fields of their class, if the id has one; a missing field has its default.

    Raise NotFound for settings without a class, ServerFailure for a document that does not fit its class.
    """
    model = model or CLASSES.get(settings_id)
    if model is None:
        return stored(call, backend, settings_id).source or {}
    found = call.records(Settings).get(f"{backend}/{settings_id}")
    if found is None or found.source is None:
        return document(model())
    if found.mapped:
        return found.source
    try:
        return map_document(model, found.source)
    except MappingError as error:
        message = f"error mapping [{settings_id}] settings to [{model.java.rpartition('.')[2]}] class"
        raise ServerFailure(message, cause=Cause(str(error), MAPPING_EXCEPTION)) from error


def stored(call: Call[CallerT, Options], backend: str, settings_id: str) -> Settings:
    """Return settings that are stored, and not deleted. Raise NotFound."""
    found = call.records(Settings).get(f"{backend}/{settings_id}")
    if found is None or found.source is None:
        raise NotFound(f"[settings][{settings_id}] not found in backend [{backend}]")
    return found
