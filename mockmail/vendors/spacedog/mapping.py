"""Map a JSON document to a settings class as Jackson 2.6 does.

The result is the class written out again: it has every field, in the class's order, with its default if the document
has none. Scalars are taken for one another where Jackson takes them (a number for a text), containers never.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from mockmail.core.errors import MockMailError
from mockmail.vendors.spacedog.settings_classes import JavaInt, JavaLong, SettingsClass
from mockmail.wire.parameters import (
    BindError,
    BindingRules,
    Converter,
    ErrorKind,
    Mismatch,
    Parameter,
    ParameterError,
    Path,
    bind,
    document,
    parameters,
)

_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE", "")
_SCALARS = {str: "java.lang.String", bool: "boolean", JavaInt: "int", JavaLong: "long"}
_TOKENS = {
    bool: "VALUE_FALSE",
    str: "VALUE_STRING",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}


class MappingError(MockMailError, ValueError):
    """Raised with Jackson's message for a document that does not fit its class."""


def mapped(model: type[SettingsClass], value: Any) -> dict[str, Any]:
    """Return the document that a class makes of a JSON value. Raises MappingError."""
    if not isinstance(value, dict):
        raise MappingError(_misfit(model.java, value))
    try:
        return document(bind(model, value, RULES))
    except BindError as failure:
        raise MappingError(_message(model, failure.errors[0])) from failure


def defaults(model: type[SettingsClass]) -> dict[str, Any]:
    """Return the document of a class whose fields have their defaults."""
    return document(model())


def _message(model: type[SettingsClass], error: ParameterError) -> str:
    chain, java = _reference_chain(model, error.path)
    return f"{_reason(error, java)} (through reference chain: {'->'.join(chain)})"


def _reason(error: ParameterError, java: str) -> str:
    if error.kind is ErrorKind.UNKNOWN:
        return _unrecognized(error)
    if error.kind is ErrorKind.NOT_A_BOOLEAN and isinstance(error.value, str):
        return 'Can not construct instance of boolean from String value: only "true" or "false" recognized'
    if error.kind is ErrorKind.OUT_OF_RANGE:
        return f"Numeric value ({int(error.value)}) out of range of {java}"
    if error.kind is ErrorKind.NOT_AN_INTEGER and not isinstance(error.value, bool | list | dict):
        return f"Can not construct instance of {java} from {error.value!r}: not a valid {java} value"
    return _misfit(java, error.value)


def _misfit(java: str, value: Any) -> str:
    token = "VALUE_TRUE" if value is True else _TOKENS.get(type(value), "VALUE_NULL")
    return f"Can not deserialize instance of {java} out of {token} token"


def _unrecognized(error: ParameterError) -> str:
    known = [expected.name for expected in parameters(error.model)]
    names = ", ".join(f'"{name}"' for name in known)
    message = f'Unrecognized field "{error.name}" (class {error.model.java}), not marked as ignorable'
    return f"{message} ({len(known)} known properties: {names}])"


def _reference_chain(model: Any, path: Path) -> tuple[list[str], str]:
    """Return each step of a path with the Java class that it is in, and the class expected at its end."""
    chain: list[str] = []
    java = model.java
    steps = iter(path)
    for name in steps:
        chain.append(f'{java}["{name}"]')
        expected = next((one for one in parameters(model) if one.name == name), None)
        if expected is None:
            break
        java = _container(expected)
        if expected.container is not None:
            step = next(steps, None)
            if step is None:
                break
            chain.append(f"{java}[{step}]" if expected.container is tuple else f'{java}["{step}"]')
        model = expected.type
        java = _SCALARS.get(model) or model.java
    return chain, java


def _container(expected: Parameter) -> str:
    if expected.container is dict:
        return "java.util.LinkedHashMap"
    return "java.util.HashSet" if expected.unique else "java.util.ArrayList"


def _text(raw: Any) -> str | None:
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, list | dict):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _boolean(raw: Any) -> bool:
    if isinstance(raw, str):
        if raw.strip() not in (*_TRUE, *_FALSE):
            raise Mismatch(ErrorKind.NOT_A_BOOLEAN)
        return raw.strip() in _TRUE
    if isinstance(raw, float | list | dict):
        raise Mismatch(ErrorKind.NOT_A_BOOLEAN)
    return bool(raw)


def _integer(bits: int) -> Converter:
    def convert(raw: Any) -> int:
        if isinstance(raw, bool | list | dict):
            raise Mismatch(ErrorKind.NOT_AN_INTEGER)
        try:
            number = 0 if raw is None or raw == "" else int(raw)
        except (ValueError, OverflowError) as error:
            raise Mismatch(ErrorKind.NOT_AN_INTEGER) from error
        if not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise Mismatch(ErrorKind.OUT_OF_RANGE)
        return number

    return convert


RULES = BindingRules(
    converters=MappingProxyType({str: _text, bool: _boolean, JavaInt: _integer(32), JavaLong: _integer(64)})
)
