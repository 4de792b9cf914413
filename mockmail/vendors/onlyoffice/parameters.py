"""The parameters of all operations, with the names and limits of DocSpace's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mockmail.wire.parameters import parameter

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

NAME_TOO_LONG = "Incorrect name. Length must be less than 30"


class Body:
    """A model of a JSON body. clr: the server's .NET type, which its error messages name."""

    __slots__ = ()
    clr: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettingsDto(Body):
    """The SMTP settings to save (ONLYOFFICE API documentation, "Body"; bounds: docs/wire/onlyoffice.md 4)."""

    clr = "ASC.Web.Api.ApiModel.ResponseDto.SmtpSettingsDto"

    host: str | None = parameter(default=None, max_length=255)
    port: int | None = parameter(default=None, minimum=1, maximum=65535)
    senderAddress: str | None = parameter(default=None, max_length=255)
    senderDisplayName: str | None = parameter(default=None, max_length=255)
    credentialsUserName: str | None = parameter(default=None, max_length=255)
    credentialsUserPassword: str | None = None
    enableSSL: bool = False
    enableAuth: bool = False
    useNtlm: bool = False
    isDefaultSettings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Body):
    """A login (docs/wire/onlyoffice.md 2). provider, confirmData ...: other kinds of login, which fail."""

    clr = "ASC.Web.Api.ApiModel.RequestsDto.AuthRequestsDto"

    userName: str | None = None
    password: str | None = None
    passwordHash: str | None = None
    provider: str | None = None
    accessToken: str | None = None
    serializedProfile: str | None = None
    codeOAuth: str | None = None
    session: bool = False
    confirmData: object = None
    recaptchaResponse: str | None = None
    culture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey(Body):
    """An API key to create (docs/wire/onlyoffice.md 2)."""

    clr = "ASC.People.ApiModels.RequestDto.CreateApiKeyRequestDto"

    name: str = parameter(max_length=30, message=NAME_TOO_LONG, not_blank=True)
    permissions: tuple[str, ...] | None = None
    expiresInDays: int | None = parameter(
        default=None, minimum=1, maximum=365, message="Incorrect number of days. Value must be between 1 and 365"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyChange(Body):
    """Changes of an API key (DocSpace-server, UpdateApiKeyRequestDto.cs)."""

    clr = "ASC.People.ApiModels.RequestDto.UpdateApiKeyRequest"

    name: str | None = parameter(default=None, max_length=30, message=NAME_TOO_LONG)
    permissions: tuple[str, ...] | None = None
    isActive: bool | None = None
