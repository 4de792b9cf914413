"""Jackson 2.6.2, the vendor's JSON library: its errors, and its mapping of a document to a Java class.

The result of a mapping is the class written out again: it has every field, in the class's order, with its default if
the document has none. Scalars are converted where Jackson converts them (a number to a text), containers
never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NewType

from mockmail.core.errors import MockMailError
from mockmail.wire.json_text import BrokenJson
from mockmail.wire.parameters import (
    BindError,
    BindingRules,
    Converter,
    ErrorKind,
    Mismatch,
    ParameterError,
    Path,
    bind,
    document,
    parameters,
)

JavaInt = NewType("JavaInt", int)
JavaLong = NewType("JavaLong", int)

MAPPING_EXCEPTION = "com.fasterxml.jackson.databind.JsonMappingException"
PARSE_EXCEPTION = "com.fasterxml.jackson.core.JsonParseException"
VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
END = "Unexpected end-of-input"
UNEXPECTED = "Unexpected character ({sign}): "

_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_MAX_SCANNED = 100_000
_MESSAGES = {
    "Invalid control character": (
        "Illegal unquoted character ((CTRL-CHAR, code {code})): "
        "has to be escaped using backslash to be included in string value"
    ),
    "Invalid": "Unrecognized character escape {sign}",
    "Unterminated": f"{END}: was expecting closing quote for a string value",
    "Expecting property name": f"{UNEXPECTED}was expecting double-quote to start field name",
    "Expecting ':'": f"{UNEXPECTED}was expecting a colon to separate field name and value",
    "Expecting ','": f"{UNEXPECTED}was expecting comma to separate {{container}} entries",
}
"""The message for each error of Python's json, by the beginning of its text."""
_TRUE = ("true", "True")
_FALSE = ("false", "False", "null", "")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_LONGEST_VALUE = 500
_INT_BITS, _LONG_BITS = 32, 64
_MAP = "java.util.LinkedHashMap"
_OBJECT = "java.lang.Object"
_TEXT = "java.lang.String"
_SCALARS = {str: _TEXT, bool: "boolean", JavaInt: "int", JavaLong: "long"}
_NOT_INSTANTIATED = (
    "Can not instantiate value of type {type} from {kind} ({value}); no {creator} constructor/factory method"
)
_FROM_TEXT = ("String value", "single-String")
_FROM_INT = ("Integral number", "single-int-arg")
_FROM_LONG = ("Long integral number", "single-long-arg")
_FROM_DOUBLE = ("Floating-point number", "one-double/Double-arg")
_FROM_BOOLEAN = ("Boolean value", "single-boolean/Boolean-arg")
_TOKENS = {
    bool: "VALUE_FALSE",
    str: "VALUE_STRING",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}


class JavaClass:
    """The base of classes that documents are mapped to. java: the Java class's name, which error messages show."""

    __slots__ = ()
    java: ClassVar[str]
    refuses_unknown_names: ClassVar[bool] = True


class MappingError(MockMailError, ValueError):
    """Raised with Jackson's message for a document that does not fit its class."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """The type that a value in a document must have. java: the Java class; type: Jackson's words for a class or a map.

    is_map: whether it is a map. Of the scalars, Jackson words only a text for a map as it does for a class.
    """

    java: str
    type: str | None = None
    is_map: bool = False


def map_document(model: type[JavaClass], value: Any) -> dict[str, Any]:
    """Return the document that a class makes of a JSON value. Raise MappingError."""
    if not isinstance(value, dict):
        raise MappingError(_misfit(_class(model.java), value))
    try:
        return document(bind(model, value, _RULES))
    except BindError as failure:
        error = failure.errors[0]
        chain, expected = _reference_chain(model, error.path)
        raise MappingError(f"{_reason(error, expected)} (through reference chain: {'->'.join(chain)})") from failure


def map_misfit(value: Any) -> str:
    """Return the message for a JSON value that is not an object where a map is expected."""
    return _misfit(_map(_OBJECT, _OBJECT), value)


def error_message(text: str, error: BrokenJson) -> str:
    """Return the message for a text that is not JSON, without the position in the document."""
    at, reason = error.position, error.reason
    if reason.startswith(("deeper", "a number")):  # Jackson would read both
        return reason
    if reason.endswith("is not JSON"):
        name = reason.partition(" ")[0]
        return f"Non-standard token '{name}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"
    container, word = _open_in(text[:at]), _WORD.match(text, at)
    if reason.startswith("Expecting") and not text[at:].strip():
        return END if container is None else f"{END}: expected close marker for {container}"
    if reason.startswith("Expecting value") and word is not None:
        return f"Unrecognized token '{word.group()[:_MAX_SCANNED]}': was expecting ('true', 'false' or 'null')"
    message = next((message for begin, message in _MESSAGES.items() if reason.startswith(begin)), UNEXPECTED + VALUE)
    sign = text[at + 1] if reason.startswith("Invalid") and text[at] == "\\" else text[at]
    return message.format(sign=f"'{sign}' (code {ord(sign)})", code=ord(sign), container=container or "OBJECT")


def _reason(error: ParameterError, expected: _Expected) -> str:
    java, value = expected.java, error.value
    if error.kind is ErrorKind.UNKNOWN:
        return _unrecognized(error)
    is_out_of_range = error.kind is ErrorKind.OUT_OF_RANGE
    out_of_range = f"out of range of {java} ({_range(java)})"
    if isinstance(value, str) and expected.type is None and java in ("boolean", "int", "long"):
        if java == "boolean":
            problem = 'only "true" or "false" recognized'
        elif is_out_of_range and java == "int":
            problem = f"Overflow: numeric value ({value.strip()}) {out_of_range}"
        else:
            problem = f"not a valid {java} value"
        return f"Can not construct instance of {java} from String value '{_shortened(value)}': {problem}"
    return f"Numeric value ({value}) {out_of_range}" if is_out_of_range else _misfit(expected, value)


def _misfit(expected: _Expected, value: Any) -> str:
    kind = _kind_of(value)
    if expected.type is None or kind is None or (expected.is_map and kind is not _FROM_TEXT):
        token = "VALUE_TRUE" if value is True else _TOKENS.get(type(value), "VALUE_NULL")
        return f"Can not deserialize instance of {expected.java} out of {token} token"
    if kind is _FROM_LONG and not _fits(value, _LONG_BITS):
        problem = "no suitable creator method found to deserialize from JSON integer number"
        return f"Can not construct instance of {expected.java}, problem: {problem}"
    shown = f"'{value}'" if isinstance(value, str) else _as_text(value)
    return _NOT_INSTANTIATED.format(type=expected.type, kind=kind[0], value=shown, creator=kind[1])


def _kind_of(value: Any) -> tuple[str, str] | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return _FROM_INT if _fits(value, _INT_BITS) else _FROM_LONG
    return {str: _FROM_TEXT, bool: _FROM_BOOLEAN, float: _FROM_DOUBLE}.get(type(value))


def _class(java: str) -> _Expected:
    return _Expected(java, f"[simple type, class {java}]")


def _map(key: str, value: str) -> _Expected:
    types = f"[simple type, class {key}] -> [simple type, class {value}]"
    return _Expected(_MAP, f"[map type; class {_MAP}, {types}]", is_map=True)


def _fits(number: int, bits: int) -> bool:
    return -(1 << bits - 1) <= number < 1 << bits - 1


def _range(java: str) -> str:
    bits = _INT_BITS if java == "int" else _LONG_BITS
    return f"{-(1 << bits - 1)} - {(1 << bits - 1) - 1}"


def _shortened(text: str) -> str:
    return f"{text[:_LONGEST_VALUE]}]...[{text[-_LONGEST_VALUE:]}" if len(text) > _LONGEST_VALUE else text


def _unrecognized(error: ParameterError) -> str:
    known = [expected.name for expected in parameters(error.model)]
    names = ", ".join(f'"{name}"' for name in known)
    message = f'Unrecognized field "{error.name}" (class {error.model.java}), not marked as ignorable'
    return f"{message} ({len(known)} known properties: {names}])"


def _reference_chain(model: Any, path: Path) -> tuple[list[str], _Expected]:
    # Each step with the name of the Java class that has it, without an enclosing class, and the type at the end.
    chain: list[str] = []
    expected, container, unique = _class(model.java), None, False
    for step in path:
        package, _, name = expected.java.rpartition(".")
        inner = f"{package}.{name.rpartition('$')[2]}"
        chain.append(f"{inner}[{step}]" if container is tuple else f'{inner}["{step}"]')
        if container is not None:
            container = None
        else:
            field = next((field for field in parameters(model) if field.name == step), None)
            if field is None:
                break
            model, container, unique = field.type, field.container, field.unique
        expected = _expected(model, container, unique=unique)
    return chain, expected


def _expected(model: Any, container: type | None, *, unique: bool) -> _Expected:
    if container is tuple:
        return _Expected("java.util.HashSet" if unique else "java.util.ArrayList")
    if container is dict:
        return _map(_TEXT, _SCALARS.get(model) or model.java)
    return _Expected(_SCALARS[model]) if model in _SCALARS else _class(model.java)


def _text(raw: Any) -> str | None:
    if isinstance(raw, list | dict):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return None if raw is None else _as_text(raw)


def _as_text(scalar: str | bool | float) -> str:
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


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
        if isinstance(raw, str):
            raw = raw.strip()
            if raw in ("", "null"):
                return 0
            if not _WHOLE_NUMBER.fullmatch(raw) or not _fits(int(raw), _LONG_BITS):
                raise Mismatch(ErrorKind.NOT_AN_INTEGER)
        number = 0 if raw is None else int(raw)
        if not _fits(number, bits):
            raise Mismatch(ErrorKind.OUT_OF_RANGE)
        return number

    return convert


_RULES = BindingRules(
    converters=MappingProxyType(
        {str: _text, bool: _boolean, JavaInt: _integer(_INT_BITS), JavaLong: _integer(_LONG_BITS)}
    )
)


def _open_in(before: str) -> str | None:
    if len(before) > _MAX_SCANNED:
        return "OBJECT"
    opened: list[str] = []
    for sign in _TOKEN.findall(before):
        if sign in "[{":
            opened.append("ARRAY" if sign == "[" else "OBJECT")
        elif sign in "]}" and opened:
            opened.pop()
    return opened[-1] if opened else None
