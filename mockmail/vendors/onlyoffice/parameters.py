"""What DocSpace's operations take, named and bounded as its API names and bounds them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, cast

# ruff: noqa: N815  # fields are named as the vendor's JSON names them

NAME_TOO_LONG = "Incorrect name. Length must be less than 30"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object, and what it may be.

    kind: str, int, bool, list (of strings) or object. nullable: whether null and absence are the same.
    required: whether it must be there at all. longest: characters of a text; least and most: bounds of a number.
    complaint: what to say of one out of bounds, where it is not .NET's own wording.
    """

    name: str
    kind: type
    nullable: bool
    required: bool
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    complaint: str | None = None


class Body:
    """What a body becomes. clr: the .NET type that it is to the server, which its complaints name."""

    __slots__ = ()
    clr: ClassVar[str]


def _member(default: Any = None, **bounds: Any) -> Any:
    return dataclasses.field(default=default, metadata=bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettingsDto(Body):
    """The SMTP settings of a request (ONLYOFFICE API documentation, "Body"; bounds: docs/wire/onlyoffice.md 4)."""

    clr = "ASC.Web.Api.ApiModel.ResponseDto.SmtpSettingsDto"

    host: str | None = _member(longest=255)
    port: int | None = _member(least=1, most=65535)
    senderAddress: str | None = _member(longest=255)
    senderDisplayName: str | None = _member(longest=255)
    credentialsUserName: str | None = _member(longest=255)
    credentialsUserPassword: str | None = None
    enableSSL: bool = False
    enableAuth: bool = False
    useNtlm: bool = False
    isDefaultSettings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Body):
    """A login (docs/wire/onlyoffice.md 2). provider, confirmData ...: ways in that are not emulated, and so fail."""

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
    recaptchaType: object = None
    recaptchaResponse: str | None = None
    culture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey(Body):
    """An API key to make (docs/wire/onlyoffice.md 2)."""

    clr = "ASC.People.ApiModels.RequestDto.CreateApiKeyRequestDto"

    name: str = dataclasses.field(
        metadata={"longest": 30, "complaint": NAME_TOO_LONG},
    )
    permissions: tuple[str, ...] | None = None
    expiresInDays: int | None = _member(
        least=1, most=365, complaint="Incorrect number of days. Value must be between 1 and 365"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyChange(Body):
    """What to change of an API key (DocSpace-server, UpdateApiKeyRequestDto.cs)."""

    clr = "ASC.People.ApiModels.RequestDto.UpdateApiKeyRequest"

    name: str | None = _member(longest=30, complaint=NAME_TOO_LONG)
    permissions: tuple[str, ...] | None = None
    isActive: bool | None = None


def members(model: type[Any]) -> Mapping[str, Member]:
    """The members of a model by their names in lower case, in the model's order."""
    return _members(cast("Any", model))


@cache
def _members(model: Any) -> Mapping[str, Member]:
    hints = typing.get_type_hints(model)
    return {field.name.lower(): _of_field(field, hints[field.name]) for field in dataclasses.fields(model)}


def _of_field(field: dataclasses.Field[Any], hint: Any) -> Member:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kind = list if typing.get_origin(options[0]) is tuple else options[0]
    nullable = types.NoneType in options or kind is object
    return Member(field.name, kind, nullable, field.default is dataclasses.MISSING, **field.metadata)
