"""The settings classes of SpaceDog (sdk/src/main/java/io/spacedog/model/)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, NewType

from mockmail.wire.parameters import parameter

MODEL = "io.spacedog.model"
USERNAME_REGEX = r"[a-zA-Z0-9_%@+\-\.]{3,}"
PASSWORD_REGEX = ".{6,}"  # noqa: S105  # what a password must look like

JavaInt = NewType("JavaInt", int)
JavaLong = NewType("JavaLong", int)


class SettingsClass:
    """A model of a settings document. java: the Java class's name, which error messages show."""

    __slots__ = ()
    java: ClassVar[str]
    refuses_unknown_names: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTemplate(SettingsClass):
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
class MailgunSettings(SettingsClass):
    """The account at Mailgun."""

    java = f"{MODEL}.MailSettings$MailGunSettings"

    domain: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings(SettingsClass):
    """The SMTP server."""

    java = f"{MODEL}.MailSettings$SmtpSettings"

    host: str | None = None
    login: str | None = None
    password: str | None = None
    start_tls_required: bool = False
    ssl_on_connect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings(SettingsClass):
    """The settings `mail`."""

    java = f"{MODEL}.MailSettings"

    enable_user_full_access: bool = False
    mailgun: MailgunSettings | None = None
    smtp: SmtpSettings | None = None
    templates: dict[str, MailTemplate | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSettings(SettingsClass):
    """The OAuth client of the settings `credentials`."""

    java = f"{MODEL}.CredentialsSettings$OAuthSettings"
    refuses_unknown_names = False

    client_id: str | None = None
    client_secret: str | None = None
    backend_url: str | None = None
    use_expires_in: bool = True
    final_redirect_uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsSettings(SettingsClass):
    """The settings `credentials`."""

    java = f"{MODEL}.CredentialsSettings"
    refuses_unknown_names = False

    disable_guest_sign_up: bool = False
    username_regex: str | None = USERNAME_REGEX
    password_regex: str | None = PASSWORD_REGEX
    linkedin_id: str | None = None
    linkedin_secret: str | None = None
    use_linkedin_expires_in: bool = True
    linkedin_redirect_uri: str | None = None
    linkedin_final_redirect_uri: str | None = None
    session_maximum_lifetime: JavaLong = JavaLong(86400)
    maximum_invalid_challenges: JavaInt = JavaInt(0)
    reset_invalid_challenges_after_minutes: JavaInt = JavaInt(60)
    oauth: OAuthSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAcl(SettingsClass):
    """The roles that may read and update a settings document."""

    java = f"{MODEL}.SettingsSettings$SettingsAcl"

    read: tuple[str | None, ...] | None = parameter(default=None, unique=True)
    update: tuple[str | None, ...] | None = parameter(default=None, unique=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsSettings(SettingsClass):
    """The settings `settings`."""

    java = f"{MODEL}.SettingsSettings"
    refuses_unknown_names = False

    acl: dict[str, SettingsAcl | None] | None = None


CLASSES: Mapping[str, type[SettingsClass]] = MappingProxyType(
    {"mail": MailSettings, "credentials": CredentialsSettings}
)
"""The classes by settings id. The settings `settings` may be any object; it is mapped when an ACL is needed."""

NOT_DIRECTLY_UPDATABLE = ("schema",)
