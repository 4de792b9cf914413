"""The parameters of each operation, the rules by which Adaxes reads them, and its messages for errors in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite
from types import MappingProxyType
from typing import Any, NewType

from mockmail.wire.lenient_json import without_surrogates
from mockmail.wire.parameters import BindingRules, ErrorKind, Mismatch, ParameterError, parameter

_PREFIX = "ads_property_"

PropertyName = NewType("PropertyName", str)
PropertyValues = NewType("PropertyValues", tuple[Any, ...])


class PropertyOperation(IntEnum):
    """The effect of a change on the values of a property."""

    NONE = 0
    CLEAR = 1
    UPDATE = 2
    APPEND = 3
    DELETE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySetting:
    """A property by its LDAP name and its values: `{"propertyName", "propertyType", "values": []}`."""

    name: PropertyName = parameter("propertyName")
    values: PropertyValues = PropertyValues(())


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange(PropertySetting):
    """A property, values, and the operation to perform with them."""

    operation: PropertyOperation = PropertyOperation.UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectIdentifier:
    """An object by DN, GUID or SID."""

    directory_object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(ObjectIdentifier):
    """An e-mail to send; all parameters are required, since every sample has them."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LenientMail(Mail):
    """An e-mail to send under the option `lenient_mail`."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms(ObjectIdentifier):
    """An SMS to send."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A password and a user name: `user@domain`, or domain and user with a backslash between."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionToEnd:
    """A session by its id."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOfToken:
    """The session that a token is issued for."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnToken:
    """A token of the caller's account; empty for the one in the header."""

    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectToShow(ObjectIdentifier):
    """An object, and the properties to show: `properties=mail,department`."""

    properties: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObject:
    """An object to create."""

    create_in: str
    object_type: str
    properties: tuple[PropertySetting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedObject(ObjectIdentifier):
    """Changes of an object."""

    properties: tuple[PropertyChange, ...] = ()


def model_state(errors: Sequence[ParameterError]) -> Mapping[str, Sequence[str]]:
    """Return the messages for errors, by the member with the error."""
    state: dict[str, list[str]] = {}
    for error in errors:
        state.setdefault(_member(error), []).append(_message(error))
    return state


def _member(error: ParameterError) -> str:
    if len(error.path) == 1:
        return error.name
    element = f"properties[{error.path[1]}]"
    return element if len(error.path) == 2 else f"{element}.{error.name}"  # noqa: PLR2004  # the array and the position


def _message(error: ParameterError) -> str:
    if error.name == "values" and error.kind is ErrorKind.NOT_AN_ARRAY:
        return "Expected an array of texts, numbers or booleans."
    return _MESSAGES[error.kind].format(name=error.name)


_MESSAGES = {
    ErrorKind.MISSING: "The {name} field is required.",
    ErrorKind.NOT_A_TEXT: "The {name} field must be a text.",
    ErrorKind.NOT_AN_ARRAY: "The {name} field must be an array.",
    ErrorKind.NOT_AN_OBJECT: "Expected an object.",
    ErrorKind.NOT_A_NUMBER: "Expected numbers that can be written.",
    ErrorKind.NOT_A_CHOICE: f"Expected one of {', '.join(each.name.capitalize() for each in PropertyOperation)}.",
}


def _text(raw: Any) -> str:
    if isinstance(raw, list | dict):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return without_surrogates(str(raw))


def _name(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise Mismatch(ErrorKind.MISSING)
    return without_surrogates(raw.strip())


def _values(raw: Any) -> tuple[Any, ...]:
    if not isinstance(raw, list) or any(isinstance(value, list | dict) for value in raw):
        raise Mismatch(ErrorKind.NOT_AN_ARRAY)
    if any(isinstance(value, float) and not isfinite(value) for value in raw):  # JSON could not show it again
        raise Mismatch(ErrorKind.NOT_A_NUMBER)
    return tuple(without_surrogates(value) if isinstance(value, str) else value for value in raw if value is not None)


def _operation(raw: Any) -> PropertyOperation:
    for operation in PropertyOperation:
        is_number = type(raw) is int and raw == operation
        if is_number or (isinstance(raw, str) and raw.lower().removeprefix(_PREFIX) == operation.name.lower()):
            return operation
    raise Mismatch(ErrorKind.NOT_A_CHOICE)


RULES = BindingRules(
    converters=MappingProxyType(
        {str: _text, PropertyName: _name, PropertyValues: _values, PropertyOperation: _operation}
    ),
    case_insensitive=True,
    null_is_missing=True,
)
