"""Read a request's body as ASP.NET does with System.Text.Json.

- Names are case-insensitive, unknown names are ignored, and the last of equal names counts.
- A number may be written as a text; a boolean may not, and may not be null.
- The first value of a wrong type, or the first syntax error, is reported alone; else all missing members; else all
  values out of bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from mockmail.vendors.onlyoffice.parameters import Body
from mockmail.vendors.onlyoffice.system_text_json import end_of_document, end_of_member, position_text
from mockmail.wire.json_text import BrokenJson, read_json
from mockmail.wire.parameters import (
    JSON_CONVERTERS,
    BindError,
    BindingRules,
    ErrorKind,
    Mismatch,
    ParameterError,
    bind,
    parameters,
)

P = TypeVar("P", bound=Body)
Errors = Mapping[str, Sequence[str]]

MAX_DEPTH = 32
EMPTY = {"": ["A non-empty request body is required."]}

_NUMBER = re.compile(r"-?[0-9]{1,10}")
_MAX_DIGITS = 4300
_MANY_DIGITS = re.compile(f"(?<![0-9])[0-9]{{{_MAX_DIGITS + 1}}}")  # reads a number once, not again from each digit
_LONG_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|(?<![0-9.eE+-])-?[0-9]{4301,}(?![0-9.eE])', re.DOTALL)
_INT32 = range(-(2**31), 2**31)
_DOTNET_TYPES = {
    ErrorKind.NOT_AN_INTEGER: "System.Nullable`1[System.Int32]",
    ErrorKind.NOT_A_TEXT: "System.String",
    ErrorKind.NOT_A_BOOLEAN: "System.Boolean",
    ErrorKind.NOT_AN_ARRAY: "System.Collections.Generic.List`1[System.String]",
}


class InvalidBody(ValueError):
    """Raised for a body that does not fit the model. errors: the texts for each field or JSON path."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


def read_body(body: bytes, charset: str, model: type[P]) -> P:
    """Return the parameters in a body. Raise InvalidBody."""
    if not body:
        raise InvalidBody(EMPTY)
    try:
        text = _with_readable_numbers(body.decode(charset).removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        message = f"Cannot transcode invalid {charset.upper()} JSON text to UTF-16 string."
        raise InvalidBody({"$": [message]}) from error
    try:
        document = read_json(text.encode("utf-8", "replace"), max_depth=MAX_DEPTH)
    except BrokenJson as error:
        raise InvalidBody(_first_error(model, text)) from error
    if document is None:
        raise InvalidBody(EMPTY)
    if not isinstance(document, dict):
        raise InvalidBody(_conversion_error("$", model.clr, text, end_of_document(text)))
    try:
        return bind(model, document, RULES)
    except BindError as error:
        raise InvalidBody(_model_errors(model, text, error.errors)) from error


def _first_error(model: type[Body], text: str) -> Errors:
    # A value of a wrong type before the syntax error is reported instead of it.
    from mockmail.vendors.onlyoffice.syntax_errors import syntax_fault  # only a body that is not JSON needs it

    lists = [known.name.lower() for known in parameters(model) if known.container is tuple]
    fault = syntax_fault(text, MAX_DEPTH, lists)
    before = read_json(fault.complete.encode("utf-8", "replace"), max_depth=MAX_DEPTH) if fault.complete else None
    if isinstance(before, dict):
        try:
            bind(model, before, RULES)
        except BindError as error:
            if any(found.kind in _DOTNET_TYPES for found in error.errors):
                return _model_errors(model, fault.complete, error.errors)
    elif before is not None:
        return _conversion_error("$", model.clr, text, end_of_document(text))
    return {fault.path: [fault.message]}


def _with_readable_numbers(text: str) -> str:
    # Python reads no integer of more than 4300 digits. A fraction of the same length is refused in the same way.
    if _MANY_DIGITS.search(text) is None:
        return text
    return _LONG_NUMBER.sub(_as_fraction, text)


def _as_fraction(found: re.Match[str]) -> str:
    token = found.group()
    return token if token.startswith('"') else f"{token[:2]}.{'0' * (len(token) - 3)}"


def _model_errors(model: type[Body], text: str, errors: Sequence[ParameterError]) -> Errors:
    wrong_type = next((error for error in errors if error.kind in _DOTNET_TYPES), None)
    if wrong_type is not None:
        name, *rest = wrong_type.path
        element = rest[0] if rest and isinstance(rest[0], int) else None
        path = f"$.{name}" if element is None else f"$.{name}[{element}]"
        return _conversion_error(path, _DOTNET_TYPES[wrong_type.kind], text, end_of_member(text, str(name), element))
    missing = [f"'{error.name}'" for error in errors if error.kind is ErrorKind.MISSING]
    if missing:
        message = f"JSON deserialization for type '{model.clr}' was missing required properties including: "
        return {"$": [message + ", ".join(missing) + "."]}
    return {_title(error): [_bounds_message(error)] for error in errors}


def _conversion_error(path: str, dotnet_type: str, text: str, index: int) -> Errors:
    position = position_text(text, index)
    return {path: [f"The JSON value could not be converted to {dotnet_type}. Path: {path} | {position}."]}


def _bounds_message(error: ParameterError) -> str:
    bounds, title = error.bounds, _title(error)
    if error.kind is ErrorKind.BLANK:
        return f"The {title} field is required."
    if bounds.message is not None:
        return bounds.message
    if error.kind is ErrorKind.TOO_LONG:
        return f"The field {title} must be a string with a maximum length of {bounds.max_length}."
    return f"The field {title} must be between {bounds.minimum} and {bounds.maximum}."


def _title(error: ParameterError) -> str:
    return error.name[0].upper() + error.name[1:]


def _integer(raw: Any) -> int:
    number = int(raw) if isinstance(raw, str) and _NUMBER.fullmatch(raw) else raw
    if type(number) is not int or number not in _INT32:
        raise Mismatch(ErrorKind.NOT_AN_INTEGER)
    return number


def _text(raw: Any) -> str | None:
    if raw is not None and (not isinstance(raw, str) or not _is_unicode(raw)):
        raise Mismatch(ErrorKind.NOT_A_TEXT)
    return raw


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


RULES = BindingRules(converters={**JSON_CONVERTERS, int: _integer, str: _text}, case_insensitive=True)
