"""Jackson 2.6, the vendor's JSON library: its errors, and its mapping of a document to a Java class.

The result of a mapping is the class written out again: it has every field, in the class's order, with its default if
the document has none. Scalars are taken for one another where Jackson takes them (a number for a text), containers
never.
"""

from __future__ import annotations

import re
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


class JavaClass:
    """The base of classes that documents are mapped to. java: the Java class's name, which error messages show."""

    __slots__ = ()
    java: ClassVar[str]
    refuses_unknown_names: ClassVar[bool] = True


class MappingError(MockMailError, ValueError):
    """Raised with Jackson's message for a document that does not fit its class."""


def map_document(model: type[JavaClass], value: Any) -> dict[str, Any]:
    """Return the document that a class makes of a JSON value. Raises MappingError."""
    if not isinstance(value, dict):
        raise MappingError(_misfit(model.java, value))
    try:
        return document(bind(model, value, _RULES))
    except BindError as failure:
        error = failure.errors[0]
        chain, java = _reference_chain(model, error.path)
        raise MappingError(f"{_reason(error, java)} (through reference chain: {'->'.join(chain)})") from failure


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
    # Each step with the Java class that it is in, and the class expected at the end.
    chain: list[str] = []
    java, container, unique = model.java, None, False
    for step in path:
        chain.append(f"{java}[{step}]" if container is tuple else f'{java}["{step}"]')
        if container is not None:
            container = None
        else:
            expected = next((field for field in parameters(model) if field.name == step), None)
            if expected is None:
                break
            model, container, unique = expected.type, expected.container, expected.unique
        if container is tuple:
            java = "java.util.HashSet" if unique else "java.util.ArrayList"
        else:
            java = "java.util.LinkedHashMap" if container is dict else _SCALARS.get(model) or model.java
    return chain, java


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


_RULES = BindingRules(
    converters=MappingProxyType({str: _text, bool: _boolean, JavaInt: _integer(32), JavaLong: _integer(64)})
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
