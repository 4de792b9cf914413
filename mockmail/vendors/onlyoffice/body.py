"""Bind a request's body to parameters as ASP.NET does with System.Text.Json.

- names are case-insensitive, unknown ones are ignored, the last of several counts;
- a number may be written as a text, a boolean may not, and null is no boolean;
- the first JSON value that does not fit is reported alone; else every missing member; else every limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.errors import InvalidModel
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.parameters import Body
from mockmail.vendors.onlyoffice.places import Place, end_of_document, end_of_member, place_of
from mockmail.vendors.onlyoffice.system_text_json import complaint
from mockmail.wire.json_text import BrokenJson, read_json
from mockmail.wire.parameters import JSON_CONVERTERS, BindError, BindingRules, ErrorKind, Mismatch, ParameterError, bind

P = TypeVar("P", bound=Body)

DEEPEST = 32
"""The depth that ASP.NET allows in a body."""

_NUMBER = re.compile(r"-?[0-9]{1,10}")
_MOST_DIGITS = 4300
_MANY_DIGITS = re.compile(f"(?<![0-9])[0-9]{{{_MOST_DIGITS + 1}}}")  # a number is looked at once, not from each digit
_ENDLESS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|(?<![0-9.eE+-])-?[0-9]{4301,}(?![0-9.eE])', re.DOTALL)
_INT32 = range(-(2**31), 2**31)
_CLR = {
    ErrorKind.NOT_AN_INTEGER: "System.Nullable`1[System.Int32]",
    ErrorKind.NOT_A_TEXT: "System.String",
    ErrorKind.NOT_A_BOOLEAN: "System.Boolean",
    ErrorKind.NOT_AN_ARRAY: "System.Collections.Generic.List`1[System.String]",
}
"""The .NET type that a value could not be converted to."""


def read_body(call: Call[Any, Options], model: type[P], charset: str) -> P:
    """Return the parameters in a body. Raises InvalidModel."""
    body = call.request.body
    if not body:
        raise _invalid(call, "", "A non-empty request body is required.")
    try:
        text = _with_readable_numbers(body.decode(charset).removeprefix("\ufeff"))
        document = read_json(text.encode("utf-8", "replace"), max_depth=DEEPEST)
    except UnicodeDecodeError as error:
        raise _invalid(call, "$", f"Cannot transcode invalid {charset.upper()} JSON text to UTF-16 string.") from error
    except BrokenJson as error:
        raise _broken(call, text, error) from error
    if document is None:
        raise _invalid(call, "", "A non-empty request body is required.")
    if not isinstance(document, dict):
        raise _unconvertible(call, "$", model.clr, place_of(text, end_of_document(text)))
    try:
        return bind(model, document, RULES)
    except BindError as error:
        raise _invalid_model(call, model, text, error.errors) from error


def _with_readable_numbers(text: str) -> str:
    # Python reads no integer of more digits; as a fraction it is refused in the same way, as .NET refuses both.
    if _MANY_DIGITS.search(text) is None:
        return text
    return _ENDLESS.sub(lambda found: found.group() if found.group()[0] == '"' else _fraction(found.group()), text)


def _fraction(number: str) -> str:
    return f"{number[:2]}.{'0' * (len(number) - 3)}" if len(number) > _MOST_DIGITS else number


def trace_id(call: Call[Any, Options]) -> str:
    """Return a new trace id (W3C Trace Context)."""
    return f"00-{call.world.ids.hexadecimal(32)}-{call.world.ids.hexadecimal(16)}-00"


def _invalid_model(
    call: Call[Any, Options], model: type[Body], text: str, errors: Sequence[ParameterError]
) -> InvalidModel:
    unconvertible = next((error for error in errors if error.kind in _CLR), None)
    if unconvertible is not None:
        name, *rest = unconvertible.path
        element = rest[0] if rest and isinstance(rest[0], int) else None
        position = end_of_member(text, str(name), element)
        path = f"$.{name}" if element is None else f"$.{name}[{element}]"
        return _unconvertible(call, path, _CLR[unconvertible.kind], place_of(text, position))
    missing = [f"'{error.name}'" for error in errors if error.kind is ErrorKind.MISSING]
    if missing:
        words = f"JSON deserialization for type '{model.clr}' was missing required properties including: "
        return _invalid(call, "$", words + ", ".join(missing) + ".")
    return InvalidModel(trace_id(call), {_title(error): [_out_of_bounds(error)] for error in errors})


def _out_of_bounds(error: ParameterError) -> str:
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


def _invalid(call: Call[Any, Options], key: str, words: str) -> InvalidModel:
    return InvalidModel(trace_id(call), {key: [words]})


def _unconvertible(call: Call[Any, Options], path: str, clr: str, place: Place) -> InvalidModel:
    return _invalid(call, path, f"The JSON value could not be converted to {clr}. Path: {path} | {place}.")


def _broken(call: Call[Any, Options], text: str, error: BrokenJson) -> InvalidModel:
    path, words = complaint(text, error, DEEPEST)
    return _invalid(call, path, words)
